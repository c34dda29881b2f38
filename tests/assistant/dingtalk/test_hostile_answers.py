"""Answers that DingTalk would not give, and that take for ever: each call ends in time, and the truth is told."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest
from pydantic import SecretStr

from assistant.dingtalk.channel import DingTalk
from assistant.dingtalk.places import Place, base_url
from assistant.ports import Delivered, Delivery, Doubtful, Postponed, Refused
from assistant.reply import Reply
from tests.assistant.dingtalk.driver import now
from tests.assistant.raw import DRIPS, HTML, JSON, SOON, Answer, dead_host, dripping, response, serving, slow_names

REPLY = Reply("en", "Known", "Run the migration", question_id="Q-1", feedback=True)
TOKEN = response(200, b'{"accessToken": "t", "expireIn": 7200}', JSON)
IN_ALL = 1.0


def send(url: str, *, late: bool = False, seconds: float = 10.0, in_all: float = 30.0) -> Delivery:
    """Send by the session's webhook, or where that is over by the robot's API."""
    channel = DingTalk(
        client_id="id", client_secret=SecretStr("secret"), robot_code="robot",
        api=base_url("", url), webhooks=base_url("", url), clock=now, seconds=seconds, in_all=in_all,
    )  # fmt: skip
    expires = 0 if late else int(now().timestamp() * 1000) + 3_600_000
    place = Place("cid==", True, "ana", f"{url}robot/sendBySession?session=1", expires)
    return channel.send(place.address(), REPLY, "kea:default:D-1")


def session(document: object, status: int = 200) -> Delivery:
    with serving(response(status, json.dumps(document).encode(), JSON)) as platform:
        return send(platform.url)


def robot(answer: Answer | bytes, token: Answer | bytes = TOKEN, **more: Any) -> Delivery:
    """Send by the robot's API; the first request of all asks for a token."""
    answers = [token, answer]

    def say(connection: Any) -> None:
        told = answers.pop(0) if len(answers) > 1 else answers[0]
        told(connection) if callable(told) else connection.sendall(told)

    with serving(say) as platform:
        return send(platform.url, late=True, **more)


@pytest.mark.parametrize(
    "document",
    [
        {"errcode": False}, {"errcode": 0.0}, {"errcode": "0"}, {"errcode": None}, {"errcode": []}, {"errcode": {}},
        {"errcode": [0]}, {"errcode": {"a": 1}}, {"errcode": True}, {}, [], 0, None, "ok",
    ],
)  # fmt: skip
def test_only_a_zero_is_a_zero(document: object) -> None:
    assert isinstance(session(document), Doubtful)


def test_a_zero_is_a_zero() -> None:
    assert session({"errcode": 0, "errmsg": []}) == Delivered()


@pytest.mark.parametrize("code", [[], {}, [130101], "130101", True])
def test_a_code_of_another_kind_refuses_nothing_by_itself(code: object) -> None:
    assert isinstance(session({"errcode": code, "errmsg": {}}, 400), Refused)


@pytest.mark.parametrize("document", [{"code": []}, {"code": {"a": 1}, "message": []}, {}])
def test_the_robots_api_may_answer_with_odd_codes(document: object) -> None:
    body = json.dumps(document).encode()
    assert isinstance(robot(response(400, body, JSON)), Refused)
    assert isinstance(robot(response(200, body, JSON)), Doubtful)


def test_a_time_out_of_the_platform_says_nothing() -> None:
    assert isinstance(session({"errcode": 0}, 408), Doubtful)
    assert isinstance(robot(response(408, b"{}", JSON)), Doubtful)


@pytest.mark.parametrize(
    "answer",
    [
        response(200, b"<html>sign in</html>", HTML),
        response(200, b"", HTML),
        response(200, b'{"accessT', JSON),
        response(200, b'{"accessToken": 7}', JSON),
        *(response(status, Location="http://127.0.0.1:9/") for status in (301, 302, 303, 307, 308)),
        response(408),
    ],
)
def test_a_token_that_does_not_come_may_come_later(answer: bytes) -> None:
    assert isinstance(robot(TOKEN, answer), Postponed)


