"""Which back end a project answers with, and the steps of a roll-over to another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, delete, exists, func, select, update
from sqlmodel import col

from knowledge_base.errors import Conflict
from knowledge_base.store.projects import lock, next_generation
from knowledge_base.store.representing.backend_tables import BackendRow, VectorRow
from knowledge_base.store.tables import RepresentativeRow
from knowledge_base.store.upserts import insert_or_skip


@dataclass(frozen=True, slots=True)
class BackendState:
    """What a project answers with; ``wanted`` is empty where no roll-over is under way."""

    used: str
    wanted: str
    untidy: bool

    @property
    def is_due(self) -> bool:
        """Whether vectors wait to be made or to be removed."""
        return bool(self.wanted) or self.untidy


@dataclass(frozen=True, slots=True)
class Unembedded:
    """A representative that has no vector under a back end; ``backend`` made the one in its row."""

    id: int
    text: str
    backend: str


NOTHING_YET = BackendState("", "", untidy=False)


def state(db: Connection, project: str) -> BackendState:
    """Tell what a project answers with; all is empty before its first representative."""
    row = db.execute(_state(), {"project": project}).first()
    return NOTHING_YET if row is None else BackendState(row[0], row[1], row[2])


@cache
def _state() -> Any:
    query = select(col(BackendRow.used), col(BackendRow.wanted), col(BackendRow.untidy))
    return query.where(col(BackendRow.project) == bindparam("project"))


def claim(db: Connection, project: str, backend: str) -> None:
    """Let the back end of a project's first representatives be the one that it answers with."""
    insert_or_skip(db, BackendRow, [{"project": project, "used": backend, "wanted": "", "untidy": False}])


def request(db: Connection, project: str, backend: str) -> bool:
    """Ask for a roll-over to a back end; tell whether there is anything to do.

    Whoever asks last is followed. Asking for the one that is used ends a roll-over that is under way.
    """
    lock(db, project)
    before = state(db, project)
    if not before.used:
        return False
    wanted = "" if backend == before.used != before.wanted else backend
    if wanted != before.wanted:
        # What was made for another target is of no use any more.
        _set(db, project, wanted=wanted, untidy=before.untidy or bool(before.wanted))
    return bool(wanted) or before.untidy


def request_completion(db: Connection, project: str) -> None:
    """Ask that representatives without a vector under the back end in use get one."""
    lock(db, project)
    before = state(db, project)
    if before.used and not before.wanted:
        _set(db, project, wanted=before.used)


def count_unembedded(db: Connection, project: str, backend: str) -> tuple[int, int]:
    """Count the living representatives, and those of them without a vector under a back end; reads all of them."""
    query = select(func.count()).where(col(RepresentativeRow.project) == project, _is_living())
    total = db.execute(query).scalar_one()
    missing = db.execute(query.where(*_lacks(backend))).scalar_one()
    return int(total), int(missing)


def unembedded(db: Connection, project: str, backend: str, *, after: int, limit: int) -> list[Unembedded]:
    """Read living representatives without a vector under a back end, in the order of their numbers."""
    query = (
        select(col(RepresentativeRow.id), col(RepresentativeRow.text), col(RepresentativeRow.backend))
        .where(col(RepresentativeRow.project) == project, col(RepresentativeRow.id) > after, _is_living())
        .where(*_lacks(backend))
        .order_by(col(RepresentativeRow.id))
        .limit(limit)
    )
    return [Unembedded(*row) for row in db.execute(query)]


def put_vectors(db: Connection, project: str, backend: str, vectors: Mapping[int, bytes]) -> None:
    """Keep vectors of representatives; raises Conflict where this back end is not wanted any more."""
    lock(db, project)
    _require_wanted(db, project, backend)
    rows = [
        {"project": project, "backend": backend, "representative": number, "vector": vector}
        for number, vector in vectors.items()
    ]
    insert_or_skip(db, VectorRow, rows)
    if backend == state(db, project).used:
        # They are searched from now on; replicas that have passed these representatives must look again.
        db.execute(
            update(RepresentativeRow)
            .where(col(RepresentativeRow.project) == project, col(RepresentativeRow.id).in_(list(vectors)))
            .values(generation=next_generation(db, project))
        )


