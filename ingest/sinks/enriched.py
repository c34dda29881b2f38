"""The enriched record: the original row and what Kea knows of it."""

from __future__ import annotations

import json
from functools import lru_cache
from json.encoder import encode_basestring as _quoted

from ingest.pipeline import Enriched

KEA_FIELDS = ("template_id", "template", "category_id", "keywords", "is_new", "why")
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def enriched_row(event: Enriched) -> bytes:
    """Write an event as a JSON line; fields of the original row that Kea fills are replaced."""
    record, assignment = event.record, event.assignment
    original = record.attributes
    if not original:
        theirs = (
            f'{{"text": {_quoted(record.text)}, "at": "{record.at.isoformat()}", '
            f"{_origin_part(record.service, record.level)}"
        )
    else:
        if any(name in original for name in KEA_FIELDS):
            original = {name: value for name, value in original.items() if name not in KEA_FIELDS}
        theirs = f"{_ENCODER.encode(original)[:-1]}, " if original else "{"
    ours = _our_part(
        assignment.template_id, event.template, assignment.category_id, event.keywords, assignment.is_new, event.why
    )
    row = theirs + ours
    try:
        return row.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which UTF-8 has not
        return (json.dumps(json.loads(row)) + "\n").encode()


@lru_cache(maxsize=1_000)
def _origin_part(service: str, level: str) -> str:
    return f'"service": {_quoted(service)}, "level": {_quoted(level)}, '


@lru_cache(maxsize=10_000)
def _our_part(*values: object) -> str:
    """Write the fields of a template, which are the same for most of its lines."""
    return _ENCODER.encode(dict(zip(KEA_FIELDS, values, strict=True)))[1:] + "\n"
