"""What dashboards read"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = (
    "lines",
    "solved",
    "asked",
    "covered",
    "confirmed",
    "not_helpful",
    "no_word",
    "escalated",
    "known_unsolved",
    "unknown",
)


def upgrade() -> None:
    op.create_table(
        "watch_hour",
        sa.Column("project", sa.String(64), primary_key=True),
        sa.Column("scope", sa.String(201), primary_key=True),
        sa.Column("slot", BIG, primary_key=True, autoincrement=False),
        *(sa.Column(name, BIG, nullable=False) for name in COUNTS),
    )
    op.create_table(
        "watch_state",
        sa.Column("project", sa.String(64), primary_key=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
    )
    op.create_table(
        "source_minute",
        sa.Column("project", sa.String(64), primary_key=True),
        sa.Column("source", sa.String(1000), primary_key=True),
        sa.Column("slot", BIG, primary_key=True, autoincrement=False),
        sa.Column("lines", BIG, nullable=False),
        sa.Column("refused", BIG, nullable=False),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("source_minute_slot", "source_minute", ["project", "slot"])
    op.create_table(
        "refused",
        sa.Column("project", sa.String(64), primary_key=True),
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("offset", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("question_at", "question", ["project", "at"])
    op.create_index("outbox_state", "outbox", ["project", "state", "id"])
    op.create_index("outbox_sent", "outbox", ["project", "state", "created_at"])
