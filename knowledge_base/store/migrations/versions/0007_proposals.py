"""Numbers and grounds of proposals, and indexes for their lists"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = ("project", "kind", "left", "right")
ADDED = ("id", "scored_left", "scored_right")


def upgrade() -> None:
    # Nobody could dismiss one until now, and what is closed is made anew where it makes sense again.
    table = sa.table("proposal", *(sa.column(name) for name in (*KEY, *ADDED, "state")))
    op.execute(table.delete().where(table.c.state != "open"))
    for name in ADDED:
        op.add_column("proposal", sa.Column(name, BIG, nullable=False, server_default="0"))
    op.execute(table.update().values(scored_left=table.c.left, scored_right=table.c.right))
    db = op.get_bind()
    keys = [table.c[name] for name in KEY]
    rows = db.execute(sa.select(*keys).order_by(*keys)).all()
    for number, row in enumerate(rows, 1):
        mine = [key == value for key, value in zip(keys, row, strict=True)]
        db.execute(table.update().where(*mine).values(id=number))
    _close(db, table)
    if rows:
        sequence = sa.table("sequence", sa.column("name"), sa.column("value"))
        db.execute(sequence.insert().values(name="proposal", value=len(rows)))
    op.create_index("proposal_number", "proposal", ["project", "id"], unique=True)
    op.create_index("proposal_left", "proposal", ["project", "left", "state"])
    op.create_index("proposal_right", "proposal", ["project", "right", "state"])
    op.create_index("proposal_state", "proposal", ["project", "state", "score"])


def _close(db: sa.Connection, table: sa.TableClause) -> None:
    """Close those of two categories with the same solution, which was attached after they were proposed."""
    one, other = (
        sa.table("category", *(sa.column(name) for name in ("project", "id", "solution"))).alias(name)
        for name in ("one", "other")
    )
    alike = (
        sa.select(table.c.project, table.c.left, table.c.right)
        .join(one, (one.c.project == table.c.project) & (one.c.id == table.c.left))
        .join(other, (other.c.project == table.c.project) & (other.c.id == table.c.right))
        .where(one.c.solution == other.c.solution)
    )
    for project, left, right in db.execute(alike).all():
        mine = (table.c.project == project, table.c.left == left, table.c.right == right)
        db.execute(table.update().where(*mine).values(state="closed"))
