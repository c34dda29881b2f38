"""Short ways to put templates and lines into a store."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from knowledge_base.store.grouping import templates
from knowledge_base.store.grouping.templates import NewTemplate, TemplateRef
from knowledge_base.store.intake import ingestion
from knowledge_base.store.intake.ingestion import StoredLine
from knowledge_base.store.store import Store
from tests.store.databases import MINE, START

VERSION = "test-1"


def new_template(fingerprint: str, text: str = "", *, service: str = "etl", at: datetime = START) -> NewTemplate:
    """An unseen fingerprint."""
    return NewTemplate(fingerprint, VERSION, text or f"ERROR {fingerprint} <n>", (), service, "ERROR", at)


def make(store: Store, *names: str, project: str = MINE, service: str = "etl") -> list[TemplateRef]:
    """Create templates, each with a category of its own, in the order of the names."""
    with store.write() as db:
        made = templates.create(db, project, [new_template(name, service=service) for name in names], START)
    return [made[name] for name in names]


def keep_lines(
    db: Connection,
    lines: list[StoredLine],
    *,
    project: str = MINE,
    ring_size: int = 100,
    samples_per_template: int = 20,
) -> dict[str, TemplateRef]:
    """Keep a batch whose templates may be new."""
    unseen = [new_template(each, at=START) for each in dict.fromkeys(line.fingerprint for line in lines)]
    refs = ingestion.ensure_templates(db, project, unseen, START)
    ingestion.keep_batch(db, project, lines, refs, ring_size=ring_size, samples_per_template=samples_per_template)
    return refs


def lines_of(fingerprint: str, count: int, *, start: datetime = START, service: str = "etl") -> list[StoredLine]:
    """Lines of one template, one a minute, numbered from 0."""
    return [
        StoredLine(fingerprint, start + timedelta(minutes=number), service, f"{fingerprint} line {number}")
        for number in range(count)
    ]
