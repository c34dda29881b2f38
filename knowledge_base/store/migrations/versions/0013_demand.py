"""Questions that wait for a person, and what is wanted most"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("question", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("question", sa.Column("escalated_by", sa.String(200), nullable=False, server_default=""))
    op.add_column("question", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("question", sa.Column("closed_by", sa.String(200), nullable=False, server_default=""))
    op.create_index("question_escalated", "question", ["project", "escalated_at"])
    op.drop_index("question_unsolved", "question")
    op.create_index("question_waiting", "question", ["project", "outcome", "solution", "template"])
    op.create_table(
        "demand",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("score", BIG, nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.Column("seen", BIG, nullable=False),
        sa.Column("day", BIG, nullable=False),
        sa.Column("handed_over", BIG, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("project", "kind", "key"),
    )
    op.create_index("demand_score", "demand", ["project", "score", "kind", "number"])
    op.create_index("demand_number", "demand", ["project", "kind", "number"])
    op.create_table(
        "demand_service",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("category", BIG, autoincrement=False, nullable=False),
        sa.Column("service", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("project", "category", "service"),
    )
    op.create_index("demand_service_name", "demand_service", ["project", "service", "category"])
    op.create_table(
        "demand_state",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("change", BIG, nullable=False),
        sa.Column("question", BIG, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("behind", sa.String(32), nullable=False),
        sa.Column("round_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("project"),
    )
