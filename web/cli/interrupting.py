"""Ctrl-C ends a run also where it falls upon a moment in which a library swallows every exception."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.runners.ports import Watcher


class _Reminding:
    """A watcher that raises KeyboardInterrupt at the next step after a SIGINT that did not get through."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._interrupted = False

    def interrupt(self, _number: int, _frame: object) -> None:
        """Take a SIGINT."""
        self._interrupted = True
        raise KeyboardInterrupt

    def begin(self, title: str, offset: int, length: int) -> None:
        """Remind, and pass it on."""
        self._remind()
        self._watcher.begin(title, offset, length)

    def advance(self, offset: int, lines: int) -> None:
        """Remind, and pass it on."""
        self._remind()
        self._watcher.advance(offset, lines)

    def clustering(self) -> None:
        """Remind, and pass it on."""
        self._remind()
        self._watcher.clustering()

    def _remind(self) -> None:
        if self._interrupted:
            raise KeyboardInterrupt


@contextmanager
def interruptible(watcher: Watcher) -> Iterator[Watcher]:
    """Give a watcher under which a SIGINT is never lost; only in the main thread."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in the background
        yield watcher
        return
    reminding = _Reminding(watcher)
    before = signal.signal(signal.SIGINT, reminding.interrupt)
    try:
        yield reminding
    finally:
        signal.signal(signal.SIGINT, before)
