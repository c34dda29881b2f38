"""What every channel and ticket system keeps to, seen from its platform."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.addresses import linkable
from ingest.pipeline import Pipeline
from knowledge_base.solution_details import AppliesTo, Details, Link
from knowledge_base.store.asking import escalations
from knowledge_base.store.asking.escalations import QuestionState
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import LogRecord
from tests.assistant.conformance.driver import DriverMaker
from tests.assistant.conformance.registry import MAKERS
from tests.assistant.conformance.world import PROJECT, SOLUTION, SOLVED, STRANGE, UNSOLVED, World, world_with
from tests.assistant.hostile_links import HOSTILE as HOSTILE_ADDRESSES
from tests.assistant.hostile_links import NAMES


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.name)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world around each adapter in turn."""
    maker: DriverMaker = request.param
    with world_with(maker, tmp_path) as world:
        yield world


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody may call; gives its URL and who called it."""
    called: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            called.append(str(self.client_address))

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/trap", called
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_question_is_kept_before_it_is_acknowledged_and_answered_once(world: World) -> None:
    ack = world.driver.ask(SOLVED)
    assert ack.ok, ack.detail
    assert ack.seconds < world.driver.allowed_seconds
    assert world.count("inbox") == 1
    assert world.driver.seen() == []
    world.settle()
    [seen] = world.driver.seen()
    assert SOLUTION.title in seen.text
    assert "migration" in seen.text
    assert "Q-1" in seen.text
    assert world.states() == ["sent"]


def test_two_errors_in_one_message_are_answered_one_by_one(world: World) -> None:
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    text = f"hello, two errors today:\n\n{SOLVED}\n\nand then\n\n{UNSOLVED}\n\nany idea?"
    assert world.driver.ask(text, event="1").ok
    assert world.driver.ask(text, event="1").ok
    world.settle()
    first, second = world.driver.seen()
    assert SOLUTION.title in first.text
    assert "Q-1" in first.text
    assert "Give it memory" in second.text
    assert "Q-2" in second.text
    assert world.states() == ["sent", "sent"]


def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(world: World) -> None:
    world.refusing = True
    assert not world.driver.ask(SOLVED, event="1").ok
    assert world.count("inbox") == 0
    world.refusing = False
    assert world.driver.ask(SOLVED, event="1").ok
    world.settle()
    assert len(world.driver.seen()) == 1


def test_duplicates_and_retries_are_acknowledged_and_not_answered_again(world: World) -> None:
    for _ in range(3):
        assert world.driver.ask(SOLVED, event="1").ok
    world.settle()
    assert world.driver.ask(SOLVED, event="1").ok
    world.settle()
    assert len(world.driver.seen()) == 1
    assert world.count("question") == 1


def test_questions_out_of_order_are_all_answered(world: World) -> None:
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    for event in ("3", "1", "2"):
        assert world.driver.ask(SOLVED if event == "1" else UNSOLVED, user=f"user{event}", event=event).ok
    world.settle()
    titles = sorted(SOLUTION.title in seen.text for seen in world.driver.seen())
    assert titles == [False, False, True]


@pytest.mark.parametrize("kind", ["unsigned", "wrong", "old"])
def test_a_bad_signature_is_refused(world: World, kind: str) -> None:
    if kind not in world.driver.forgeries:
        pytest.skip("the platform's protocol has no such signature")
    assert not world.driver.forge(kind, SOLVED).ok
    assert world.count("inbox") == 0


def test_a_replayed_request_is_not_answered_again(world: World) -> None:
    first, again = world.driver.replay(SOLVED)
    assert first.ok
    world.settle()
    assert world.count("inbox") == 1
    assert len(world.driver.seen()) == 1
    assert again.seconds < world.driver.allowed_seconds


@pytest.mark.parametrize("how", ["throttled", "error", "dropped", "slow", "refused", "away"])
def test_each_failure_of_the_platform_ends_with_one_answer_or_is_listed(world: World, how: str) -> None:
    if how not in world.driver.breaks:
        pytest.skip("the platform does not fail in this way")
    world.driver.break_next(how)
    assert world.driver.ask(SOLVED).ok
    world.settle()
    if how == "refused":
        assert world.driver.seen() == []
        assert world.states() == ["dead"]
        assert world.deliveries()[0].error
    elif how in ("throttled", "away") or world.driver.readable:
        assert len(world.driver.seen()) == 1
        assert world.states() == ["sent"]
    else:
        assert len(world.driver.seen()) == (0 if how == "error" else 1)
        assert world.states() == ["uncertain"]


def test_a_long_solution_is_cut_to_what_the_platform_takes(world: World) -> None:
    long = "\n\n".join(f"{n}. Restart node {n} with `systemctl restart node` 以及检查日志" for n in range(5000))
    world.solve(UNSOLVED, SolutionText("T" * 300, "C" * 9000, long[:100_000]))
    assert world.driver.ask(UNSOLVED).ok
    world.settle()
    [seen] = world.driver.seen()
    assert len(seen.text) <= world.driver.limit + 1000
    assert "https://kea.example.com/categories/" in seen.raw
    assert world.states() == ["sent"]


DETAILS = Details(
    applies=(AppliesTo("spark-etl", ">= 4.2"), AppliesTo("odps-sql")),
    links=(Link("https://wiki.example.com/heap/磁盘", "Runbook [heap]"), Link("https://wiki.example.com/raw")),
)


def test_a_solution_says_where_it_applies_and_where_more_is_written(world: World) -> None:
    assert world.driver.ask(SOLVED, event="1").ok
    assert world.driver.ask(UNSOLVED, event="2").ok
    world.settle()
    before = world.driver.seen()
    assert not any("wiki.example.com" in seen.raw for seen in before)
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit", DETAILS))
    assert world.driver.ask(UNSOLVED, user="bo", event="3").ok
    world.settle()
    told = world.driver.seen()[len(before) :]
    assert len(told) == 2  # who asks now, and later who asked in vain
    for seen in told:
        assert "spark-etl >= 4.2; odps-sql" in seen.text
        assert "Runbook" in seen.text
        for link in DETAILS.links:
            assert linkable(link.url) in seen.raw or link.url in seen.raw


def test_links_and_conditions_have_no_effect(world: World) -> None:
    if not world.driver.markup:
        pytest.skip("messages of this platform are plain")
    applies = tuple(AppliesTo(name[:200]) for name in NAMES)
    links = tuple(Link(url, name[:200]) for url, name in zip(HOSTILE_ADDRESSES, NAMES, strict=False))
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit", Details(applies=applies, links=links)))
    assert world.driver.ask(UNSOLVED).ok
    world.settle()
    [seen] = world.driver.seen()
    assert world.states() == ["sent"]
    assert "further links in Kea" in seen.text
    for harmful in ("<!channel>", "<!here", "<@U1>", "](https://evil.example", "<script>", "<img", "</a></li></ul><a"):
        assert harmful not in seen.raw.replace("\\\\", "\\"), seen.raw


HOSTILE = (
    "ERROR <!channel> <!here> @all @channel <@U1> [click](https://evil.example) <script>x</script> "
    "![i](https://evil.example/i.png) --> done"
)


def test_markup_in_logs_is_shown_and_does_nothing(world: World) -> None:
    if not world.driver.markup:
        pytest.skip("messages of this platform are plain")
    Pipeline(world.knowledge, PROJECT).keep([LogRecord(PROJECT, "test", 9, HOSTILE, world.clock())])
    world.solve(HOSTILE)
    assert world.driver.ask(HOSTILE).ok
    world.settle()
    [seen] = world.driver.seen()
    for harmful in ("<!channel>", "<!here>", "<@U1>", "](https://evil.example", "<script>"):
        assert harmful not in seen.raw.replace("\\\\", "\\"), seen.raw


def test_an_unknown_error_is_said_to_be_unknown(world: World) -> None:
    assert world.driver.ask(STRANGE).ok
    world.settle()
    seen = world.driver.seen()
    if world.driver.quiet:
        assert seen == []
    else:
        assert len(seen) == 1
        assert "do not know" in seen[0].text
        assert SOLUTION.title not in seen[0].text


def test_a_question_is_handed_over_to_a_person_by_words(world: World) -> None:
    assert world.driver.ask(STRANGE, event="1").ok
    world.settle()
    before = len(world.driver.seen())
    for event in ("2", "3"):
        assert world.driver.ask("hand over Q-1", event=event).ok
    world.settle()
    with world.knowledge.store.read() as db:
        [waiting] = escalations.list_questions(db, PROJECT, state=QuestionState.ESCALATED)
    assert waiting.id == "Q-1"
    told = [seen.text for seen in world.driver.seen()[before:]]
    assert len(told) == (0 if world.driver.quiet else 2)
    assert all("Q-1 is handed over to a person" in text for text in told)


def test_who_asked_in_vain_is_told_later_where_they_asked(world: World) -> None:
    assert world.driver.ask(UNSOLVED, event="1").ok
    world.settle()
    before = len(world.driver.seen())
    assert before == (0 if world.driver.quiet else 1)
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    world.settle()
    seen = world.driver.seen()
    assert len(seen) == before + 1
    assert "Give it memory" in seen[-1].text
    world.settle()
    assert len(world.driver.seen()) == before + 1


def test_the_assistants_own_messages_are_ignored(world: World) -> None:
    assert world.driver.echo(SOLVED).ok
    world.settle()
    assert world.count("inbox") == 0
    assert world.driver.seen() == []


def test_no_url_of_a_payload_is_followed(world: World, trap: tuple[str, list[str]]) -> None:
    url, called = trap
    world.driver.lure(SOLVED, url)
    world.settle()
    assert called == []
