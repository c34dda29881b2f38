"""What the SDK calls: a handler that keeps messages before they are acknowledged, and a client for one connection."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import structlog
from dingtalk_stream import (  # type: ignore[import-untyped]
    AckMessage,
    CallbackHandler,
    CallbackMessage,
    Credential,
    DingTalkStreamClient,
)
from websockets.protocol import State

from assistant.dingtalk.gateway import Ticket
from assistant.dingtalk.reading import read_message
from assistant.ports import Accept
from knowledge_base.errors import InputError, Unavailable

log = structlog.get_logger(__name__)

CLOSING_SECONDS = 2.0
FINISHING_SECONDS = 5.0


class Handler(CallbackHandler):  # type: ignore[misc]
    """Keeps messages. What could not be kept is not acknowledged at all: then DingTalk sends it again."""

    def __init__(self, accept: Accept) -> None:
        super().__init__()
        self._accept = accept
        self._under_way: set[asyncio.Task[Any]] = set()

    async def process(self, message: CallbackMessage) -> tuple[int, str]:
        """Keep a message, in a thread: a database may take its time. The SDK acknowledges it afterwards."""
        task = asyncio.current_task()
        if task is not None:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return await asyncio.to_thread(self._keep, message.data)

    async def finish(self) -> None:
        """Wait for what is being kept, and for its acknowledgement."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=FINISHING_SECONDS)

    def _keep(self, payload: object) -> tuple[int, str]:
        try:
            inbound = read_message(payload)
        except InputError as error:
            log.warning("a message from DingTalk is passed over", reason=str(error))
            return AckMessage.STATUS_BAD_REQUEST, "not understood"
        try:
            if inbound is not None:
                self._accept(inbound)
        except Unavailable as error:
            log.warning("a message from DingTalk could not be kept; it will come again", reason=str(error))
            raise
        return AckMessage.STATUS_OK, "OK"


class Client(DingTalkStreamClient):  # type: ignore[misc]
    """The SDK's client for one connection: where the SDK would open the next one, this one is over."""

    def __init__(self, credential: Credential, ticket: Ticket) -> None:
        # The SDK's own logger prints tickets; this one is silent and known to nobody.
        super().__init__(credential, logging.Logger("dingtalk", level=logging.CRITICAL + 1))
        self._ticket: Ticket | None = ticket
        self.over = asyncio.Event()
        self.ended_by = "the endpoint cannot be reached"

    @property
    def is_open(self) -> bool:
        """Whether the WebSocket is up."""
        return self.websocket is not None and self.websocket.state is State.OPEN

    def open_connection(self) -> dict[str, str] | None:
        """Give the SDK the endpoint, once."""
        ticket, self._ticket = self._ticket, None
        if ticket is None:
            self.over.set()
            return None
        return {"endpoint": ticket.endpoint, "ticket": ticket.ticket}

    async def keepalive(self, ws: Any, ping_interval: int = 60) -> None:
        """Wait for the end: websockets itself pings every 20 seconds and closes what does not answer."""
        log.info("DingTalk is connected")
        await ws.wait_closed()
        self.ended_by = f"DingTalk closed it ({ws.close_code})"
        self.over.set()

    async def end(self, running: asyncio.Task[None]) -> None:
        """Close the WebSocket and end the SDK's loop, which takes a first cancellation for a network failure."""
        if self.websocket is not None:
            try:
                async with asyncio.timeout(CLOSING_SECONDS):
                    await self.websocket.close()
            except TimeoutError:
                self.websocket.transport.abort()
        while not running.done():
            running.cancel()
            await asyncio.wait({running}, timeout=0.05)
