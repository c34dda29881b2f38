"""Acts that came by an import say who brought them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.add_column("audit", sa.Column("imported_by", sa.String(200), nullable=False, server_default=""))
