"""Accounts of people, their roles, sessions and tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "person",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(400), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("password", sa.String(200), nullable=True),
        sa.Column("subject", sa.String(64), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("person_name", "person", ["name_key"], unique=True)
    op.create_index("person_email", "person", ["email"], unique=True)
    op.create_index("person_subject", "person", ["subject"], unique=True)
    op.create_table(
        "person_role",
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("person", BIG, autoincrement=False, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("project", "person"),
    )
    op.create_index("person_role_person", "person_role", ["person"])
    op.create_table(
        "session",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("person", BIG, nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("session_person", "session", ["person"])
    op.create_index("session_expires", "session", ["expires_at"])
    op.create_table(
        "trial",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("trial_expires", "trial", ["expires_at"])
    op.add_column("account", sa.Column("used_at", TIME, nullable=True))
    op.add_column("account", sa.Column("expires_at", TIME, nullable=True))
    op.add_column("account", sa.Column("made_by", sa.String(200), nullable=False, server_default=""))
    # Tokens had no roles: they could do what engineers do.
    op.execute("UPDATE account SET role = 'engineer' WHERE role NOT IN ('viewer', 'engineer', 'admin')")
