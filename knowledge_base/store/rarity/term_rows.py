"""The rows of counted terms: read, changed by differences, and begun anew where the terms are others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, select, update
from sqlmodel import col

from knowledge_base.features.terms import TERMS_VERSION
from knowledge_base.store.bulk import Columns, replace_all
from knowledge_base.store.rarity.term_tables import CategoryTermsRow, TermRow, TermStateRow
from knowledge_base.store.upserts import adding_both, insert_or_skip

CHUNK = 500

MOST_OF_CATEGORY = 200
"""Terms kept of a category: those of most of its templates. What is left out counts as not standing in it."""

AGAIN = 0
"""What ``weighed`` is where keywords have to be chosen anew."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """How much is counted in the present epoch; ``cursor`` is the last template of those before that was looked at."""

    epoch: int
    templates: int
    categories: int
    cursor: int
    finished: bool


@dataclass(slots=True)
class CategoryTerms:
    """What is counted of a category: for each term the number of its templates, and the form where it is another."""

    templates: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)

    def add(self, other: CategoryTerms, sign: int = 1) -> None:
        """Add what is counted of other templates, or take it off."""
        self.templates += sign * other.templates
        for term, count in other.counts.items():
            self.counts[term] = self.counts.get(term, 0) + sign * count
        self.forms = {**other.forms, **self.forms}

    def kept(self) -> CategoryTerms:
        """Leave out what stands in no template any more, and the rarest where there are too many."""
        counts = {term: count for term, count in self.counts.items() if count > 0} if self.templates > 0 else {}
        if len(counts) > MOST_OF_CATEGORY:
            best = sorted(counts, key=lambda term: -counts[term])[:MOST_OF_CATEGORY]
            counts = {term: counts[term] for term in best}
        return CategoryTerms(max(self.templates, 0), counts, {t: f for t, f in self.forms.items() if t in counts})


def corpus(db: Connection, project: str) -> Corpus | None:
    """Tell how much is counted; None where nothing is, or where it was counted by another version of the terms."""
    row = db.execute(
        select(
            col(TermStateRow.epoch),
            col(TermStateRow.templates),
            col(TermStateRow.categories),
            col(TermStateRow.cursor),
            col(TermStateRow.finished),
        ).where(col(TermStateRow.project) == project, col(TermStateRow.version) == TERMS_VERSION)
    ).first()
    return None if row is None else Corpus(*row)


def begin(db: Connection, project: str) -> Corpus:
    """Give the corpus to count in; one of a new epoch where there is none of this version.

    The caller holds the project.
    """
    found = corpus(db, project)
    if found is not None:
        return found
    values: dict[str, object] = {
        "version": TERMS_VERSION,
        "cursor": 0,
        "finished": False,
        "templates": 0,
        "categories": 0,
    }
    insert_or_skip(db, TermStateRow, [{"project": project, "epoch": 0, **values}])
    epoch = db.execute(
        update(TermStateRow)
        .where(col(TermStateRow.project) == project)
        .values(epoch=TermStateRow.epoch + 1, **values)
        .returning(col(TermStateRow.epoch))
    ).scalar_one()
    return Corpus(epoch, 0, 0, 0, False)


def read(db: Connection, project: str, epoch: int, categories: Iterable[int]) -> dict[int, CategoryTerms]:
    """Read what is counted of categories; those of which nothing is are left out."""
    wanted = sorted(set(categories))
    found: dict[int, CategoryTerms] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(
            col(CategoryTermsRow.category), col(CategoryTermsRow.templates), col(CategoryTermsRow.terms)
        ).where(
            col(CategoryTermsRow.project) == project,
            col(CategoryTermsRow.epoch) == epoch,
            col(CategoryTermsRow.category).in_(wanted[start : start + CHUNK]),
        )
        for category, templates, terms in db.execute(query):
            found[category] = _unpacked(templates, terms)
    return found


def templates_of(db: Connection, project: str, categories: Iterable[int]) -> dict[int, int]:
    """Tell how many templates of categories are counted; those of which none is are left out."""
    wanted = sorted(set(categories))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(col(CategoryTermsRow.category), col(CategoryTermsRow.templates)).where(
            col(CategoryTermsRow.project) == project,
            col(CategoryTermsRow.category).in_(wanted[start : start + CHUNK]),
        )
        found.update({row[0]: row[1] for row in db.execute(query)})
    return found


def change(
    db: Connection,
    project: str,
    epoch: int,
    differences: Mapping[int, CategoryTerms],
    in_templates: Mapping[str, int],
    templates: int = 0,
) -> None:
    """Add differences to what is counted of categories; what becomes of terms and totals follows from them.

    ``in_templates`` tells for each term in how many more templates it stands, ``templates`` how many more there are.
    """
    before = read(db, project, epoch, differences)
    in_categories: dict[str, int] = {}
    behind: dict[int, CategoryTerms] = {}
    for category, difference in differences.items():
        old = before.get(category, CategoryTerms())
        new = CategoryTerms(old.templates, dict(old.counts), dict(old.forms))
        new.add(difference)
        behind[category] = new.kept()
        for term in behind[category].counts.keys() - old.counts.keys():
            in_categories[term] = in_categories.get(term, 0) + 1
        for term in old.counts.keys() - behind[category].counts.keys():
            in_categories[term] = in_categories.get(term, 0) - 1
    _write_categories(db, project, epoch, behind)
    _write_terms(db, project, epoch, in_templates, in_categories)
    more = sum(bool(new.templates) for new in behind.values()) - len(before)
    if templates or more:
        db.execute(
            update(TermStateRow)
            .where(col(TermStateRow.project) == project)
            .values(templates=TermStateRow.templates + templates, categories=TermStateRow.categories + more)
        )


def mark_weighed(db: Connection, project: str, weighed: Mapping[int, int]) -> None:
    """Note of how many categories there were when keywords of some were chosen."""
    if weighed:
        db.execute(
            update(CategoryTermsRow)
            .where(col(CategoryTermsRow.project) == project, col(CategoryTermsRow.category) == bindparam("number"))
            .values(weighed=bindparam("size")),
            [{"number": category, "size": size} for category, size in sorted(weighed.items())],
        )


def _write_categories(db: Connection, project: str, epoch: int, behind: Mapping[int, CategoryTerms]) -> None:
    rows = sorted((category, new) for category, new in behind.items() if new.templates)
    columns: Columns = {
        "project": [project] * len(rows),
        "category": [category for category, _ in rows],
        "epoch": [epoch] * len(rows),
        "templates": [new.templates for _, new in rows],
        "terms": [_packed(new) for _, new in rows],
        "weighed": [AGAIN] * len(rows),
    }
    replace_all(db, CategoryTermsRow, ("project", "category"), columns)
    empty = sorted(category for category, new in behind.items() if not new.templates)
    if empty:
        db.execute(
            delete(CategoryTermsRow).where(
                col(CategoryTermsRow.project) == project, col(CategoryTermsRow.category).in_(empty)
            )
        )


def _write_terms(
    db: Connection, project: str, epoch: int, in_templates: Mapping[str, int], in_categories: Mapping[str, int]
) -> None:
    more: list[dict[str, object]] = []
    fewer: list[dict[str, object]] = []
    for term in sorted(in_templates.keys() | in_categories.keys()):
        templates, categories = in_templates.get(term, 0), in_categories.get(term, 0)
        if templates >= 0 and categories >= 0 and templates + categories:
            values = {"templates": templates, "categories": categories}
            more.append({"project": project, "epoch": epoch, "term": term, **values})
        elif templates or categories:
            fewer.append({"which": term, "in_templates": templates, "in_categories": categories})
    if more:
        db.execute(adding_both(db.dialect, TermRow, ("project", "epoch", "term"), ("templates", "categories")), more)
    if not fewer:
        return
    mine = (col(TermRow.project) == project, col(TermRow.epoch) == epoch)
    db.execute(
        update(TermRow)
        .where(*mine, col(TermRow.term) == bindparam("which"))
        .values(
            templates=_not_below_zero(col(TermRow.templates) + bindparam("in_templates")),
            categories=_not_below_zero(col(TermRow.categories) + bindparam("in_categories")),
        ),
        fewer,
    )
    gone = [str(each["which"]) for each in fewer]
    for start in range(0, len(gone), CHUNK):
        db.execute(
            delete(TermRow).where(
                *mine,
                col(TermRow.term).in_(gone[start : start + CHUNK]),
                col(TermRow.templates) == 0,
                col(TermRow.categories) == 0,
            )
        )


def _not_below_zero(value: ColumnElement[int]) -> ColumnElement[int]:
    """Clamp: a term that was forgotten meanwhile was counted less often than it is taken off."""
    return case((value < 0, 0), else_=value)


def _packed(terms: CategoryTerms) -> dict[str, object]:
    return {t: [n, terms.forms[t]] if terms.forms.get(t, t) != t else n for t, n in terms.counts.items()}


def _unpacked(templates: int, packed: Mapping[str, object]) -> CategoryTerms:
    found = CategoryTerms(templates)
    for term, value in packed.items():
        if isinstance(value, list):
            found.counts[term], found.forms[term] = value
        else:
            found.counts[term] = int(str(value))
    return found
