"""Thresholds of a project"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("answer_threshold", sa.Float(), nullable=True))
    op.add_column("project", sa.Column("suggest_threshold", sa.Float(), nullable=True))
