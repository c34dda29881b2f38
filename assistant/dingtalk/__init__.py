"""DingTalk: questions by Stream mode or by signed HTTP callbacks, answers in Markdown."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.ports import Adapter
from knowledge_base.errors import InputError
from knowledge_base.settings import Settings

if TYPE_CHECKING:
    from assistant.platforms import AcceptFor
    from knowledge_base.store.store import Clock


def adapters(settings: Settings, accept_for: AcceptFor, clock: Clock) -> Iterator[Adapter]:
    """Make the adapter of DingTalk.

    Raises InputError naming the setting that is missing or wrong.
    """
    from assistant.dingtalk.callback import Callback
    from assistant.dingtalk.channel import DingTalk
    from assistant.dingtalk.places import base_url

    if not settings.dingtalk_client_secret.get_secret_value():
        raise InputError("KEA_DINGTALK_CLIENT_SECRET: DingTalk needs the app's client secret besides its client id")
    api = base_url("KEA_DINGTALK_API_URL", settings.dingtalk_api_url)
    webhooks = base_url("KEA_DINGTALK_WEBHOOK_URL", settings.dingtalk_webhook_url)
    _keep_addresses_out_of_logs()
    accept = accept_for(settings.dingtalk_project)
    connection = None
    if settings.dingtalk_stream:
        from assistant.dingtalk.stream import Stream

        connection = Stream(settings.dingtalk_client_id, settings.dingtalk_client_secret, accept, api=api)
    channel = DingTalk(
        client_id=settings.dingtalk_client_id,
        client_secret=settings.dingtalk_client_secret,
        robot_code=settings.dingtalk_robot_code or settings.dingtalk_client_id,
        api=api,
        webhooks=webhooks,
        clock=clock,
    )
    webhook = Callback(settings.dingtalk_client_secret, accept, clock)
    yield Adapter(channel, settings.dingtalk_project, webhook, connection)


def _keep_addresses_out_of_logs() -> None:
    """Silence what logs whole URLs: a sessionWebhook and a Stream endpoint carry a secret in theirs."""
    for name in ("httpx2", "websockets.client"):
        logging.getLogger(name).setLevel(logging.WARNING)
