"""The enriched row: the original fields as they were, and Kea's own behind them."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.pipeline import Enriched
from ingest.sinks.dead_letters import EXCERPT_LENGTH, DeadLetter, dead_letter_row
from ingest.sinks.enriched import KEA_FIELDS, enriched_row
from knowledge_base.types import Assignment
from tests.ingest.support import record

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
OURS = {
    "template_id": "T-1",
    "template": "disk <n>",
    "category_id": "KE-2",
    "keywords": ["disk"],
    "is_new": True,
    "why": "first",
}


def enriched(text: str, fields: dict[str, object] | None = None) -> Enriched:
    assignment = Assignment("f", "T-1", "KE-2", 1.0, True)
    found = replace(record(text, service='a"b'), attributes=fields or {})
    return Enriched(found, assignment, "disk <n>", ("disk",), "first")


@given(st.dictionaries(st.text(max_size=5) | st.sampled_from(KEA_FIELDS), JSON, min_size=1, max_size=4))
def test_original_fields_stay_and_ours_win(fields: dict[str, object]) -> None:
    row = enriched_row(enriched("x", fields))
    assert row.endswith(b"\n")
    assert row.count(b"\n") == 1
    assert json.loads(row) == {**fields, **OURS}


@given(st.text())
def test_a_plain_line_is_told_with_time_service_and_level(text: str) -> None:
    row = json.loads(enriched_row(enriched(text)))
    assert row == {"text": text, "at": "2026-03-01T12:00:00+00:00", "service": 'a"b', "level": "ERROR", **OURS}


def test_half_a_surrogate_pair_comes_through() -> None:
    assert json.loads(enriched_row(enriched("a\ud800")))["text"] == "a\ud800"
    assert json.loads(enriched_row(enriched("x", {"text": "a\ud800"})))["text"] == "a\ud800"


def test_a_dead_letter_is_short_and_scrubbed() -> None:
    row = json.loads(dead_letter_row(DeadLetter("a.log", 7, "broken JSON", "password=hunter2 " + "x" * 9000)))
    assert (row["source"], row["offset"], row["reason"]) == ("a.log", 7, "broken JSON")
    assert len(row["excerpt"]) == EXCERPT_LENGTH
    assert row["excerpt"].startswith("password=<secret> xxx")
