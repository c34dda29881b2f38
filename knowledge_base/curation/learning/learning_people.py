"""What people teach by saying whether an answer helped: one alone nothing, two of them as much as an engineer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from knowledge_base.curation.acts import Act
from knowledge_base.curation.learning.learning_rules import EMPTY_FORM, contradicts, signed
from knowledge_base.ids import Prefix, public_id
from knowledge_base.signing import read_signing
from knowledge_base.store import audit, projects
from knowledge_base.store.asking import learnt, learnt_words, questions
from knowledge_base.store.asking.learnt import LAPSED, VETOED, Learnt, LearntKind, NewLearnt
from knowledge_base.store.asking.learnt_words import Asked, Word, is_alike, people_in, person_of
from knowledge_base.store.text import clip
from knowledge_base.types import Verdict

ENOUGH = 2
"""People who have to say the same, and none or one the contrary."""

_KINDS = {Verdict.HELPFUL: LearntKind.CONFIRMED, Verdict.NOT_HELPFUL: LearntKind.REJECTED}


@dataclass(frozen=True, slots=True)
class _Group:
    """The words on one category, and on others with the same solution; the newest one of each person."""

    category: int
    solution: int | None
    words: tuple[Word, ...]

    def saying(self, verdict: Verdict) -> list[Word]:
        return [each for each in self.words if each.verdict is verdict]


def give_feedback(
    db: Connection, project: str, public: str, *, user: str, verdict: Verdict, comment: str, now: datetime
) -> None:
    """Keep what a person says of an answer, in place of what they said before, and learn from it.

    Raises NotFound, InputError.
    """
    projects.lock(db, project)
    asked = learnt_words.asked(db, project, public)
    before = _said_before(db, project, asked, user)
    questions.give_feedback(db, project, public, user=user, verdict=verdict, comment=comment, now=now)
    if asked.category and asked.form not in ("", EMPTY_FORM):
        this = Act(db, project, audit.MACHINE, now)
        took_back = None if before in (None, verdict) else _KINDS[before]
        settle_words(this, asked.form, took_back=took_back, about=asked.category)


def _said_before(db: Connection, project: str, asked: Asked, user: str) -> Verdict | None:
    """Tell what a person says so far of this answer to such questions, this one or another."""
    if asked.form in ("", EMPTY_FORM):
        return None
    solution = learnt_words.solution_of(db, project, asked.category)
    said = learnt_words.words(db, project, asked.form).get(person_of(clip(user, 200)), [])
    return next((each.verdict for each in said if is_alike(each, asked.category, solution)), None)


def settle_words(this: Act, form: str, *, took_back: LearntKind | None = None, about: int = 0) -> None:
    """Learn what two people say of answers to questions of a form, unless two say the contrary or an engineer does.

    What was learnt so is taken back where two say the contrary, or where one of two ``took_back`` what they had said
    ``about`` the category; questions that are gone take nothing back.
    """
    ever = learnt.ever_of_form(this.db, this.project, form)
    for group in _groups(this, form):
        for verdict, kind in _KINDS.items():
            mine = group.saying(verdict)
            contrary = people_in(each for each in group.words if each.verdict is not verdict)
            known = [
                each for each in ever if not each.by_engineer and each.kind is kind and _is_about(this, each, group)
            ]
            retracted = took_back is kind and people_in(mine) < ENOUGH and _names(this, group, about)
            if contrary >= ENOUGH or retracted:
                _forget(this, known)
            elif people_in(mine) >= ENOUGH and not any(
                each.undone_at is None or each.state == VETOED for each in known
            ):
                _learn(this, form, kind, mine, ever)


def _groups(this: Act, form: str) -> list[_Group]:
    said = [word for each in learnt_words.words(this.db, this.project, form).values() for word in each]
    found: list[_Group] = []
    for word in said:
        if not any(is_alike(word, each.category, each.solution) for each in found):
            alike = tuple(each for each in said if is_alike(each, word.category, word.solution))
            found.append(_Group(word.category, word.solution, alike))
    return found


def _is_about(this: Act, known: Learnt, group: _Group) -> bool:
    return _names(this, group, known.category)


def _names(this: Act, group: _Group, category: int) -> bool:
    if category == group.category or group.solution is None:
        return category == group.category
    return learnt_words.solution_of(this.db, this.project, category) == group.solution


def _learn(this: Act, form: str, kind: LearntKind, words: list[Word], ever: Collection[Learnt]) -> None:
    newest = max(words, key=lambda each: each.question)
    standing = [each for each in ever if each.undone_at is None and each.by_engineer]
    if any(contradicts(each, kind, newest.category) for each in standing):
        return
    named = public_id(Prefix.QUESTION, newest.question)
    text = learnt_words.asked(this.db, this.project, named).text
    rules = read_signing(this.db, this.project).rules
    new = NewLearnt(
        kind,
        form,
        rules.version,
        newest.question,
        newest.template,
        signed(text, rules),
        audit.MACHINE,
        people=people_in(words),
    )
    number = learnt.add(this.db, this.project, new, this.now)
    action = "confirm" if kind.is_positive else "reject"
    detail = {"question": named, "people": people_in(words)}
    entry = this.keep(action, newest.category, detail=detail, undo={"learnt": number})
    learnt.note_act(this.db, this.project, number, entry)


def _forget(this: Act, known: Collection[Learnt]) -> None:
    """Take back what people taught, for good: also what a newer act has put aside is not restored."""
    standing = [each for each in known if each.undone_at is None]
    learnt.withdraw(this.db, this.project, standing, this.now, state=LAPSED)
    learnt.lapse(this.db, this.project, [each for each in known if each.undone_at is not None and each.state != VETOED])
    for each in standing:
        if each.act is not None:
            audit.mark_undone(this.db, this.project, each.act, this.now)
        named = {"category": each.category_id, "question": each.question_id}
        projects.publish(this.db, this.project, [("unlearn", named)], this.now)
