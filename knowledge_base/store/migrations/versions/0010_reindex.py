"""Which back end a project answers with, and vectors that another one has made"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String(120)


def upgrade() -> None:
    op.create_table(
        "project_backend",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("used", NAME, nullable=False),
        sa.Column("wanted", NAME, nullable=False, server_default=""),
        sa.Column("untidy", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("project"),
    )
    op.create_table(
        "representative_vector",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("backend", NAME, nullable=False),
        sa.Column("representative", BIG, autoincrement=False, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("project", "backend", "representative"),
    )
    # Until now a project's vectors could be of several back ends; it answers with the one that made the most. Where
    # there are others the roll-over to that same one makes what is missing.
    op.execute(
        """
        INSERT INTO project_backend (project, used, wanted)
        SELECT project, backend, CASE WHEN kinds > 1 THEN backend ELSE '' END
        FROM (
            SELECT project, backend,
                   ROW_NUMBER() OVER (PARTITION BY project ORDER BY COUNT(*) DESC, backend) AS place,
                   COUNT(*) OVER (PARTITION BY project) AS kinds
            FROM representative WHERE NOT removed GROUP BY project, backend
        ) AS counted
        WHERE place = 1
        """
    )
