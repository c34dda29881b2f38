"""The manifest asks for all that the adapter uses, and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.slack.inbound import read
from tests.assistant.slack import payloads
from tests.assistant.slack.driver import real_clock

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def manifest() -> dict[str, Any]:
    return dict(yaml.safe_load((DOCS / "slack-manifest.yaml").read_text("utf-8")))


def test_the_scopes_are_those_that_are_used(manifest: dict[str, Any]) -> None:
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {
        "app_mentions:read",  # app_mention
        "im:history",  # message.im, conversations.replies
        "commands",  # /kea
        "chat:write",  # chat.postMessage
        "channels:history",  # conversations.replies
        "groups:history",
        "mpim:history",
        "metadata.message:read",  # include_all_metadata
    }


def test_the_events_are_those_that_are_read(manifest: dict[str, Any]) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert events == ["app_mention", "message.im"]
    for name in events:
        kind, _, place = name.partition(".")
        payload = payloads.event(kind, "1.1", "x", user="U1", channel="D1" if place else "C1")
        assert read(payload, now=real_clock(), hooks_url="") is not None


def test_commands_and_buttons_are_switched_on(manifest: dict[str, Any]) -> None:
    [command] = manifest["features"]["slash_commands"]
    assert command["command"] == "/kea"
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["features"]["app_home"]["messages_tab_read_only_enabled"] is False


def test_with_its_address_taken_in_it_is_a_manifest_for_http() -> None:
    text = (DOCS / "slack-manifest.yaml").read_text("utf-8")
    for name in ("request_url", "url"):
        text = text.replace(f"# {name}: https", f"{name}: https")
    manifest = yaml.safe_load(text)
    address = "https://kea.example.com/hooks/slack"
    assert manifest["features"]["slash_commands"][0]["url"] == address
    assert manifest["settings"]["event_subscriptions"]["request_url"] == address
    assert manifest["settings"]["interactivity"]["request_url"] == address


def test_the_page_names_every_setting() -> None:
    page = (DOCS / "slack.md").read_text("utf-8")
    for name in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET", "PROJECT"):
        assert f"KEA_SLACK_{name}" in page
