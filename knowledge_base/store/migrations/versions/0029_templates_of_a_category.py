"""The templates of a category are found, counted and told apart from evicted ones in an index alone."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"

branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.drop_index("template_category", "template")
    # The category comes first: SQLite would look through the whole project for templates by their ids otherwise.
    op.create_index("template_category", "template", ["category", "project", "evicted_at", "id"])
