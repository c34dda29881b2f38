"""In how many templates and categories terms stand"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # 0: what is there already is counted in the background.
    op.add_column("template", sa.Column("counted", BIG, nullable=False, server_default="0"))
    op.create_table(
        "term",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("epoch", BIG, autoincrement=False, nullable=False),
        sa.Column("term", sa.String(160), nullable=False),
        sa.Column("templates", BIG, nullable=False),
        sa.Column("categories", BIG, nullable=False),
        sa.PrimaryKeyConstraint("project", "epoch", "term"),
    )
    op.create_table(
        "category_terms",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("category", BIG, autoincrement=False, nullable=False),
        sa.Column("epoch", BIG, nullable=False),
        sa.Column("templates", BIG, nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("weighed", BIG, nullable=False),
        sa.PrimaryKeyConstraint("project", "category"),
    )
    op.create_index("category_terms_weighed", "category_terms", ["project", "weighed"])
    op.create_table(
        "term_state",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("epoch", BIG, nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("cursor", BIG, nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("templates", BIG, nullable=False),
        sa.Column("categories", BIG, nullable=False),
        sa.PrimaryKeyConstraint("project"),
    )
