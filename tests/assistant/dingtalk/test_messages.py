"""What comes in: kinds of messages, hostile payloads, signatures, and the same message by both ways."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from assistant.dingtalk import adapters
from assistant.dingtalk.callback import Callback
from assistant.dingtalk.reading import read_message
from assistant.ports import Inbound, WebhookRequest
from knowledge_base.errors import InputError, NotAllowed
from knowledge_base.settings import Settings
from knowledge_base.store.asking import questions
from knowledge_base.types import Verdict
from tests.assistant.conformance.world import PROJECT, SOLVED, UNSOLVED, world_with
from tests.assistant.dingtalk.driver import MAKERS, CallbackDriver, StreamDriver, now, signed_headers
from tests.assistant.dingtalk.platform import SECRET

MESSAGE: dict[str, Any] = {
    "msgId": "msg1",
    "conversationId": "cid1",
    "conversationType": "1",
    "senderId": "$:LWCP_v1:$ana",
    "senderStaffId": "ana",
    "senderCorpId": "ding1",
    "chatbotUserId": "$:LWCP_v1:$robot",
    "msgtype": "text",
    "text": {"content": " it broke "},
}


def read(**changes: object) -> Inbound:
    inbound = read_message(MESSAGE | changes)
    assert inbound is not None
    return inbound


def test_a_text_is_read() -> None:
    assert read() == Inbound(
        "dingtalk",
        "msg1",
        "ding1:ana",
        "it broke",
        "cid1",
        {"conversation": "cid1", "group": False, "staff": "ana", "webhook": "", "expires": 0},
    )
    assert read(senderStaffId=None).user == "ding1:$:LWCP_v1:$ana"
    assert read(conversationType="2").address["group"] is True


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([{"text": "first"}, {"downloadCode": "x", "type": "picture"}, {"text": "second"}], "first\nsecond"),
        ([{"text": "a"}, {"text": "b\n"}, {"text": "c"}], "ab\nc"),
        ([{"text": 1}, "x", None], ""),
        ("text", ""),
    ],
)
def test_the_texts_of_rich_text_are_read(parts: object, text: str) -> None:
    assert read(msgtype="richText", content={"richText": parts}).text == text


@pytest.mark.parametrize("kind", ["picture", "audio", "file", "unknown", None, 7, ["text"]])
def test_other_kinds_have_no_text(kind: object) -> None:
    assert read(msgtype=kind, content={"downloadCode": "x"}).text == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x"},
        {"text": {"content": 7}},
        {"text": None},
        {"sessionWebhook": 7, "sessionWebhookExpiredTime": []},
        {"sessionWebhook": "x" * 5000, "sessionWebhookExpiredTime": "9" * 400},
        {"sessionWebhookExpiredTime": "²", "atUsers": 7, "hostingContext": "x", "conversationType": {}},
        {"msgId": "a\x00b\ud800", "conversationId": "\x00"},
    ],
)
def test_odd_fields_do_no_harm(changes: dict[str, object]) -> None:
    inbound = read(**changes)
    json.dumps(inbound.address).encode()
    assert "\x00" not in inbound.event + inbound.thread
    assert inbound.address["expires"] == 0


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "text",
        7,
        {},
        MESSAGE | {"msgId": ""},
        MESSAGE | {"msgId": 7},
        MESSAGE | {"conversationId": ["x"]},
        MESSAGE | {"conversationId": "x" * 500},
        MESSAGE | {"senderId": None, "senderStaffId": None},
        MESSAGE | {"senderStaffId": {}},
    ],
)
def test_what_is_no_message_is_refused(payload: object) -> None:
    with pytest.raises(InputError):
        read_message(payload)


def test_a_huge_text_is_read_and_answered(tmp_path: Path) -> None:
    with world_with(MAKERS[1], tmp_path) as world:
        assert world.driver.ask("错误 x" * 2_500_000).ok
        world.settle()
        assert "太长" in world.driver.seen()[0].text


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"[" * 200_000, b"null"])
def test_a_body_that_is_no_message_is_refused(body: bytes) -> None:
    callback = Callback(SecretStr(SECRET), lambda inbound: True, now)
    with pytest.raises(InputError):
        callback.receive(WebhookRequest(signed_headers(now()), body))


@pytest.mark.parametrize(
    ("minutes", "changes", "fits"),
    [
        (0, {}, True),
        (59, {}, True),
        (-59, {}, True),
        (61, {}, False),
        (-61, {}, False),
        (0, {"sign": ""}, False),
        (0, {"sign": "gefälscht"}, False),
        (0, {"timestamp": ""}, False),
        (0, {"timestamp": "1" * 5000}, False),
        (0, {"timestamp": "-1"}, False),
        (0, {"timestamp": "²"}, False),
    ],
)
def test_signatures_count_for_an_hour(minutes: int, changes: dict[str, str], fits: bool) -> None:
    kept: list[Inbound] = []
    callback = Callback(SecretStr(SECRET), lambda inbound: kept.append(inbound) is None, now)
    headers = signed_headers(now() + timedelta(minutes=minutes)) | changes
    request = WebhookRequest(headers, json.dumps(MESSAGE).encode())
    if fits:
        response = callback.receive(request)
        assert (response.status, response.body, response.content_type) == (200, b"{}", "application/json")
    else:
        with pytest.raises(NotAllowed):
            callback.receive(request)
    assert len(kept) == fits


def test_the_same_message_by_both_ways_counts_once(tmp_path: Path) -> None:
    with world_with(MAKERS[0], tmp_path) as world:
        driver = world.driver
        assert isinstance(driver, StreamDriver)
        payload = driver.payload(SOLVED)
        assert driver.deliver(payload).ok
        assert driver.adapter.webhook is not None
        driver.adapter.webhook.receive(WebhookRequest(signed_headers(now()), json.dumps(payload).encode()))
        assert driver.deliver(payload).ok
        world.settle()
        assert world.count("inbox") == 1
        assert len(driver.seen()) == 1


def test_feedback_in_words_counts_and_a_picture_gets_a_short_answer(tmp_path: Path) -> None:
    with world_with(MAKERS[1], tmp_path) as world:
        driver = world.driver
        assert isinstance(driver, CallbackDriver)
        driver.ask(SOLVED)
        driver.ask(SOLVED)
        world.settle()
        driver.ask("没用 Q-1")
        driver.ask("Helpful Q-2")
        driver.deliver(driver.payload("x", event="p") | {"msgtype": "picture", "content": {}})
        world.settle()
        with world.knowledge.store.read() as db:
            assert questions.get(db, PROJECT, "Q-1").verdict is Verdict.NOT_HELPFUL
            assert questions.get(db, PROJECT, "Q-2").verdict is Verdict.HELPFUL
        assert "Paste an error message" in driver.seen()[-1].text + driver.seen()[-2].text + driver.seen()[-3].text


@pytest.mark.parametrize(("alone", "way"), [(False, "group"), (True, "alone")])
def test_who_asked_in_vain_hours_ago_is_told_by_the_robots_api(tmp_path: Path, alone: bool, way: str) -> None:
    with world_with(MAKERS[1], tmp_path) as world:
        driver = world.driver
        assert isinstance(driver, CallbackDriver)
        driver.deliver(driver.payload(UNSOLVED, alone=alone))
        world.settle()
        driver.platform.sessions.clear()
        world.solve(UNSOLVED)
        world.settle()
        assert [each.way for each in driver.platform.posted] == ["session", way]
        assert world.states() == ["sent", "sent"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"dingtalk_client_secret": SecretStr("")}, "KEA_DINGTALK_CLIENT_SECRET"),
        ({"dingtalk_api_url": "api.dingtalk.com"}, "KEA_DINGTALK_API_URL"),
        ({"dingtalk_webhook_url": "ftp://oapi.dingtalk.com"}, "KEA_DINGTALK_WEBHOOK_URL"),
    ],
)
def test_half_a_configuration_is_refused_with_the_settings_name(changes: dict[str, Any], named: str) -> None:
    settings = Settings(**{"dingtalk_client_id": "ding1", "dingtalk_client_secret": SecretStr("s"), **changes})
    with pytest.raises(InputError, match=named):
        list(adapters(settings, lambda project: lambda inbound: True, now))


@pytest.mark.parametrize("stream", [True, False])
def test_stream_mode_can_be_switched_off(stream: bool) -> None:
    settings = Settings(
        dingtalk_client_id="ding1",
        dingtalk_client_secret=SecretStr("s"),
        dingtalk_stream=stream,
        dingtalk_project="search",
    )
    [adapter] = adapters(settings, lambda project: lambda inbound: project == "search", now)
    assert (adapter.connection is not None) == stream
    assert adapter.webhook is not None
    assert (adapter.project, adapter.channel.name) == ("search", "dingtalk")
