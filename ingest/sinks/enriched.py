"""The enriched record: the original row and what Kea knows of it."""

from __future__ import annotations

from ingest.pipeline import Enriched
from ingest.sinks.dead_letters import json_line


def enriched_row(event: Enriched) -> bytes:
    """Write an event as a JSON line; fields of the original row that Kea fills are replaced."""
    record, assignment = event.record, event.assignment
    original = record.attributes or {
        "text": record.text,
        "at": record.at.isoformat(),
        "service": record.service,
        "level": record.level,
    }
    return json_line(
        {
            **original,
            "template_id": assignment.template_id,
            "template": event.template,
            "category_id": assignment.category_id,
            "keywords": event.keywords,
            "is_new": assignment.is_new,
            "why": event.why,
        }
    )
