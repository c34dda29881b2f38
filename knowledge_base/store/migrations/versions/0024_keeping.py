"""The rules that keep categories."""

from __future__ import annotations

revision = "0024"
down_revision = "0023"

branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