def switch(db: Connection, project: str, backend: str) -> None:
    """Let a project answer with another back end from this transaction on.

    The caller holds the clusterer's lease, so that no representative can come, and has seen that none is without a
    vector. Raises Conflict where this back end is not wanted any more.
    """
    lock(db, project)
    _require_wanted(db, project, backend)
    _set(db, project, used=backend, wanted="", untidy=True)
    next_generation(db, project)


def tidy(db: Connection, project: str, limit: int) -> int:
    """Put vectors of the back end in use in the place of old ones, and drop those nobody asks any more.

    Tells how many were dealt with; 0 means that all is in order.
    """
    lock(db, project)
    present = state(db, project)
    done = _move_in(db, project, present.used, limit) or _drop_others(db, project, present, limit)
    if not done and present.untidy:
        _set(db, project, untidy=False)
    return done


def count_prepared(db: Connection, project: str, backend: str) -> int:
    """Count the vectors that a roll-over has made so far."""
    query = select(func.count()).where(col(VectorRow.project) == project, col(VectorRow.backend) == backend)
    return int(db.execute(query).scalar_one())


def _move_in(db: Connection, project: str, used: str, limit: int) -> int:
    mine = (col(VectorRow.project) == project, col(VectorRow.backend) == used)
    query = select(col(VectorRow.representative), col(VectorRow.vector)).where(*mine)
    found = db.execute(query.order_by(col(VectorRow.representative)).limit(limit)).all()
    if not found:
        return 0
    db.execute(
        update(RepresentativeRow)
        .where(
            col(RepresentativeRow.project) == project, col(RepresentativeRow.id) == bindparam("number"), _is_living()
        )
        .values(vector=bindparam("made"), backend=used),
        [{"number": number, "made": vector} for number, vector in found],
    )
    db.execute(delete(VectorRow).where(*mine, col(VectorRow.representative).in_([row[0] for row in found])))
    return len(found)


def _drop_others(db: Connection, project: str, present: BackendState, limit: int) -> int:
    others = (col(VectorRow.project) == project, col(VectorRow.backend).not_in([present.used, present.wanted]))
    query = select(col(VectorRow.backend), col(VectorRow.representative)).where(*others).limit(limit)
    found: dict[str, list[int]] = {}
    for backend, number in db.execute(query):
        found.setdefault(backend, []).append(number)
    for backend, numbers in found.items():
        db.execute(
            delete(VectorRow).where(
                col(VectorRow.project) == project,
                col(VectorRow.backend) == backend,
                col(VectorRow.representative).in_(numbers),
            )
        )
    return sum(map(len, found.values()))


def _require_wanted(db: Connection, project: str, backend: str) -> None:
    wanted = state(db, project).wanted
    if wanted != backend:
        raise Conflict(
            f"project {project!r} is not to be embedded with {backend} any more, but with {wanted or 'what it has'}:"
            " another process asked for that; start all with the same KEA_MODEL"
        )


def _is_living() -> ColumnElement[bool]:
    return col(RepresentativeRow.removed).is_(False)


def _lacks(backend: str) -> Sequence[ColumnElement[bool]]:
    return (col(RepresentativeRow.backend) != backend, ~has_vector(backend))


def has_vector(backend: str | BindParameter[str]) -> ColumnElement[bool]:
    """Make the condition that a representative has a vector under a back end other than its row's own."""
    return exists(
        select(col(VectorRow.representative)).where(
            col(VectorRow.project) == col(RepresentativeRow.project),
            col(VectorRow.backend) == backend,
            col(VectorRow.representative) == col(RepresentativeRow.id),
        )
    )


def _set(db: Connection, project: str, **values: object) -> None:
    db.execute(update(BackendRow).where(col(BackendRow.project) == project).values(**values))
