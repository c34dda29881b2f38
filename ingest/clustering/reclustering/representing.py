"""Representatives and keywords of the categories that a step changed, chosen anew from what is in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection, bindparam, update
from sqlmodel import col

from ingest.clustering.items import Item
from ingest.clustering.keywords import write_keywords
from ingest.clustering.reclustering.groups import few
from ingest.clustering.reclustering.planning import Reclustering
from ingest.clustering.reclustering.vectors import rows_of
from ingest.clustering.representing_writing import write_representatives
from knowledge_base.embedding.port import Vectors
from knowledge_base.store.grouping import categories
from knowledge_base.store.rarity import terms
from knowledge_base.store.tables import TemplateRow

MOST_LOOKED_AT = 100


class Representing:
    """Chooses representatives and keywords from the vectors and texts of a plan."""

    def __init__(self, plan: Reclustering, backend: str) -> None:
        self._plan = plan
        self._backend = backend
        self._places = {each.id: place for place, each in enumerate(plan.base.members)}

    def renew(self, db: Connection, changed: Collection[int]) -> None:
        """Let categories be represented by what is in them now.

        Templates that came behind the plan wait for their window, as they did.
        """
        project = self._plan.project
        held = categories.templates_by_category(db, project, sorted(changed))
        known: list[int] = []
        offered: list[tuple[Item, Vectors]] = []
        for number, templates in held.items():
            places = [self._places[each] for each in templates if each in self._places]
            known += [self._plan.base.members[place].id for place in places]
            looked_at = few(self._plan.stored, places, MOST_LOOKED_AT)
            rows = rows_of(self._plan.stored, looked_at)
            offered += [
                (replace(self._plan.items[place], category=number), row)
                for place, row in zip(looked_at, rows, strict=True)
            ]
        if known:
            db.execute(
                update(TemplateRow)
                .where(col(TemplateRow.project) == project, col(TemplateRow.id) == bindparam("number"))
                .values(clustered=True),
                [{"number": each} for each in known],
            )
        terms.count(db, project, known)
        write_representatives(db, project, offered, {number: number for number in held}, held.keys(), self._backend)
        write_keywords(db, project, held.keys())
