"""A correction that somebody was shown before they agree: the act and the state that it was worked out for, signed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from assistant.what_if import Act, Adopt, Apart, Dismiss, Label, Merge, Move, Split
from knowledge_base.errors import InputError
from web.replaying.signed import Signed

Kind = Literal["merge", "split", "move", "label", "adopt", "apart", "dismiss"]
SIGNED = Signed("kea.what-if")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A correction that somebody means; ``category`` is the one that it is done to, ``back`` the page to return to.

    ``address`` has the filters of that page, where it is the queue. ``proposal`` names what it agrees to or refuses, if
    anything. ``basis`` and ``at`` (seconds since the epoch) tell what it was worked out for and when; they are empty
    until it was.
    """

    kind: Kind
    category: str
    others: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    label: str = ""
    proposal: str = ""
    back: str = ""
    address: str = ""
    basis: str = ""
    at: int = 0

    @property
    def act(self) -> Act:
        """The act that is tried. Raises InputError where something is left out."""
        if not self.category:
            raise InputError("choose the category first")
        if self.kind == "merge":
            return Merge(self.category, self.others)
        if self.kind == "split":
            return Split(self.category, self.templates)
        if self.kind == "label":
            return Label((self.category, *self.others), self.label)
        if self.kind == "dismiss":
            return Dismiss(self.proposal)
        if self.kind in ("adopt", "apart"):
            if len(self.others) != 1:
                raise InputError("choose one other category")
            return (Adopt if self.kind == "adopt" else Apart)(self.category, self.others[0])
        if len(self.templates) != 1:
            raise InputError("choose one template to move")
        return Move(self.templates[0], self.category)

    def worked_out(self, *, basis: str, at: int) -> Wanted:
        """Give the same, bound to a state."""
        return replace(self, basis=basis, at=at)


def write_replay(key: str, project: str, wanted: Wanted) -> str:
    """Write a replay's id."""
    return SIGNED.write(key, project, asdict(wanted))


def read_replay(key: str, project: str, replay: str) -> Wanted:
    """Read a replay's id. Raises StaleVersion where it is too old, of another project or not ours."""
    found = SIGNED.read(key, project, replay)
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    return Wanted(**values)
