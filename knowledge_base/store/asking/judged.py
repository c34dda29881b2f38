"""Questions that people judged, as cases to measure answers by: one for all that say the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.asking import learnt, learnt_words
from knowledge_base.store.asking.learnt import VETOED, Learnt
from knowledge_base.store.asking.learnt_tables import LearntRow
from knowledge_base.store.asking.learnt_words import Word, is_alike
from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.types import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """Questions of one form, by the newest of them, and what people said they are about.

    ``right`` is the category that is meant, through merges and splits; None where only ``wrong`` ones are known.
    ``representatives`` are those that were made of such questions. ``question`` is None for what was imported.
    """

    form: str
    text: str
    question: int | None
    right: int | None
    wrong: frozenset[int]
    by_engineer: bool
    representatives: frozenset[int]

    @property
    def question_id(self) -> str | None:
        """The public id of the question."""
        return None if self.question is None else public_id(Prefix.QUESTION, self.question)


def judged_forms(db: Connection, project: str, *, limit: int) -> list[str]:
    """Name the forms of questions that something was said of: first what was learnt, then the newest verdicts."""
    taught: Any = (
        select(col(LearntRow.form))
        .where(col(LearntRow.project) == project, col(LearntRow.undone_at).is_(None))
        .group_by(col(LearntRow.form))
        .order_by(func.max(col(LearntRow.id)).desc(), col(LearntRow.form))
        .limit(limit)
    )
    said: Any = (
        select(col(QuestionRow.form))
        .join(FeedbackRow, (col(FeedbackRow.project) == project) & (col(FeedbackRow.question) == col(QuestionRow.id)))
        .where(col(QuestionRow.project) == project, col(QuestionRow.form) != "")
        .group_by(col(QuestionRow.form))
        .order_by(func.max(col(QuestionRow.id)).desc(), col(QuestionRow.form))
        .limit(limit)
    )
    return list(dict.fromkeys([*db.execute(taught).scalars(), *db.execute(said).scalars()]))[:limit]


def judged(db: Connection, project: str, form: str) -> Judged | None:
    """Read the case of a form; None where what was said of it contradicts itself, or holds no more.

    What was learnt counts first. Where that names no category the verdicts of askers count, one a person: a category is
    right where more were helped by it than not, and wrong where fewer were.
    """
    ever = learnt.ever_of_form(db, project, form)
    standing = [each for each in ever if each.undone_at is None]
    found = learnt.by_form(db, project, form)
    right = None if found is None else found[0]
    wrong = set(learnt.refused(db, project, form))
    words = [word for each in learnt_words.words(db, project, form).values() for word in each]
    by_engineer = any(each.by_engineer for each in standing)
    if not any(each.kind.is_positive for each in standing):
        vetoed = {each.category for each in ever if each.state == VETOED}
        liked, disliked = _verdicts(words, without=vetoed | wrong)
        right = liked.pop() if len(liked) == 1 else None
        wrong |= disliked
    if right is None and not wrong:
        return None
    told = _text(db, project, standing, words)
    if told is None:
        return None
    number, text = told
    made = frozenset(each.representative for each in standing if each.representative is not None)
    return Judged(form, text, number, right, frozenset(wrong), by_engineer, made)


def _verdicts(words: Sequence[Word], *, without: Collection[int]) -> tuple[set[int], set[int]]:
    """Give the categories that more people found helpful than not, and those that fewer did."""
    liked: set[int] = set()
    disliked: set[int] = set()
    seen: list[Word] = []
    for word in words:
        if any(is_alike(word, each.category, each.solution) for each in seen):
            continue
        seen.append(word)
        alike = [each for each in words if is_alike(each, word.category, word.solution)]
        if {each.category for each in alike} & set(without):
            continue
        helped = sum(1 if each.verdict is Verdict.HELPFUL else -1 for each in alike)
        if helped:
            (liked if helped > 0 else disliked).add(word.category)
    return liked, disliked


def _text(
    db: Connection, project: str, standing: Sequence[Learnt], words: Sequence[Word]
) -> tuple[int | None, str] | None:
    """Give the newest of the questions as it was asked; what was learnt from one that is gone is there without it."""
    numbers = {each.question for each in standing if each.question is not None} | {each.question for each in words}
    query = (
        select(col(QuestionRow.id), col(QuestionRow.text))
        .where(col(QuestionRow.project) == project, col(QuestionRow.id).in_(sorted(numbers)))
        .order_by(col(QuestionRow.id).desc())
        .limit(1)
    )
    row = db.execute(query).first() if numbers else None
    if row is not None:
        return row[0], row[1]
    return (None, standing[-1].text) if standing else None
