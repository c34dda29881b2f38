"""Requests to /hooks/slack: signed, verified over the bytes that came, of any shape."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.ports import Inbound, Webhook, WebhookRequest
from assistant.slack import adapters
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.errors import InputError, NotAllowed, StorageUnavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from tests.assistant.conformance.world import SOLVED
from tests.assistant.slack import payloads
from tests.assistant.slack.driver import fake_slack, real_clock, settings_of
from tests.assistant.slack.server import BOT_TOKEN, SIGNING_SECRET, wait_until
from tests.web.serving import running
from web.app import create_app


@pytest.fixture(scope="module")
def taken() -> list[Inbound]:
    """What was taken in."""
    return []


@pytest.fixture(scope="module")
def webhook(taken: list[Inbound]) -> Webhook:
    """A webhook that needs no Slack: whatever it would ask Slack would fail."""

    def accept(inbound: Inbound) -> bool:
        taken.append(inbound)
        return True

    configured = Settings(
        slack_bot_token=BOT_TOKEN, slack_signing_secret=SIGNING_SECRET, slack_api_url="http://127.0.0.1:9/api/"
    )
    [adapter] = adapters(configured, lambda project: accept, real_clock)
    assert adapter.webhook is not None
    return adapter.webhook


def test_the_address_is_verified_with_the_challenge(webhook: Webhook) -> None:
    response = webhook.receive(payloads.request({"type": "url_verification", "challenge": "3eZbrw1aB"}))
    assert response.status == 200
    assert json.loads(response.body) == {"challenge": "3eZbrw1aB"}
    assert response.content_type.startswith("application/json")


def test_a_challenge_that_is_not_signed_is_refused(webhook: Webhook) -> None:
    with pytest.raises(NotAllowed):
        webhook.receive(payloads.request({"type": "url_verification", "challenge": "x"}, signature="v0=0"))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-signature": "v0=é", "x-slack-request-timestamp": "1"},
        {"x-slack-signature": "v0=0", "x-slack-request-timestamp": "now"},
        {"x-slack-signature": "v0=0", "x-slack-request-timestamp": "9" * 5000},
        {"x-slack-signature": "v0=0", "x-slack-request-timestamp": "9" * 400},
        {"x-slack-signature": "v0=0", "x-slack-request-timestamp": "9" * 16},
        {"x-slack-signature": "v0=0", "x-slack-request-timestamp": "１"},
        {"x-slack-signature": "v0=0", "x-slack-request-timestamp": "-1"},
        {"x-slack-signature": "", "x-slack-request-timestamp": ""},
    ],
)
def test_odd_signatures_are_refused_with_what_to_do(webhook: Webhook, headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed, match="KEA_SLACK_SIGNING_SECRET"):
        webhook.receive(WebhookRequest(headers, b"{}"))


@pytest.mark.parametrize("skew", [-310, 310])
def test_a_signature_of_another_time_is_refused(webhook: Webhook, skew: float) -> None:
    with pytest.raises(NotAllowed):
        webhook.receive(payloads.request({"type": "url_verification", "challenge": "x"}, skew=skew))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1, 2]",
        b"null",
        b'"text"',
        b"17",
        b"\xff\xfe",
        b"payload=%7B",
        b"[" * 100_000,
        b'{"event": {"user": 7}}',
    ],
)
def test_what_cannot_be_read_is_told_so(webhook: Webhook, taken: list[Inbound], body: bytes) -> None:
    taken.clear()
    with pytest.raises((InputError, NotAllowed)):
        webhook.receive(payloads.request(body))
    assert taken == []


class OddError(Exception):
    """What a store raises when nobody expects it."""


@pytest.mark.parametrize("error", [OddError("disk"), ValueError("number"), StorageUnavailable("locked")])
def test_what_the_store_raises_is_not_blamed_on_slack(error: Exception) -> None:
    def accept(inbound: Inbound) -> bool:
        raise error

    configured = Settings(slack_bot_token=BOT_TOKEN, slack_signing_secret=SIGNING_SECRET)
    [adapter] = adapters(configured, lambda project: accept, real_clock)
    assert adapter.webhook is not None
    with pytest.raises(type(error)) as caught:
        adapter.webhook.receive(payloads.request(payloads.mention("1800000000.000100", SOLVED, user="UANA")))
    assert caught.value is error


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"a=b",
        b'{"type": "app_rate_limited"}',
        b"ssl_check=1&token=x",
        b'{"type": "block_actions", "actions": []}',
        b'{"type": "block_actions", "actions": {"a": null}}',
        b'{"type": "block_actions", "actions": 7}',
    ],
)
def test_what_is_nothing_for_us_is_acknowledged(webhook: Webhook, taken: list[Inbound], body: bytes) -> None:
    taken.clear()
    assert webhook.receive(payloads.request(body)).status == 200
    assert taken == []


def test_a_header_cannot_ask_bolt_for_anything(webhook: Webhook, taken: list[Inbound]) -> None:
    taken.clear()
    payload = payloads.mention("1800000000.000100", SOLVED, user="UANA")
    lazy = {"x_slack_bolt_lazy_only": "1", "x_slack_bolt_lazy_function_name": "keep"}
    assert webhook.receive(payloads.request(payload, **lazy)).status == 200
    assert [each.text for each in taken] == [SOLVED]


def test_a_text_of_ten_megabytes_is_taken_in_time(webhook: Webhook, taken: list[Inbound]) -> None:
    taken.clear()
    payload = payloads.mention("1800000000.000100", "<!x|" * 2_500_000, user="UANA")
    assert webhook.receive(payloads.request(payload)).status == 200
    assert len(taken) == 1


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["U1", "1.1", "im", "Q-1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    "team_id team user user_id channel container message actions event authorizations "
    "text command trigger_id response_url bot_id subtype thread_ts ts"
)
keys = st.sampled_from(KEYS.split())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    base=st.sampled_from(["mention", "command", "click"]),
    changes=st.lists(st.tuples(st.booleans(), keys, odd), min_size=1, max_size=4),
)
def test_payloads_of_any_shape_do_no_harm(webhook: Webhook, base: str, changes: list[tuple[bool, str, object]]) -> None:
    payload = {
        "mention": lambda: payloads.mention("1.1", SOLVED, user="UANA"),
        "command": lambda: payloads.command(SOLVED, user="UANA", response_url="https://x"),
        "click": lambda: {"type": "block_actions", "actions": [{"action_id": "kea_helpful", "value": "Q-1"}]},
    }[base]()
    for inside, key, value in changes:
        target = payload["event"] if inside and isinstance(payload.get("event"), dict) else payload
        target[key] = value
    with suppress(InputError):  # told to Slack as a bad request
        assert webhook.receive(payloads.request(json.dumps(payload).encode())).status == 200


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, KnowledgeBase, list[object]]]:
    """The whole of Kea, served over HTTP, with a Slack."""
    with fake_slack() as slack:
        configured = settings_of(slack, slack_signing_secret=SIGNING_SECRET, home=tmp_path / "home")
        knowledge = KnowledgeBase(configured, embedder=HashingEmbedder())
        with running(create_app(configured, knowledge=knowledge)) as port:
            yield port, knowledge, slack.posted  # type: ignore[misc]


def post(port: int, request: WebhookRequest) -> tuple[int, bytes]:
    url = f"http://127.0.0.1:{port}/hooks/slack"
    sent = urllib.request.Request(url, request.body, dict(request.headers), method="POST")
    try:
        with urllib.request.urlopen(sent, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_slack_is_answered_by_a_running_kea(server: tuple[int, KnowledgeBase, list[object]]) -> None:
    port, _, posted = server
    status, body = post(port, payloads.request({"type": "url_verification", "challenge": "abc"}))
    assert (status, json.loads(body)) == (200, {"challenge": "abc"})
    status, _ = post(port, payloads.request(payloads.mention("1800000000.000100", "what is it", user="UANA")))
    assert status == 200
    status, _ = post(port, payloads.request(payloads.mention("1800000001.000100", "x", user="UEVE"), signature="v0=1"))
    assert status in (401, 403)
    forged = WebhookRequest(
        {"content-type": "application/x-www-form-urlencoded"}, urlencode({"command": "/kea"}).encode()
    )
    assert post(port, forged)[0] in (401, 403)
    wait_until(lambda: len(posted) == 1)
