"""What people do in Slack, and what they get to see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge_base.store.asking import questions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Verdict
from tests.assistant.conformance.world import PROJECT, SOLUTION, SOLVED, STRANGE, UNSOLVED
from tests.assistant.slack import payloads
from tests.assistant.slack.conftest import SlackWorld
from tests.assistant.slack.server import ARCHIVED, BOT, CHANNEL, TEAM


def test_a_mention_is_answered_in_its_thread(over_both: SlackWorld) -> None:
    ts = over_both.slack.next_ts()
    assert over_both.driver.deliver(payloads.mention(ts, SOLVED, user="UANA")).ok
    thread = over_both.slack.next_ts()
    assert over_both.driver.deliver(payloads.mention(ts + "1", SOLVED, user="UBO", thread_ts=thread)).ok
    over_both.world.settle()
    assert {(each.channel, each.thread) for each in over_both.slack.posted} == {(CHANNEL, ts), (CHANNEL, thread)}
    raw = over_both.slack.posted[0].raw
    assert (raw["unfurl_links"], raw["unfurl_media"], raw["parse"], raw["mrkdwn"]) == (False, False, "none", False)


def test_a_direct_message_is_answered_in_its_thread(over_both: SlackWorld) -> None:
    ts = over_both.slack.next_ts()
    assert over_both.driver.deliver(payloads.event("message", ts, SOLVED, user="UANA", channel="D0ANA")).ok
    over_both.world.settle()
    [posted] = over_both.slack.posted
    assert (posted.channel, posted.thread) == ("D0ANA", ts)


def test_a_message_that_comes_as_mention_and_as_message_counts_once(over_http: SlackWorld) -> None:
    ts = over_http.slack.next_ts()
    text = f"<@{BOT}> {SOLVED}"
    for kind in ("message", "app_mention", "message"):
        assert over_http.driver.deliver(payloads.event(kind, ts, text, user="UANA", channel="D0ANA")).ok
    over_http.world.settle()
    assert over_http.world.count("inbox") == 1
    assert len(over_http.slack.posted) == 1


def test_a_retry_with_another_event_id_counts_once_and_is_not_dropped_blindly(over_http: SlackWorld) -> None:
    payload = payloads.mention(over_http.slack.next_ts(), SOLVED, user="UANA")
    over_http.world.refusing = True
    assert not over_http.driver.deliver(payload).ok
    over_http.world.refusing = False
    for retry in (1, 2):
        assert over_http.driver.deliver(payload | {"event_id": f"Ev{retry}"}, retry=retry).ok
    over_http.world.settle()
    assert len(over_http.slack.posted) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"bot_id": "B0OTHER"},
        {"user": BOT},
        {"ts": "yesterday"},
        {"channel": {"id": "D1"}},
        {"text": None},
        {"text": ["a"]},
    ],
)
def test_what_is_no_question_is_acknowledged_and_ignored(over_http: SlackWorld, more: dict[str, object]) -> None:
    payload = payloads.event("message", over_http.slack.next_ts(), SOLVED, user="UANA", channel="D0ANA")
    payload["event"] |= more
    assert over_http.driver.deliver(payload).ok
    assert over_http.world.count("inbox") == 0


def test_a_message_of_a_channel_that_does_not_mention_kea_is_ignored(over_http: SlackWorld) -> None:
    assert over_http.driver.deliver(payloads.event("message", over_http.slack.next_ts(), SOLVED, user="UANA")).ok
    assert over_http.world.count("inbox") == 0


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_a_file_or_a_broadcast_with_a_text_is_a_question(over_http: SlackWorld, subtype: str) -> None:
    payload = payloads.mention(over_http.slack.next_ts(), SOLVED, user="UANA", subtype=subtype)
    assert over_http.driver.deliver(payload).ok
    over_http.world.settle()
    assert SOLUTION.title in over_http.texts()[0]


def test_a_mention_is_answered_where_the_bots_id_is_not_told(over_http: SlackWorld) -> None:
    payload = payloads.mention(over_http.slack.next_ts(), SOLVED, user="UANA")
    del payload["authorizations"]
    assert over_http.driver.deliver(payload).ok
    over_http.world.settle()
    assert SOLUTION.title in over_http.texts()[0]


def test_a_command_is_answered_only_to_who_typed_it(over_both: SlackWorld) -> None:
    url = over_both.slack.new_response_url()
    payload = payloads.command(SOLVED, user="UANA", response_url=url, trigger="1.2.abc")
    assert over_both.driver.deliver(payload).ok
    assert over_both.driver.deliver(payload).ok
    over_both.world.settle()
    [posted] = over_both.slack.posted
    assert posted.only_for
    assert posted.only_for in url
    assert posted.raw["response_type"] == "ephemeral"
    assert SOLUTION.title in over_both.texts()[0]


@pytest.mark.parametrize("text", ["", "help", " HELP "])
def test_a_command_without_a_question_is_told_how_to_ask(over_http: SlackWorld, text: str) -> None:
    over_http.driver.deliver(payloads.command(text, user="UANA", response_url=over_http.slack.new_response_url()))
    over_http.world.settle()
    assert "Paste an error message" in over_http.texts()[0]


@pytest.mark.parametrize("used_up", [False, True])
def test_a_later_answer_to_a_command_reaches_the_person(over_http: SlackWorld, used_up: bool) -> None:
    url = over_http.slack.new_response_url(uses=1 if used_up else 5)
    assert over_http.driver.deliver(payloads.command(UNSOLVED, user="UANA", response_url=url)).ok
    over_http.world.settle()
    if not used_up:
        over_http.world.clock.shift += timedelta(minutes=31)
    over_http.world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    over_http.world.settle()
    first, later = over_http.slack.posted
    assert first.only_for
    assert (later.channel, later.thread, later.only_for) == ("DANA", "", "")
    assert "Give it memory" in over_http.texts()[1]
    assert over_http.slack.calls.count("response_url") == (2 if used_up else 1)


def test_the_text_of_a_command_is_kept_as_it_was_typed(over_http: SlackWorld) -> None:
    url = over_http.slack.new_response_url()
    over_http.driver.deliver(payloads.command("List<String> &lt;init&gt; a&amp;b", user="UANA", response_url=url))
    with over_http.world.knowledge.store.read() as db:
        assert db.exec_driver_sql("SELECT text FROM inbox").scalar_one() == "List<String> <init> a&b"


def test_a_response_url_from_elsewhere_is_not_even_kept(over_http: SlackWorld) -> None:
    over_http.driver.deliver(payloads.command(SOLVED, user="UANA", response_url="https://hooks.slack.com.evil/x"))
    with over_http.world.knowledge.store.read() as db:
        assert "evil" not in db.exec_driver_sql("SELECT address FROM inbox").scalar_one()
    over_http.world.settle()
    assert over_http.slack.posted[0].channel == "DANA"


def test_what_a_command_could_not_be_told_for_sure_is_listed(over_http: SlackWorld) -> None:
    over_http.driver.break_next("dropped")
    url = over_http.slack.new_response_url()
    assert over_http.driver.deliver(payloads.command(SOLVED, user="UANA", response_url=url)).ok
    over_http.world.settle()
    assert len(over_http.slack.posted) == 1
    assert over_http.world.states() == ["uncertain"]


def test_a_click_is_feedback_and_is_thanked_for_in_the_thread(over_both: SlackWorld) -> None:
    ts = over_both.slack.next_ts()
    assert over_both.driver.deliver(payloads.mention(ts, f"请问这个怎么办：\n{SOLVED}", user="UANA")).ok
    over_both.world.settle()
    [posted] = over_both.slack.posted
    payload = payloads.click(posted.raw, "kea_not_helpful", user="UBO", ts=posted.ts, thread=ts)
    assert over_both.driver.deliver(payload).ok
    assert over_both.driver.deliver(payload).ok
    over_both.world.settle()
    with over_both.world.knowledge.store.read() as db:
        feedback = questions.feedback_of(db, PROJECT, int(over_both.world.category_of(SOLVED)[3:]))
    assert (feedback.helpful, feedback.not_helpful) == (0, 1)
    _, thanks = over_both.slack.posted
    assert thanks.thread == ts
    assert "谢谢反馈" in over_both.texts()[1]


def test_a_click_hands_over_to_a_person_and_engineers_are_told_in_their_channel(over_both: SlackWorld) -> None:
    knowledge = over_both.world.knowledge
    knowledge.settings = knowledge.settings.model_copy(update={"handover_target": f"slack:{CHANNEL}"})
    ts = over_both.slack.next_ts()
    over_both.driver.deliver(payloads.mention(ts, f"谁知道 {STRANGE}", user="UANA"))
    over_both.world.settle()
    [posted] = over_both.slack.posted
    payload = payloads.click(posted.raw, "kea_hand_over", user="UBO", ts=posted.ts, thread=ts)
    for _ in range(2):
        assert over_both.driver.deliver(payload).ok
    over_both.world.settle()
    with knowledge.store.read() as db:
        assert questions.get(db, PROJECT, "Q-1").escalated_by == f"{TEAM}/UBO"
    told = dict(zip([each.thread for each in over_both.slack.posted[1:]], over_both.texts()[1:], strict=True))
    assert set(told) == {ts, ""}
    assert "Q-1 已转人工处理" in told[ts]
    assert "需要人工处理：Q-1" in told[""]
    assert over_both.slack.posted[2].channel == CHANNEL
    assert over_both.world.states() == ["sent"] * 3


def test_a_click_on_what_only_one_person_sees_is_thanked_for_there(over_http: SlackWorld) -> None:
    over_http.driver.deliver(payloads.command(SOLVED, user="UANA", response_url=over_http.slack.new_response_url()))
    over_http.world.settle()
    [posted] = over_http.slack.posted
    payload = payloads.click(posted.raw, "kea_helpful", user="UANA", ts=posted.ts, thread="")
    payload["container"]["is_ephemeral"] = True
    url = over_http.slack.new_response_url()
    assert over_http.driver.deliver(payload | {"response_url": url}).ok
    over_http.world.settle()
    thanks = over_http.slack.posted[1]
    assert thanks.only_for in url
    assert thanks.raw["replace_original"] is False
    with over_http.world.knowledge.store.read() as db:
        assert questions.get(db, PROJECT, "Q-1").verdict is Verdict.HELPFUL


@pytest.mark.parametrize(
    "forged",
    [
        {"value": "Q-1 OR 1=1"},
        {"value": "Q-"},
        {"value": 1},
        {"value": None},
        {"action_id": "other"},
        {"action_id": []},
    ],
)
def test_a_forged_click_does_nothing(over_http: SlackWorld, forged: dict[str, object]) -> None:
    over_http.driver.ask(SOLVED)
    over_http.world.settle()
    [posted] = over_http.slack.posted
    payload = payloads.click(posted.raw, "kea_helpful", user="UEVE", ts=posted.ts, thread=posted.thread)
    payload["actions"][0] |= forged
    assert over_http.driver.deliver(payload).ok
    over_http.world.settle()
    assert over_http.world.count("inbox") == 1
    assert len(over_http.slack.posted) == 1


def test_a_click_about_an_answer_that_is_not_there_says_so(over_http: SlackWorld) -> None:
    over_http.driver.ask(SOLVED)
    over_http.world.settle()
    [posted] = over_http.slack.posted
    payload = payloads.click(posted.raw, "kea_helpful", user="UEVE", ts=posted.ts, thread=posted.thread)
    payload["actions"][0]["value"] = "Q-999"
    assert over_http.driver.deliver(payload).ok
    over_http.world.settle()
    assert "no answer of mine" in over_http.texts()[1]


def test_words_in_the_thread_are_feedback_too(over_http: SlackWorld) -> None:
    ts = over_http.slack.next_ts()
    over_http.driver.deliver(payloads.mention(ts, SOLVED, user="UANA"))
    over_http.world.settle()
    over_http.driver.deliver(payloads.mention(over_http.slack.next_ts(), "helpful", user="UANA", thread_ts=ts))
    over_http.world.settle()
    with over_http.world.knowledge.store.read() as db:
        assert questions.get(db, PROJECT, "Q-1").verdict is Verdict.HELPFUL


def test_names_of_people_and_threads_are_stable(over_http: SlackWorld) -> None:
    ts = over_http.slack.next_ts()
    over_http.driver.deliver(payloads.mention(ts, STRANGE, user="UANA"))
    with over_http.world.knowledge.store.read() as db:
        row = db.exec_driver_sql("SELECT event, user, thread FROM inbox").one()
    assert tuple(row) == (f"{TEAM}/{CHANNEL}/{ts}", f"{TEAM}/UANA", f"{TEAM}/{CHANNEL}/{ts}")


def test_an_archived_channel_is_listed_with_what_to_do(over_http: SlackWorld) -> None:
    payload = payloads.event("app_mention", over_http.slack.next_ts(), SOLVED, user="UANA", channel=ARCHIVED)
    assert over_http.driver.deliver(payload).ok
    over_http.world.settle()
    [delivery] = over_http.world.deliveries()
    assert delivery.state == "dead"
    assert "bring the channel back" in delivery.error
