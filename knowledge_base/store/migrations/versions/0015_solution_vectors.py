"""States of solutions that an index can follow, and their vectors"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("project", sa.Column("solutions", BIG, nullable=False, server_default="0"))
    op.add_column("solution", sa.Column("generation", BIG, nullable=False, server_default="0"))
    op.create_index("solution_generation", "solution", ["project", "generation"])
    op.create_index("category_solution", "category", ["project", "solution"])
    op.create_table(
        "solution_vector",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("backend", sa.String(120), nullable=False),
        sa.Column("solution", BIG, autoincrement=False, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("generation", BIG, nullable=False),
        sa.PrimaryKeyConstraint("project", "backend", "solution"),
    )
    op.create_index("solution_vector_generation", "solution_vector", ["project", "backend", "generation"])
