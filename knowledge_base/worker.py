"""A thread that takes one step after the other beside all other work."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Worker:
    """Repeats ``step``, which gives the seconds of the pause behind it, until it is stopped.

    What a step raises would end the thread: it handles errors itself.
    """

    def __init__(self, name: str, step: Callable[[], float]) -> None:
        self._name = name
        self._step = step
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether a step that is under way shall end soon."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the step that is under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = self._step()
