"""A SIGINT is not lost, whatever was under way when it came."""

from __future__ import annotations

import signal
from contextlib import suppress

import pytest

from web.cli.interrupting import interruptible
from web.cli.progress import NoBar


def test_an_interrupt_that_was_swallowed_comes_at_the_next_step() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible(NoBar()) as watcher:
        watcher.advance(1, 1)
        with suppress(KeyboardInterrupt):  # as a library may do
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            watcher.advance(2, 1)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_ends_the_work_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), interruptible(NoBar()):
        signal.raise_signal(signal.SIGINT)
