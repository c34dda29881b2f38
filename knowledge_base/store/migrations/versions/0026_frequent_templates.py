"""The most frequent templates of crowded categories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.add_column("category_sum", sa.Column("frequent", sa.JSON(), nullable=False, server_default="[]"))
