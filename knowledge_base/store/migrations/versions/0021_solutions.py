"""What a solution applies to, its variants, reviews and unsaved texts, and how well it helps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Change the tables."""
    op.add_column("solution_version", sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("solution", sa.Column("published_minute", BIG, nullable=True))
    op.add_column("solution", sa.Column("first_published_minute", BIG, nullable=True))
    _date_what_is_published()
    op.create_table(
        "solution_service",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("solution", BIG, autoincrement=False, nullable=False),
        sa.Column("service", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("project", "solution", "service"),
    )
    op.create_index("solution_service_name", "solution_service", ["project", "service", "solution"])
    op.create_table(
        "solution_review",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("solution", BIG, autoincrement=False, nullable=False),
        sa.Column("based_on", BIG, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("project", "solution"),
    )
    op.create_table(
        "solution_autosave",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("solution", BIG, autoincrement=False, nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("based_on", BIG, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("project", "solution", "person"),
    )
    op.create_table(
        "solution_health",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("solution", BIG, autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("helpful", BIG, nullable=False),
        sa.Column("not_helpful", BIG, nullable=False),
        sa.Column("recent_helpful", BIG, nullable=False),
        sa.Column("recent_not_helpful", BIG, nullable=False),
        sa.Column("before", BIG, nullable=False),
        sa.Column("after", BIG, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("project", "solution"),
    )
    op.create_index("solution_health_mark", "solution_health", ["project", "mark", "solution"])
    op.create_index("solution_health_at", "solution_health", ["project", "at"])


def _date_what_is_published() -> None:
    """Take the times of the newest and of the first version: later ones would say that nothing fell since."""
    solution = sa.table("solution", *(sa.column(each) for each in ("project", "id", "version", "state")))
    minutes = ("published_minute", "first_published_minute")
    dated = sa.table("solution", sa.column("project"), sa.column("id"), *(sa.column(each, BIG) for each in minutes))
    version = sa.table(
        "solution_version", *(sa.column(each) for each in ("project", "solution", "version")), sa.column("at", TIME)
    )
    newest, first = version.alias("newest"), version.alias("first")

    def of(one: sa.FromClause, wanted: sa.ColumnElement[int] | int) -> sa.ColumnElement[bool]:
        same = (one.c.project == solution.c.project, one.c.solution == solution.c.id)
        return sa.and_(*same, one.c.version == wanted)

    db = op.get_bind()
    rows = db.execute(
        sa.select(solution.c.project, solution.c.id, newest.c.at, first.c.at)
        .select_from(solution)
        .join(newest, of(newest, solution.c.version))
        .join(first, of(first, 1))
        .where(solution.c.state == "published")
    ).all()
    change = (
        dated.update()
        .where(dated.c.project == sa.bindparam("of_project"), dated.c.id == sa.bindparam("of_id"))
        .values(published_minute=sa.bindparam("at_minute"), first_published_minute=sa.bindparam("first_minute"))
    )
    found = [
        {"of_project": row[0], "of_id": row[1], "at_minute": _minute(row[2]), "first_minute": _minute(row[3])}
        for row in rows
    ]
    if found:
        db.execute(change, found)


def _minute(at) -> int:  # type: ignore[no-untyped-def]
    from datetime import UTC

    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return int(aware.timestamp() // 60)
