"""What reclusterings moved"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recluster_move",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("act", BIG, autoincrement=False, nullable=False),
        sa.Column("step", BIG, autoincrement=False, nullable=False),
        sa.Column("template", BIG, autoincrement=False, nullable=False),
        sa.Column("source", BIG, nullable=False),
        sa.Column("target", BIG, nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("project", "act", "step", "template"),
    )
    op.create_table(
        "recluster_alias",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("act", BIG, autoincrement=False, nullable=False),
        sa.Column("step", BIG, autoincrement=False, nullable=False),
        sa.Column("category", BIG, autoincrement=False, nullable=False),
        sa.Column("former", BIG, nullable=True),
        sa.Column("target", BIG, nullable=False),
        sa.PrimaryKeyConstraint("project", "act", "step", "category"),
    )
