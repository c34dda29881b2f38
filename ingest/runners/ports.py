"""What a runner needs from others: somebody who clusters, and somebody who watches."""

from __future__ import annotations

from typing import Protocol


class Clustering(Protocol):
    """Clusters new templates beside the reading."""

    merged: int

    def start(self) -> None:
        """Begin."""

    def notify(self) -> None:
        """Learn that new templates are there."""

    def stop(self) -> None:
        """Stop behind the window that is under way."""

    def drain(self, project: str) -> int:
        """Cluster what is left; tell how many categories were merged."""


class NoClustering:
    """The twin that leaves new templates for somebody else."""

    merged = 0

    def start(self) -> None:
        """Have nothing to begin."""

    def notify(self) -> None:
        """Let it be."""

    def stop(self) -> None:
        """Have nothing to stop."""

    def drain(self, project: str) -> int:
        """Merge nothing."""
        return 0


class Wakened(NoClustering):
    """Leaves new templates to a clusterer that others start and stop, and wakes it."""

    def __init__(self, clustering: Clustering) -> None:
        self._clustering = clustering

    def notify(self) -> None:
        """Pass it on."""
        self._clustering.notify()


class Watcher(Protocol):
    """Is told how a run goes on."""

    def begin(self, title: str, offset: int, length: int) -> None:
        """Learn that a source is read from an offset to its length (-1: not known)."""

    def advance(self, offset: int, lines: int) -> None:
        """Learn how far it is, and how many lines that were since the last time."""

    def clustering(self) -> None:
        """Learn that all is read and the last windows are clustered."""


class Unwatched:
    """The twin that tells nobody."""

    def begin(self, title: str, offset: int, length: int) -> None:
        """Ignore it."""

    def advance(self, offset: int, lines: int) -> None:
        """Ignore it."""

    def clustering(self) -> None:
        """Ignore it."""
