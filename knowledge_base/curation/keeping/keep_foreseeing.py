"""Where things would be after a change of the rules that keep templates."""

from __future__ import annotations

from sqlalchemy import Connection

from knowledge_base.curation.foreseeing.foreseeing import Foreseen
from knowledge_base.curation.keeping.keep_changes import KeepPlan
from knowledge_base.store.grouping import categories


def foresee_keep(db: Connection, project: str, plan: KeepPlan) -> Foreseen:
    """Foresee ``keep_changes.change_keep``, as it was planned."""
    moves, emptied = plan.moves.moves, plan.moves.emptied
    solved = categories.solutions_of(db, project, sorted({*emptied, *emptied.values()}))
    solutions: dict[int, int | None] = {}
    for source, target in sorted(emptied.items()):
        if target not in solved and source in solved:
            solutions.setdefault(target, solved[source])
    return Foreseen(
        homes={template: target for template, (_, target) in moves.items()},
        merged=emptied,
        solutions=solutions,
        before={template: source for template, (source, _) in moves.items()},
    )
