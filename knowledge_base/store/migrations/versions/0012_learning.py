"""What answers taught"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("form", sa.String(32), nullable=False, server_default=""))
    op.create_index("question_form", "question", ["project", "form"])
