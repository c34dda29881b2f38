"""The lengths that a signature takes part of are kept at every door, however long a line is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from ingest.formats import Format
from ingest.joining import JoinMode
from ingest.readers import reader_for
from ingest.reading import Origin
from ingest.sources.file import FileSource
from ingest.sources.port import RawLine
from ingest.sources.stream import StreamSource
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.signature import sign
from knowledge_base.signature.limits import MAX_LINES, MAX_TEMPLATE_LINE, MAX_TEXT
from knowledge_base.store.tables import RecentRow, SampleRow, TemplateRow
from tests.ingest.support import NOW, PROJECT, Runs, knowledge_in

LONG = 10_000_000
HOSTILE = {
    "token": "ERROR " + "x" * LONG,
    "tokens": "ERROR " + "ab-1 " * (LONG // 5),
    "lines": "ERROR first\n" + "  at org.example.Thing.run(Thing.java:7)\n" * 200_000,
}


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with knowledge_in(tmp_path / "home", max_event_bytes=1_000_000) as knowledge:
        yield knowledge


def check_stored(knowledge: KnowledgeBase) -> None:
    with knowledge.store.read() as db:
        longest = [
            db.execute(select(func.max(func.length(col(table.text))))).scalar_one()
            for table in (TemplateRow, SampleRow, RecentRow)
        ]
    assert longest[0] <= MAX_LINES * (MAX_TEMPLATE_LINE + 1)
    assert all(0 < each <= MAX_TEXT for each in longest[1:])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file(knowledge: KnowledgeBase, tmp_path: Path, name: str) -> None:
    path = tmp_path / "app.log"
    path.write_text(HOSTILE[name] + "\nERROR the next one\n", encoding="utf-8")
    summary = Runs(knowledge, tmp_path).run(FileSource(path))
    assert summary.read == 1
    check_stored(knowledge)


@pytest.mark.parametrize("name", HOSTILE)
def test_standard_input(knowledge: KnowledgeBase, tmp_path: Path, name: str) -> None:
    path = tmp_path / "input"
    path.write_text(HOSTILE[name] + "\nERROR the next one\n", encoding="utf-8")
    with path.open("rb") as file:
        assert Runs(knowledge, tmp_path).run(StreamSource(file.fileno(), title="standard input")).read == 1
    check_stored(knowledge)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", [Format.JSONL, Format.PLAIN])
def test_messages_and_requests(name: str, form: Format) -> None:
    """Kafka and the API hand whole lines to the same readers."""
    text = HOSTILE[name] if form is Format.PLAIN else json.dumps({"text": HOSTILE[name]})
    reader = reader_for(form, origin=Origin(PROJECT, "test", ""), mode=JoinMode.AUTO, max_event_bytes=1_000_000)
    lines = [RawLine(n, n + 1, line) for n, line in enumerate(text.split("\n"))]
    reading, rest = reader.feed(lines, NOW), reader.flush(NOW)
    records = [*reading.records, *rest.records]
    assert records or reading.rejected
    assert all(len(each.text.encode()) <= 1_000_000 for each in records)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_signed_without_a_reader(name: str) -> None:
    """Questions, look-ups and explanations sign what was pasted."""
    assert len(sign(HOSTILE[name]).template) <= MAX_LINES * (MAX_TEMPLATE_LINE + 1)
