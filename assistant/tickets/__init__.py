"""Ticket systems by webhook: one mapping file tells how each of them speaks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from assistant.ports import Accept, Adapter
from assistant.ticket_webhook import TicketWebhook
from knowledge_base.settings import Settings
from knowledge_base.store.store import Clock


def adapters(settings: Settings, accept_for: Callable[[str], Accept], clock: Clock) -> Iterator[Adapter]:
    """Make an adapter of each webhook in the mapping file.

    Raises InputError naming the file and the place of the mistake.
    """
    from assistant.tickets.loading import load
    from assistant.tickets.system import MappedTickets

    if settings.tickets_file is None:
        return
    for webhook, secrets in load(settings.tickets_file.expanduser(), os.environ):
        system = MappedTickets(webhook, secrets, clock)
        yield Adapter(system, webhook.project, webhook=TicketWebhook(system, accept_for(webhook.project)))
