"""What a solution applies to, its variants, reviews and drafts."""

from __future__ import annotations

revision = "0021"
down_revision = "0020"

branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
