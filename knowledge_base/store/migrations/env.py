"""Alembic's entry: runs within the connection and transaction that the caller holds."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from knowledge_base.store.columns import UtcDateTime
from knowledge_base.store.metadata import METADATA


def render(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write plain SQLAlchemy types into migrations, so that they outlive our own column types."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length})" if item.length else "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_item=render,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
