"""On PostgreSQL numbers come from sequences, so that no project waits for another's transaction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

branch_labels = None
depends_on = None

_NAMES = (
    *("audit", "category", "delivery", "fact", "keep_rule", "learnt", "person", "proposal", "question", "queue_view"),
    *("refused", "representative", "solution", "template"),
)


def upgrade() -> None:
    """Begin each sequence behind the last number that was given out."""
    if op.get_bind().dialect.name != "postgresql":
        return
    sequence = sa.table("sequence", sa.column("name"), sa.column("value", sa.BigInteger()))
    last = {row.name: row.value for row in op.get_bind().execute(sa.select(sequence.c.name, sequence.c.value))}
    for name in _NAMES:
        op.execute(sa.schema.CreateSequence(sa.Sequence(f"number_of_{name}", start=last.get(name, 0) + 1)))
    # A process of an older Kea that still runs would give numbers out twice; behind the last one it fails instead.
    op.execute(sa.update(sequence).where(sequence.c.name.in_(_NAMES)).values(value=2**63 - 1))
