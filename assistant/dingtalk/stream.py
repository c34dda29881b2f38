"""Stream mode: a WebSocket that DingTalk's SDK reads, in a thread of its own, opened again when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading

import httpx2
import structlog
from dingtalk_stream import ChatbotMessage, Credential  # type: ignore[import-untyped]
from pydantic import SecretStr

from assistant.dingtalk.gateway import ask_for_ticket
from assistant.dingtalk.receiving import Client, Handler
from assistant.ports import Accept
from knowledge_base.errors import KeaError

log = structlog.get_logger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
STABLE_SECONDS = 30.0
STOP_SECONDS = 15.0


class Stream:
    """The connection. It is opened again after a pause that doubles while it does not last."""

    def __init__(
        self,
        client_id: str,
        client_secret: SecretStr,
        accept: Accept,
        *,
        api: httpx2.URL,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._accept = accept
        self._api = api
        self._first_pause = first_pause
        self._client: Client | None = None
        self._ending: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def connected(self) -> bool:
        """Whether it is up now."""
        client = self._client
        return client is not None and client.is_open

    def start(self) -> None:
        """Begin connecting; returns at once, also where DingTalk is away."""
        loop, stopping = asyncio.new_event_loop(), asyncio.Event()
        self._loop, self._stopping = loop, stopping

        def run() -> None:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(self._serve(stopping))

        self._thread = threading.Thread(target=run, name="kea-dingtalk", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being received, then disconnect."""
        if self._loop is None or self._thread is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(STOP_SECONDS)
        self._loop = self._thread = None

    async def _serve(self, stopping: asyncio.Event) -> None:
        handler = Handler(self._accept)
        staying = asyncio.create_task(self._stay_connected(handler))
        await stopping.wait()
        await handler.finish()
        staying.cancel()
        await asyncio.wait({staying})
        if self._ending is not None:
            await self._ending

    async def _stay_connected(self, handler: Handler) -> None:
        failures = 0
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                reason = await self._connect(handler)
            except KeaError as error:
                reason = str(error)
            except Exception as error:
                reason = type(error).__name__  # a traceback may show the values of variables, among them secrets
            failures = 0 if asyncio.get_running_loop().time() - begun > STABLE_SECONDS else failures + 1
            pause = min(LONGEST_PAUSE, self._first_pause * 2.0 ** min(failures, 10)) * random.uniform(0.8, 1.2)  # noqa: S311
            log.warning("DingTalk is not connected", reason=reason, again_in=round(pause, 1))
            await asyncio.sleep(pause)

    async def _connect(self, handler: Handler) -> str:
        """Be connected once; tell why that ended."""
        credential = Credential(self._client_id, self._client_secret.get_secret_value())
        client = Client(credential, await ask_for_ticket(credential, self._api))
        client.register_callback_handler(ChatbotMessage.TOPIC, handler)
        self._client = client
        running = asyncio.create_task(client.start())
        try:
            await client.over.wait()
        finally:
            # Also who is cancelled just now leaves no loop of the SDK behind.
            self._ending = asyncio.create_task(client.end(running))
            await asyncio.shield(self._ending)
        return client.ended_by
