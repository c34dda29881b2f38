"""Counts in how many templates and categories of a project terms stand, in the transaction that changes it.

A template is counted once, when a window has clustered it, and is taken off when it is evicted. Over templates the
count is exact, over categories as well, but for the rarest terms of a category with more than 200 and for what is
forgotten because the project has too many terms: those are counted too low, never too high. Merges and moves keep it
so: the terms of categories are kept with their counts, so that no text has to be read for a merge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlmodel import col

from knowledge_base.features.terms import Terms, terms_of
from knowledge_base.store.rarity import term_rows
from knowledge_base.store.rarity.term_rows import CHUNK, CategoryTerms
from knowledge_base.store.rarity.term_tables import CategoryTermsRow, TermRow, TermStateRow
from knowledge_base.store.tables import TemplateRow

MOST_TERMS = 300_000
"""Terms that a project keeps, about 60 MB with their index; beyond, the rarest are forgotten."""

LOOKED_AT = 2000
"""Templates that are looked at together for those that are not counted."""

KEPT_SHARE = 0.9
"""What is left of them then, so that the next new term does not begin it again."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A template that is to be counted, or was."""

    number: int
    category: int
    terms: Terms


def count(db: Connection, project: str, templates: Collection[int]) -> None:
    """Count templates that are not counted yet. The caller holds the project, as for all that follows."""
    epoch = term_rows.begin(db, project).epoch
    texts = _texts(db, project, templates, col(TemplateRow.counted) != epoch)
    if not texts:
        return
    _change(db, project, epoch, texts, 1)
    for part in _parts([each.number for each in texts]):
        mine = (col(TemplateRow.project) == project, col(TemplateRow.id).in_(part))
        db.execute(update(TemplateRow).where(*mine).values(counted=epoch))


def take_off(db: Connection, project: str, templates: Collection[int]) -> None:
    """Take templates off that are about to lose their texts."""
    corpus = term_rows.corpus(db, project)
    if corpus is not None:
        texts = _texts(db, project, templates, col(TemplateRow.counted) == corpus.epoch)
        _change(db, project, corpus.epoch, texts, -1)


def move(db: Connection, project: str, moves: Mapping[int, int]) -> None:
    """Count templates in the categories that they are about to come to, no longer in those that they are in."""
    corpus = term_rows.corpus(db, project)
    if corpus is None:
        return
    differences: dict[int, CategoryTerms] = {}
    for each in _texts(db, project, moves, col(TemplateRow.counted) == corpus.epoch):
        if each.category != moves[each.number]:
            one = _of_template(each.terms)
            differences.setdefault(each.category, CategoryTerms()).add(one, -1)
            differences.setdefault(moves[each.number], CategoryTerms()).add(one)
    term_rows.change(db, project, corpus.epoch, differences, {})


def merge(db: Connection, project: str, target: int, sources: Sequence[int]) -> None:
    """Count all templates of some categories in another one. No text is read."""
    corpus = term_rows.corpus(db, project)
    if corpus is None:
        return
    held = term_rows.read(db, project, corpus.epoch, sources)
    differences = {target: CategoryTerms()}
    for source, terms in held.items():
        differences[target].add(terms)
        differences[source] = CategoryTerms()
        differences[source].add(terms, -1)
    if held:
        term_rows.change(db, project, corpus.epoch, differences, {})


def count_next(db: Connection, project: str, most: int) -> bool:
    """Count the next of the clustered templates that were there before the epoch began; tell whether any is left."""
    corpus = term_rows.begin(db, project)
    if corpus.finished:
        return False
    query = (
        select(col(TemplateRow.id), col(TemplateRow.clustered), col(TemplateRow.counted))
        .where(col(TemplateRow.project) == project, col(TemplateRow.id) > corpus.cursor)
        .order_by(col(TemplateRow.id))
        .limit(LOOKED_AT)
    )
    chosen: list[int] = []
    cursor = None
    for cursor, is_clustered, counted in db.execute(query):
        if is_clustered and counted != corpus.epoch:
            chosen.append(cursor)
        if len(chosen) == most:
            break
    count(db, project, chosen)
    values = {"finished": True} if cursor is None else {"cursor": cursor}
    db.execute(update(TermStateRow).where(col(TermStateRow.project) == project).values(**values))
    return cursor is not None


def surplus(db: Connection, project: str) -> int:
    """Tell how many terms have to be forgotten, those of former epochs not counted."""
    corpus = term_rows.corpus(db, project)
    if corpus is None:
        return 0
    mine = (col(TermRow.project) == project, col(TermRow.epoch) == corpus.epoch)
    held = int(db.execute(select(func.count()).select_from(TermRow).where(*mine)).scalar_one())
    return held - int(MOST_TERMS * KEPT_SHARE) if held > MOST_TERMS else 0


def forget_rarest(db: Connection, project: str, most: int) -> int:
    """Forget the rarest terms, ``most`` at once; tell how many went."""
    corpus = term_rows.corpus(db, project)
    mine = col(TermRow.project) == project
    if corpus is None:
        return 0
    rarest = (
        select(col(TermRow.term))
        .where(mine, col(TermRow.epoch) == corpus.epoch)
        .order_by(col(TermRow.templates), col(TermRow.term))
        .limit(most)
    )
    gone = list(db.execute(rarest).scalars())
    for part in _parts(gone):
        db.execute(delete(TermRow).where(mine, col(TermRow.epoch) == corpus.epoch, col(TermRow.term).in_(part)))
    return len(gone)


def drop_former(db: Connection, project: str, most: int) -> int:
    """Delete rows of former epochs, about ``most`` at once; tell how many went."""
    corpus = term_rows.corpus(db, project)
    if corpus is None or corpus.epoch == 1:
        return 0
    gone = 0
    for table, key in ((TermRow, col(TermRow.term)), (CategoryTermsRow, col(CategoryTermsRow.category))):
        former = (col(table.project) == project, col(table.epoch) < corpus.epoch)
        found = list(db.execute(select(key).where(*former).limit(most)).scalars())
        for part in _parts(found):
            db.execute(delete(table).where(*former, key.in_(part)))
        gone += len(found)
    return gone


def _texts(db: Connection, project: str, numbers: Iterable[int], which: ColumnElement[bool]) -> list[_Text]:
    found: list[_Text] = []
    for part in _parts(sorted(numbers)):
        query = select(col(TemplateRow.id), col(TemplateRow.category), col(TemplateRow.text)).where(
            col(TemplateRow.project) == project,
            col(TemplateRow.id).in_(part),
            col(TemplateRow.evicted_at).is_(None),
            which,
        )
        found += [_Text(row[0], row[1], terms_of(row[2])) for row in db.execute(query)]
    return found


def _change(db: Connection, project: str, epoch: int, texts: Sequence[_Text], sign: int) -> None:
    differences: dict[int, CategoryTerms] = {}
    in_templates: Counter[str] = Counter()
    for each in texts:
        differences.setdefault(each.category, CategoryTerms()).add(_of_template(each.terms), sign)
        in_templates.update(each.terms.all)
    if texts:
        signed = {term: sign * number for term, number in in_templates.items()}
        term_rows.change(db, project, epoch, differences, signed, sign * len(texts))


def _of_template(terms: Terms) -> CategoryTerms:
    return CategoryTerms(1, dict.fromkeys(terms.telling, 1), dict(terms.telling))


def _parts(all_of_them: Sequence[Any]) -> Iterable[list[Any]]:
    return (list(all_of_them[start : start + CHUNK]) for start in range(0, len(all_of_them), CHUNK))
