"""Which solution somebody saw at a category before they put another one, or other words, in its place."""

from __future__ import annotations

from knowledge_base.curation.acts import Act
from knowledge_base.errors import StaleVersion
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.solving import solutions


def named_in(this: Act, solution_id: str) -> int:
    """Read the public id of a solution that is there. Raises NotFound."""
    number = number_of(Prefix.SOLUTION, solution_id)
    solutions.get(this.db, this.project, number)
    return number


def require_attached(this: Act, category: int, seen: str | None) -> None:
    """Go on only where a category has the solution that was ``seen``, empty for none; None asks for nothing.

    Raises StaleVersion, and NotFound for a solution that is not there.
    """
    if seen is None:
        return
    saw = named_in(this, seen) if seen else None
    present = this.state(category).solution
    if present == saw:
        return
    named = public_id(Prefix.CATEGORY, category)
    if present is None:
        raise StaleVersion(f"{seen} was taken off {named} meanwhile; reload the page, then save again")
    other = solutions.get(this.db, this.project, present)
    raise StaleVersion(f"{named} has {other.id} by now, {other.title!r}; compare it with yours, then save again")
