"""Keys with a place where any word may stand"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "wildcard",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("place", BIG, autoincrement=False, nullable=False),
        sa.Column("template", BIG, nullable=False),
        sa.Column("depth", BIG, nullable=False),
        sa.PrimaryKeyConstraint("project", "place"),
    )
    op.create_index("wildcard_template", "wildcard", ["project", "template"])
    op.create_table(
        "wildcard_sighting",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("place", BIG, autoincrement=False, nullable=False),
        sa.Column("word", BIG, autoincrement=False, nullable=False),
        sa.Column("template", BIG, nullable=False),
        sa.PrimaryKeyConstraint("project", "place", "word"),
    )
    op.create_index("wildcard_sighting_template", "wildcard_sighting", ["project", "template"])
