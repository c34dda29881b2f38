"""Whose turn it is: the projects of one clusterer, none of which keeps the others waiting for more than a window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingest.clustering.windowing import Look
from ingest.windows import WindowState
from knowledge_base.errors import KeaError
from knowledge_base.store.intake.waiting import Span

LOOK_ANYWAY = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


@dataclass(slots=True)
class Turn:
    """What the clusterer knows of a project; times are seconds of a clock that never jumps.

    ``failure`` is of its windows, ``house_failure`` of what is done between them.
    """

    change: int = -1
    looked_at: float = 0.0
    window: WindowState = field(default_factory=WindowState)
    waiting: int = 0
    due: Span | None = None
    again_at: float = float("inf")
    served_at: float = float("-inf")
    busy_at: float = float("-inf")
    held_until: float = float("-inf")
    kept_house: int = 0
    pause: float = FIRST_PAUSE
    failure: Exception | None = None
    house_failure: Exception | None = None

    def wants_look(self, change: int, now: float) -> bool:
        """Tell whether something may have come or be due since the last look."""
        if self.due is not None or now < self.held_until:
            return False
        return bool(self.waiting) or change != self.change or now - self.looked_at >= LOOK_ANYWAY

    def saw(self, change: int, found: Look, now: float) -> None:
        """Note what a look found."""
        self.change, self.looked_at = change, now
        self.window, self.waiting, self.due = found.state, found.waiting, found.due
        self.again_at = float("inf") if found.again_in is None else now + found.again_in
        if found.waiting:
            self.busy_at = now
        else:
            self.failure = None

    def served(self, now: float) -> None:
        """Note that a window was clustered."""
        self.served_at, self.due, self.failure, self.pause = now, None, None, FIRST_PAUSE

    def hold(self, until: float) -> None:
        """Leave the project alone for a while: somebody else clusters it."""
        self.due, self.held_until, self.again_at = None, until, until

    def failed(self, error: Exception, now: float) -> float:
        """Note a failure; give the pause after it, in seconds, which grows."""
        pause = self.pause
        self.failure, self.served_at = error, now
        self.hold(now + pause)
        self.pause = min(2 * pause, LONGEST_PAUSE)
        return pause


class Turns:
    """All projects of a clusterer, each with its turn."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}
        self._rounds = 0

    def of(self, project: str) -> Turn:
        """Give the turn of a project."""
        return self._turns.setdefault(project, Turn())

    def keep(self, projects: Iterable[str]) -> None:
        """Forget all projects but these."""
        wanted = set(projects)
        self._turns = {name: turn for name, turn in self._turns.items() if name in wanted}

    def next(self) -> str | None:
        """Name the project with a window due that was served longest ago."""
        due = [name for name, turn in self._turns.items() if turn.due is not None]
        return min(due, key=lambda name: (self._turns[name].served_at, name), default=None)

    def to_keep_house(self, most: int | None) -> list[str]:
        """Name projects whose house is to be kept, those first where it was not for longest."""
        found = sorted(self._turns, key=lambda name: (self._turns[name].kept_house, name))[:most]
        self._rounds += 1
        for name in found:
            self._turns[name].kept_house = self._rounds
        return found

    def busy_since(self, then: float) -> int:
        """Count the projects where templates waited at some time since then."""
        return sum(turn.busy_at >= then for turn in self._turns.values())

    def again_at(self) -> float:
        """Tell when time alone may close a window next."""
        return min((turn.again_at for turn in self._turns.values()), default=float("inf"))

    def failures(self) -> Mapping[str, Exception]:
        """Tell what keeps projects from being clustered; other threads may ask, so it looks at a copy."""
        found = ((name, turn.failure or turn.house_failure) for name, turn in list(self._turns.items()))
        return {name: error for name, error in found if error is not None}


def told(error: Exception) -> str:
    """Say to people what failed; what no one foresaw may hold what is private, and is in the log alone."""
    if isinstance(error, KeaError):
        return str(error)
    return f"an unexpected error ({type(error).__name__}); the log of this process has the details"
