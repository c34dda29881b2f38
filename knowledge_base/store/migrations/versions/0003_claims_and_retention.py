"""When deliveries were claimed, what they stand for, and indexes for pace and retention"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("misses", BIG, nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("stands_for", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("outbox", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("outbox_lane", "outbox", ["channel", "lane", "claimed_at"])
    op.create_index("outbox_created", "outbox", ["created_at"])
    op.create_index("inbox_received", "inbox", ["received_at"])
