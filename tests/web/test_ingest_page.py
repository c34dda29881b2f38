"""The page about what comes in: sources, rates, what was refused."""

from __future__ import annotations

from datetime import timedelta

from fastapi.testclient import TestClient

from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.intake import source_log, source_sums
from knowledge_base.store.intake.counts import minute_of
from knowledge_base.store.intake.source_log import Brought
from tests.web.conftest import NOW
from web.pages.watching.ingest_sources import read_sources

REFUSED = [(1, "no text", "")]


def test_an_empty_project_says_how_to_begin(signed_in: TestClient) -> None:
    signed_in.post("/api/v1/projects", json={"name": "empty"})
    page = signed_in.get("/ingest", params={"project": "empty"}).text
    assert "Nothing has come in yet" in page
    assert "Every line could be read." in page


def test_lines_and_refused_rows_of_the_api_are_noted(signed_in: TestClient) -> None:
    rows = [{"text": "disk /data1 is full", "at": "2026-11-23T11:59:58Z"}, {"level": "<b>ERROR</b>"}, "one more"]
    assert signed_in.post("/api/v1/logs", json=rows).json()["refused"] == 1
    page = signed_in.get("/ingest").text
    assert '<strong class="source-name">api</strong>' in page
    assert "from 2 sources<" in page
    assert "&lt;b&gt;ERROR&lt;/b&gt;" in page
    assert "/ingest?source=api" in page
    assert "&lt;b&gt;ERROR&lt;/b&gt;" not in signed_in.get("/ingest", params={"source": "another"}).text
    assert signed_in.get("/ingest", params={"source": "api", "cursor": "9" * 20}).status_code == 200


def test_rate_lag_and_silence(knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        for minutes in range(10):
            at = NOW - timedelta(minutes=minutes)
            busy, late = Brought(600, at - timedelta(seconds=2)), Brought(60, at - timedelta(minutes=9))
            source_log.note_lines(db, "default", {"logs/0": busy, "logs/1": late}, at)
        old = NOW - timedelta(hours=30)
        for _ in range(2):
            source_log.note_lines(db, "default", {"/var/log/a.log": Brought(5, old)}, old)
        source_log.note_lines(db, "default", {"/var/log/a.log": Brought(5, old)}, old - timedelta(minutes=9))
        source_log.tidy(db, "default", NOW)
    with knowledge.store.read() as db:
        found = {each.name: each for each in read_sources(db, "default", NOW)}
    busy, late, quiet = found["logs/0"], found["logs/1"], found["/var/log/a.log"]
    assert (busy.rate, busy.lag, busy.is_behind, busy.kind) == (10.0, timedelta(seconds=2), False, "Kafka")
    assert (late.lag, late.is_behind) == (timedelta(minutes=9), True)
    assert (quiet.rate, quiet.lag, quiet.is_quiet, quiet.newest, quiet.lines) == (0.0, None, True, old, 10)


def test_refused_rows_make_no_source_late(knowledge: KnowledgeBase) -> None:
    begun = NOW - timedelta(minutes=4, seconds=50)
    with knowledge.store.write() as db:
        for source in ("logs/0", "logs/1"):
            source_log.note_lines(db, "default", {source: Brought(6, begun - timedelta(seconds=30))}, begun)
        source_log.note_refused(db, "default", "logs/0", REFUSED, begun + timedelta(seconds=40), count=1)
        source_log.note_refused(db, "default", "logs/1", REFUSED, NOW, count=1)
        source_log.note_refused(db, "default", "logs/2", REFUSED, NOW, count=1)
    with knowledge.store.read() as db:
        found = {each.name: each for each in read_sources(db, "default", NOW)}
    assert [found[f"logs/{n}"].lag for n in range(3)] == [timedelta(seconds=30)] * 2 + [None]
    assert not any(each.is_behind for each in found.values())
    assert found["logs/1"].heard == NOW


def test_sources_are_added_up_by_the_database(knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        for minutes in (0, 4, 5, 119, 120, 170):
            at = NOW - timedelta(minutes=minutes)
            source_log.note_lines(db, "default", {f"logs/{n}": Brought(10, at) for n in range(3)}, at)
    with knowledge.store.read() as db:
        found = read_sources(db, "default", NOW)
        steps = source_sums.read_steps(db, "default", ["logs/0"], present=minute_of(NOW), minutes=5, count=24)
    found = [each for each in found if each.name.startswith("logs")]
    assert [(each.lines, each.rate) for each in found] == [(60, 20 / 300)] * 3
    assert steps == {"logs/0": [10, *[0] * 21, 10, 20]}
    assert [len(each.spark.bars) for each in found] == [24] * 3
