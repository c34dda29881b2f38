"""The rules that keep categories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "keep_rule",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("code", sa.String(200), nullable=False),
        sa.Column("template", BIG, nullable=False),
        sa.Column("pattern", sa.String(500), nullable=False),
        sa.Column("service", sa.String(200), nullable=False),
        sa.Column("category", BIG, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("project", "id"),
    )
