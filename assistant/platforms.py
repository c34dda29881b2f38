"""The platforms that Kea speaks with, and which of them are configured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from assistant.ports import Accept, Adapter
from knowledge_base.settings import Settings
from knowledge_base.store.store import Clock

AcceptFor = Callable[[str], Accept]
"""Gives what the adapters of a project hand their events to."""

# Each is a package with ``adapters(settings, accept_for, clock)``, imported only where its setting is there.
PLATFORMS: dict[str, Callable[[Settings], bool]] = {
    "assistant.slack": lambda settings: bool(settings.slack_bot_token.get_secret_value()),
    "assistant.dingtalk": lambda settings: bool(settings.dingtalk_client_id),
    "assistant.tickets": lambda settings: settings.tickets_file is not None,
}


def configured_adapters(settings: Settings, accept_for: AcceptFor, clock: Clock) -> Iterator[Adapter]:
    """Make the adapters of all platforms that the settings switch on.

    Raises InputError naming the setting where one is configured by halves.
    """
    for name, is_on in PLATFORMS.items():
        if is_on(settings):
            yield from import_module(name).adapters(settings, accept_for, clock)
