"""How full a project is, and how much waits to be clustered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from knowledge_base.store import projects
from knowledge_base.store.grouping import templates


@dataclass(frozen=True, slots=True)
class Load:
    """Living templates beside their limit; ``oldest`` is how long the first pending one has waited."""

    templates: int
    max_templates: int
    pending: int
    oldest: timedelta | None

    @property
    def over_limit(self) -> int:
        """By how many templates the limit is exceeded."""
        return max(0, self.templates - self.max_templates)


def read_load(db: Connection, project: str, *, max_templates: int, now: datetime) -> Load:
    """Read it; cheap enough to be asked every few seconds, also with a million templates."""
    pending, since = templates.pending(db, project)
    oldest = None if since is None else max(timedelta(0), now - since)
    return Load(projects.living_templates(db, project), max_templates, pending, oldest)
