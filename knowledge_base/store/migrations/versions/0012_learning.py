"""What answers taught"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("question", sa.Column("form", sa.String(32), nullable=False, server_default=""))
    op.add_column("question", sa.Column("asked", sa.Text(), nullable=False, server_default=""))
    op.create_index("question_form", "question", ["project", "form"])
    op.add_column("representative", sa.Column("learnt", BIG, nullable=True))
    op.create_table(
        "learnt",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("form", sa.String(32), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("question", BIG, nullable=True),
        sa.Column("template", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("representative", BIG, nullable=True),
        sa.Column("act", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("project", "id"),
    )
    op.create_index("learnt_form", "learnt", ["project", "form"])
    op.create_index("learnt_template", "learnt", ["project", "template"])
    op.create_index("learnt_state", "learnt", ["project", "state"])
