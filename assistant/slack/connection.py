"""Socket Mode: a connection that is kept open to Slack, for a Kea that Slack cannot reach."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.interval_runner import IntervalRunner
from slack_sdk.socket_mode.request import SocketModeRequest

from knowledge_base.errors import KeaError

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 60.0
STOP_SECONDS = 10.0


class SocketConnection:
    """Connects and reconnects; the SDK's own reconnecting is off, for it neither waits longer nor survives all."""

    def __init__(self, app: App, app_token: str, *, ping_seconds: float, look_seconds: float = 0.5) -> None:
        self._app = app
        self._app_token = app_token
        self._ping_seconds = ping_seconds
        self._look_seconds = look_seconds
        self._stopping = threading.Event()
        self._handler: _Handler | None = None
        self._thread: threading.Thread | None = None

    @property
    def connected(self) -> bool:
        """Whether Slack answered a ping a moment ago."""
        session = self._handler.client.current_session if self._handler else None
        if session is None or not session.is_active() or session.last_ping_pong_time is None:
            return False
        return time.time() - session.last_ping_pong_time < 3 * self._ping_seconds

    def start(self) -> None:
        """Begin connecting; returns at once, also where Slack is away."""
        self._stopping.clear()
        self._handler = _Handler(
            self._app, self._app_token, ping_interval=self._ping_seconds, auto_reconnect_enabled=False
        )
        self._thread = threading.Thread(target=self._keep_up, args=(self._handler,), name="kea-slack", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being received, then disconnect; what was not acknowledged comes again."""
        if self._handler is None or self._thread is None:
            return
        self._stopping.set()
        self._thread.join(STOP_SECONDS / 2)
        closing = threading.Thread(target=self._handler.finish, name="kea-slack-stop", daemon=True)
        closing.start()
        closing.join(STOP_SECONDS)
        self._handler = self._thread = None

    def _keep_up(self, handler: _Handler) -> None:
        pause = self._look_seconds
        while not self._stopping.is_set():
            if handler.client.is_connected():
                pause = self._look_seconds
            elif not self._connect(handler):
                log.warning("slack cannot be reached by Socket Mode", again_in=pause)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            self._stopping.wait(self._look_seconds)
        if handler.client.closed:  # it was waiting for Slack while it was closed
            handler.client.disconnect()

    def _connect(self, handler: _Handler) -> bool:
        try:
            handler.client.connect_to_new_endpoint()
        except Exception as error:
            # The message names what Slack refused, never the token.
            log.warning("slack gave no connection", error=type(error).__name__, reason=_reason(error))
        return handler.client.is_connected()


class _Handler(SocketModeHandler):
    """Hands envelopes to Bolt; what could not be kept is not acknowledged."""

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        try:
            super().handle(client, req)
        except KeaError as error:
            log.warning("an event was not kept; Slack sends it again", error=type(error).__name__)
        except Exception:
            log.exception("an event could not be taken")

    def finish(self) -> None:
        """Take no more from the queue, let what was taken end and be acknowledged, then close."""
        client = self.client
        client.closed = True
        client.enqueue_message("{}")  # wakes the thread that waits for messages; means nothing
        _end(client.current_app_monitor)
        _end(client.message_processor)
        client.message_workers.shutdown()
        # The SDK's own close would wait for the receiving thread's time-out, and race with it.
        client.current_session_runner.event.set()
        client.current_session_state.terminated = True
        sock = client.current_session.sock if client.current_session else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        _end(client.current_session_runner)
        client.close()


def _end(runner: IntervalRunner) -> None:
    if runner.is_alive():
        runner.shutdown()  # type: ignore[no-untyped-call]


def _reason(error: Exception) -> str:
    if isinstance(error, KeaError):
        return str(error)
    response = getattr(error, "response", None)
    return str(response.get("error", ""))[:60] if response is not None and hasattr(response, "get") else ""
