"""Progress on long work: how much, how fast, how long still; silent where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def is_watched() -> bool:
    """Tell whether somebody looks at the standard error stream, where progress goes."""
    return sys.stderr.isatty()


@contextmanager
def counting(label: str, *, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show how many things are done; the block calls what it is given with each further number."""
    if not is_watched():
        yield lambda _more: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with _progress(*columns) as progress:
        task = progress.add_task(label, total=total)
        yield lambda more: progress.advance(task, more)


def _progress(*columns: object) -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    return Progress(*columns, console=Console(stderr=True), transient=True)  # type: ignore[arg-type]


class NoBar:
    """Watches an ingest that nobody looks at."""

    def begin(self, title: str, offset: int, length: int) -> None:
        """Show nothing."""

    def advance(self, offset: int, lines: int) -> None:
        """Show nothing."""

    def clustering(self) -> None:
        """Show nothing."""


class IngestBar:
    """Shows of each source how much of it is read, the lines a second, and the time that is left."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None
        self._lines = 0

    def begin(self, title: str, offset: int, length: int) -> None:
        """Show the next source."""
        self._finish()
        self._lines = 0
        total = length if length >= 0 else None
        self._task = self._progress.add_task(_escaped(title), total=total, completed=offset, lines=0, rate=0.0)

    def advance(self, offset: int, lines: int) -> None:
        """Show how far it is."""
        if self._task is None:
            return
        self._lines += lines
        elapsed = self._progress.tasks[-1].elapsed or 0.0
        rate = self._lines / elapsed if elapsed > 0 else 0.0
        self._progress.update(self._task, completed=offset, lines=self._lines, rate=rate)

    def clustering(self) -> None:
        """Show that the last windows are clustered."""
        self._finish()
        self._task = self._progress.add_task("clustering new templates", total=None, lines=self._lines, rate=0.0)

    def _finish(self) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None


@contextmanager
def watching_ingest() -> Iterator[IngestBar | NoBar]:
    """Show an ingest on a terminal."""
    if not is_watched():
        yield NoBar()
        return
    from rich.progress import BarColumn, DownloadColumn, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[lines]:,} lines, {task.fields[rate]:,.0f} lines/s"),
        TimeRemainingColumn(),
    )
    with _progress(*columns) as progress:
        yield IngestBar(progress)


def _escaped(title: str) -> str:
    from rich.markup import escape

    return escape(title if len(title) <= 50 else "…" + title[-49:])
