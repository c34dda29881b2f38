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
    """Take the time of the newest version for when it was published: a later one would say that nothing fell since."""
    solution = sa.table("solution", *(sa.column(each) for each in ("project", "id", "version", "state")))
    minute = sa.table("solution", sa.column("project"), sa.column("id"), sa.column("published_minute", BIG))
    version = sa.table(
        "solution_version", *(sa.column(each) for each in ("project", "solution", "version")), sa.column("at", TIME)
    )
    db = op.get_bind()
    rows = db.execute(
        sa.select(solution.c.project, solution.c.id, version.c.at)
        .join(
            version,
            sa.and_(
                version.c.project == solution.c.project,
                version.c.solution == solution.c.id,
                version.c.version == solution.c.version,
            ),
        )
        .where(solution.c.state == "published")
    ).all()
    change = (
        minute.update()
        .where(minute.c.project == sa.bindparam("of_project"), minute.c.id == sa.bindparam("of_id"))
        .values(published_minute=sa.bindparam("at_minute"))
    )
    found = [{"of_project": row[0], "of_id": row[1], "at_minute": _minute(row[2])} for row in rows]
    if found:
        db.execute(change, found)


def _minute(at) -> int:  # type: ignore[no-untyped-def]
    from datetime import UTC

    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return int(aware.timestamp() // 60)
