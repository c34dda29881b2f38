"""The inbox of chats and tickets, and the outbox as it is used"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("event", sa.String(200), nullable=False),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("thread", sa.String(400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("question", BIG, nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project", "channel", "event"),
    )
    op.create_index("inbox_due", "inbox", ["state", "next_at"])
    op.create_index("inbox_question", "inbox", ["project", "question"])
    # Nothing was ever written to the first outbox.
    op.drop_table("outbox")
    op.create_table(
        "outbox",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("lane", sa.String(400), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("question", BIG, nullable=True),
        sa.Column("solution", BIG, nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("looks", BIG, nullable=False),
        sa.Column("receipt", sa.String(400), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("project", "id"),
    )
    op.create_index("outbox_due", "outbox", ["channel", "state", "next_at"])
    op.create_index("outbox_key", "outbox", ["project", "key"], unique=True)
    op.create_index("question_unsolved", "question", ["project", "outcome", "solution"])
