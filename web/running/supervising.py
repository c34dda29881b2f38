"""Processes that do the same work beside one another: started, started again where one dies, stopped together.

Uvicorn has such a supervisor, but it starts again at once and for ever what cannot live, tells no process its number,
and leaves its processes behind where it is killed itself.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import structlog

from knowledge_base.errors import Unavailable

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.2
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0

Ready = Callable[[], None]
Work = Callable[[int, Ready], None]
"""What the process of a number does, from 0 on; it calls the second once it is ready, and ends upon SIGTERM."""


@dataclass(slots=True)
class _Place:
    """The process of a number, and when it is started again where there is none."""

    number: int
    process: SpawnProcess | None = None
    ready: Connection | None = None
    begun: float = 0.0
    due: float = 0.0
    pause: float = FIRST_PAUSE


class Supervisor:
    """Keeps ``count`` processes at ``work``, which can be pickled; tells ``ready`` once, when all are.

    The first one begins alone, so that what is missing in a new home is made once.
    """

    def __init__(self, work: Work, count: int, *, ready: Ready) -> None:
        self._work = work
        self._ready = ready
        self._places = [_Place(number) for number in range(count)]
        self._is_ready = False
        self._signals: list[int] = []

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; a second one kills what is still under way.

        Raises Unavailable where a process ends before all are ready, KeyboardInterrupt after SIGINT.
        """
        with _caught(self._signals):
            try:
                while not self._signals:
                    self._look()
            finally:
                self._stop()
        if signal.SIGINT in self._signals:
            raise KeyboardInterrupt

    def _look(self) -> None:
        """Start what is due, wait a little, and see what has become of each process."""
        for place in self._places:
            if place.process is None and time.monotonic() >= place.due:
                self._start(place)
            if place.ready is not None and not self._is_ready and place.number == 0:
                break  # the others begin when it is ready
        wait([each.process.sentinel for each in self._places if each.process is not None], LOOK_SECONDS)
        for place in self._places:
            if place.ready is not None and _has_told(place.ready):
                place.ready = None
            if place.process is not None and not place.process.is_alive():
                self._bury(place)
        if not self._is_ready and all(each.process is not None and each.ready is None for each in self._places):
            self._is_ready = True
            self._ready()

    def _start(self, place: _Place) -> None:
        context = get_context("spawn")
        place.ready, told = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(self._work, place.number, told), name=f"kea-{place.number}")
        process.start()
        place.process, place.begun = process, time.monotonic()
        told.close()

    def _bury(self, place: _Place) -> None:
        """Let what has died be started again after a pause, longer each time unless it had lived for long."""
        code = None if place.process is None else place.process.exitcode
        if not self._is_ready:
            raise Unavailable(f"a process of the server ended with code {code} before all were ready")
        now = time.monotonic()
        if now - place.begun > LONGEST_PAUSE:
            place.pause = FIRST_PAUSE
        log.warning("a process of the server ended", number=place.number, code=code, again_in=place.pause)
        place.process, place.ready, place.due = None, None, now + place.pause
        place.pause = min(2 * place.pause, LONGEST_PAUSE)

    def _stop(self) -> None:
        """Let every process finish what is under way."""
        left = [each.process for each in self._places if each.process is not None]
        for process in left:
            process.terminate()
        while left := [each for each in left if each.is_alive()]:
            if len(self._signals) > 1:
                for process in left:
                    process.kill()
            wait([each.sentinel for each in left], LOOK_SECONDS)


@contextmanager
def _caught(signals: list[int]) -> Iterator[None]:
    """Note the signals that end a process instead of ending by them."""
    former = {
        number: signal.signal(number, lambda number, _frame: signals.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _has_told(process: Connection) -> bool:
    """Tell whether a process is ready; one that died has told nothing."""
    try:
        return process.poll() and bool(process.recv())
    except EOFError:
        return False


def _run(work: Work, number: int, told: Connection) -> None:
    """Be one of the processes, for as long as the one that started it lives."""
    os.setpgrp()  # Ctrl-C goes to whoever started it alone, which then stops all
    threading.Thread(target=_end_with_parent, name="kea-parent", daemon=True).start()
    work(number, lambda: told.send(True))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
