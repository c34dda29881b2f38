"""Owners, snoozes and saved views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "care",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("category", BIG, autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("project", "category"),
    )
    op.create_index("care_owner", "care", ["project", "owner"])
    op.create_table(
        "queue_text",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("category", BIG, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "category"),
    )
    op.create_table(
        "queue_view",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project", "id"),
    )
    op.create_index("queue_view_name", "queue_view", ["project", "owner", "name"], unique=True)
