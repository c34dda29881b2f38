"""Slack: mentions, direct messages and ``/kea``, over HTTP and over Socket Mode (docs/slack.md)."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from assistant.addresses import is_address
from assistant.deadline import CALL_SECONDS
from assistant.platforms import AcceptFor
from assistant.ports import Adapter
from assistant.slack.app import bolt_app
from assistant.slack.channel import SlackChannel
from assistant.slack.client import Client
from assistant.slack.connection import SocketConnection
from assistant.slack.webhook import SlackWebhook
from knowledge_base.errors import InputError
from knowledge_base.settings import Settings
from knowledge_base.store.store import Clock

BOT_TOKENS = ("xoxb-", "xoxe.xoxb-")
APP_TOKENS = ("xapp-",)
TIMEOUT_SECONDS = 10
PING_SECONDS = 3.0


def adapters(
    settings: Settings,
    accept_for: AcceptFor,
    clock: Clock,
    *,
    timeout_seconds: int = TIMEOUT_SECONDS,
    call_seconds: float = CALL_SECONDS,
    ping_seconds: float = PING_SECONDS,
) -> Iterator[Adapter]:
    """Make the adapter of a workspace; nothing is connected yet.

    ``timeout_seconds`` bound a single wait, ``call_seconds`` all calls of one delivery.

    Raises InputError naming the setting that is missing or wrong; its value is not repeated.
    """
    bot_token = settings.slack_bot_token.get_secret_value()
    app_token = settings.slack_app_token.get_secret_value()
    signing_secret = settings.slack_signing_secret.get_secret_value()
    if not bot_token.startswith(BOT_TOKENS):
        raise InputError("KEA_SLACK_BOT_TOKEN is no bot token: it starts with xoxb- (docs/slack.md)")
    if not app_token and not signing_secret:
        raise InputError(
            "Slack is set up by halves: set KEA_SLACK_APP_TOKEN for Socket Mode, "
            "or KEA_SLACK_SIGNING_SECRET for requests to /hooks/slack (docs/slack.md)"
        )
    if app_token and not app_token.startswith(APP_TOKENS):
        raise InputError("KEA_SLACK_APP_TOKEN is no app-level token: it starts with xapp- (docs/slack.md)")
    for name, url in (("API", settings.slack_api_url), ("HOOKS", settings.slack_hooks_url)):
        if not is_address(url):
            raise InputError(f"KEA_SLACK_{name}_URL is no address: it starts with https:// (docs/slack.md)")
    client = Client(
        bot_token,
        base_url=settings.slack_api_url,
        timeout=timeout_seconds,
        retry_handlers=[],  # the SDK's own retries could post twice
        logger=_sdk_logger(),
    )
    app = bolt_app(client, accept_for(settings.slack_project), clock=clock, hooks_url=settings.slack_hooks_url)
    yield Adapter(
        SlackChannel(client, hooks_url=settings.slack_hooks_url, clock=clock, seconds=call_seconds),
        settings.slack_project,
        webhook=SlackWebhook(app, signing_secret, clock=clock) if signing_secret else None,
        connection=SocketConnection(app, app_token, ping_seconds=ping_seconds) if app_token else None,
    )


def _sdk_logger() -> logging.Logger:
    """Give the SDK a logger that keeps its details to itself: they hold messages and addresses to post to."""
    logger = logging.getLogger("assistant.slack.sdk")
    logger.setLevel(logging.CRITICAL)
    return logger