def test_a_client_that_is_not_known_is_refused() -> None:
    result = robot(TOKEN, response(400, b'{"code": "invalidClientSecret"}', JSON))
    assert isinstance(result, Refused)
    assert "KEA_DINGTALK_CLIENT_SECRET" in result.reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with serving(response(200, b'{"errcode": 0, "processQueryKey": "k"}', JSON)) as elsewhere:
        told = response(status, Location=elsewhere.url)
        with serving(told) as platform:
            assert isinstance(send(platform.url), Refused | Doubtful)
        assert isinstance(robot(told), Refused | Doubtful)
        assert elsewhere.requests == []


@pytest.mark.parametrize("how", DRIPS)
def test_an_answer_that_drips_in_is_cut(how: str) -> None:
    drip = dripping(DRIPS[how])
    for by, expected in (("session", Doubtful), ("token", Postponed), ("robot", Doubtful)):
        begun = time.monotonic()
        if by == "session":
            with serving(drip) as platform:
                result = send(platform.url, in_all=IN_ALL)
        else:
            result = robot(drip, in_all=IN_ALL) if by == "robot" else robot(TOKEN, drip, in_all=IN_ALL)
        assert isinstance(result, expected), (by, result)
        assert time.monotonic() - begun < SOON


def test_one_call_alone_does_not_take_all_of_the_time() -> None:
    begun = time.monotonic()
    with serving(dripping(DRIPS["headers"])) as platform:
        assert isinstance(send(platform.url, seconds=0.8, in_all=50), Doubtful)
    assert time.monotonic() - begun < SOON


def test_all_calls_of_a_delivery_share_their_time() -> None:
    """Five calls of two seconds each would take ten; the delivery ends within its three."""
    refused = response(401, b'{"code": "InvalidAuthentication"}', JSON)
    gone = response(200, b'{"errcode": 300001}', JSON)
    answers = [gone, TOKEN, refused, TOKEN, refused]

    def slowly(connection: Any) -> None:
        time.sleep(2)
        connection.sendall(answers.pop(0))

    with serving(slowly) as platform:
        begun = time.monotonic()
        assert isinstance(send(platform.url, in_all=3.0), Postponed | Doubtful)
        assert time.monotonic() - begun < 7


@pytest.mark.parametrize("late", [False, True])
def test_a_host_with_many_dead_addresses_takes_no_longer(monkeypatch: pytest.MonkeyPatch, late: bool) -> None:
    with dead_host(monkeypatch, "many.test") as port:
        begun = time.monotonic()
        assert isinstance(send(f"http://many.test:{port}/", late=late, in_all=IN_ALL), Postponed)
        assert time.monotonic() - begun < SOON


def test_a_name_that_is_looked_up_for_ever_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    with slow_names(monkeypatch):
        begun = time.monotonic()
        assert isinstance(send("http://slow.test/", in_all=IN_ALL), Postponed)
        assert time.monotonic() - begun < SOON


def test_an_answer_without_end_is_not_kept() -> None:
    def flood(connection: Any) -> None:
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"errcode": 0, "errmsg": "')
        for _ in range(100):
            connection.sendall(b"1" * 100_000)
        connection.sendall(b'"}')

    with serving(flood) as platform:
        assert isinstance(send(platform.url), Doubtful)


def test_nothing_is_unpacked() -> None:
    packed = gzip.compress(b'{"errcode": 0, "errmsg": "' + b"0" * 50_000_000 + b'"}')
    with serving(response(200, packed, JSON, Content_Encoding="gzip")) as platform:
        assert isinstance(send(platform.url), Doubtful)
        assert b"accept-encoding: identity" in platform.requests[0].lower()
