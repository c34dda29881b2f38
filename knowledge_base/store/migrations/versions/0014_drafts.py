"""Solutions that are not published yet"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("solution", sa.Column("state", sa.String(16), nullable=False, server_default="published"))
    op.create_table(
        "draft",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("solution", BIG, autoincrement=False, nullable=False),
        sa.Column("category", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "solution", "category"),
    )
    op.create_index("draft_category", "draft", ["project", "category"])
