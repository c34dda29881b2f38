"""The webhook that every ticket system shares: read, keep, acknowledge."""

from __future__ import annotations

from assistant.ports import Accept, TicketSystem, WebhookRequest, WebhookResponse


class TicketWebhook:
    """Answers the requests of a ticket system."""

    def __init__(self, system: TicketSystem, accept: Accept) -> None:
        self._system = system
        self._accept = accept

    def receive(self, request: WebhookRequest) -> WebhookResponse:
        """Keep a ticket before it is acknowledged; what is nothing for us is acknowledged too.

        Raises NotAllowed, InputError and StorageUnavailable.
        """
        inbound = self._system.read(request)
        if inbound is None:
            return WebhookResponse(200, b"ignored")
        return WebhookResponse(202, b"kept" if self._accept(inbound) else b"kept before")
