"""Sums and indexes that keep the pages quick."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "category_sum",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("category", BIG, autoincrement=False, nullable=False),
        sa.Column("templates", BIG, nullable=False),
        sa.Column("lines", BIG, nullable=False),
        sa.Column("asked", BIG, nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oldest", BIG, nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("project", "category"),
    )
    # Lists are read from the sums once a round has computed all of them.
    op.execute(sa.text("UPDATE demand_state SET kind = '', behind = '', round_at = NULL"))
