"""How many templates of a project are alive, so that nobody has to count them"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("project", sa.Column("templates", BIG, nullable=False, server_default="0"))
    op.execute(
        "UPDATE project SET templates ="
        " (SELECT count(*) FROM template WHERE template.project = project.id AND template.evicted_at IS NULL)"
    )
