"""What engineers teach about questions: the answer was right, it was wrong, this is the right category."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.learning.learning_people import settle_words
from knowledge_base.curation.learning.learning_rules import EMPTY_FORM, contradicts, says_the_same, signed
from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.ids import Prefix, public_id
from knowledge_base.matching import form_of
from knowledge_base.signing import read_signing
from knowledge_base.store.asking import learnt, learnt_words
from knowledge_base.store.asking.learnt import LAPSED, VETOED, Learnt, LearntKind, NewLearnt
from knowledge_base.store.asking.learnt_words import Asked
from knowledge_base.store.grouping import categories
from knowledge_base.store.store import Store

ACTIONS = {LearntKind.CONFIRMED: "confirm", LearntKind.REJECTED: "reject", LearntKind.PICKED: "pick"}


def confirm(store: Store, project: str, question_id: str, *, actor: str) -> Done:
    """Say that a question was answered with the right category: questions that say the same are that from now on.

    Raises NotFound, InputError where nothing was matched or the question has no words, Conflict where it is learnt.
    """
    with act(store, project, actor) as this:
        asked = learnt_words.asked(this.db, project, question_id)
        return _teach(this, asked, LearntKind.CONFIRMED, _matched(this, asked))


def reject(store: Store, project: str, question_id: str, *, actor: str) -> Done:
    """Say that a question was answered with a wrong category: no question that says the same matches that any more.

    Raises what :func:`confirm` raises.
    """
    with act(store, project, actor) as this:
        asked = learnt_words.asked(this.db, project, question_id)
        return _teach(this, asked, LearntKind.REJECTED, _matched(this, asked))


def pick(store: Store, project: str, question_id: str, category_id: str, *, actor: str) -> Done:
    """Say which category a question is about; where its asker got no solution they get that one's, now or later.

    Raises NotFound, InputError where the question has no words, Conflict where it is learnt or the category is gone.
    """
    with act(store, project, actor) as this:
        asked = learnt_words.asked(this.db, project, question_id)
        return _teach(this, asked, LearntKind.PICKED, this.category(category_id))


def _matched(this: Act, asked: Asked) -> int:
    if not asked.category:
        named = public_id(Prefix.QUESTION, asked.number)
        raise InputError(f"{named} was matched to no category; pick the right one for it instead")
    return this.category(public_id(Prefix.CATEGORY, asked.category))


def _teach(this: Act, asked: Asked, kind: LearntKind, category: int) -> Done:
    """Keep it in place of what contradicts it, and settle what people say of such questions."""
    rules = read_signing(this.db, this.project).rules
    form = asked.form
    if not form:
        form = form_of(asked.text, rules)
        learnt_words.set_form(this.db, this.project, asked.number, form)
    named = public_id(Prefix.QUESTION, asked.number)
    if form == EMPTY_FORM:
        raise InputError(f"{named} has no words that an error could be told by, so nothing can be learnt from it")
    standing = learnt.of_form(this.db, this.project, form)
    if any(each.by_engineer and says_the_same(each, kind, category) for each in standing):
        raise Conflict(f"that is known of {named} already")
    template = learnt_words.main_template(this.db, this.project, category, asked.template)
    if template is None:
        raise Conflict(f"{public_id(Prefix.CATEGORY, category)} has no template any more")
    contrary = [each for each in standing if contradicts(each, kind, category)]
    learnt.withdraw(this.db, this.project, contrary, this.now)
    new = NewLearnt(kind, form, rules.version, asked.number, template, signed(asked.text, rules), this.actor)
    number = learnt.add(this.db, this.project, new, this.now)
    undo: dict[str, object] = {"learnt": number, "contrary": [each.id for each in contrary]}
    if kind is LearntKind.PICKED and asked.solution is None and asked.category != category:
        undo["asked"] = {"template": asked.template, "category": asked.own_category}
        learnt_words.point_to(this.db, this.project, asked.number, template=template, category=category)
    entry = this.keep(ACTIONS[kind], category, detail={"question": named}, undo=undo)
    learnt.note_act(this.db, this.project, number, entry)
    return this.done(entry, category)


def take_back(this: Act, category: int, undo: Mapping[str, Any]) -> int:
    """Take back what was taught, and let hold again what it took the place of, as far as nothing newer says otherwise.

    What people taught is not taught by their words again. Raises Conflict where something newer took its place.
    """
    present = learnt.get(this.db, this.project, undo["learnt"])
    if present.undone_at is not None:
        raise Conflict("something newer was said of this question meanwhile; take that back first")
    learnt.withdraw(this.db, this.project, [present], this.now, state=LAPSED if present.by_engineer else VETOED)
    for each in learnt.named(this.db, this.project, undo.get("contrary", ())):
        if each.undone_at is not None and each.state not in (LAPSED, VETOED) and _fits(this, each):
            learnt.restore(this.db, this.project, [each])
    before = undo.get("asked")
    if before is not None and present.question is not None:
        _point_back(this, present, before)
    settle_words(this, present.form)
    return categories.resolve(this.db, this.project, category)


def _fits(this: Act, former: Learnt) -> bool:
    standing = learnt.of_form(this.db, this.project, former.form)
    return not any(
        (each.by_engineer and contradicts(each, former.kind, former.category))
        or (each.by_engineer == former.by_engineer and says_the_same(each, former.kind, former.category))
        for each in standing
    )


def _point_back(this: Act, present: Learnt, before: Mapping[str, Any]) -> None:
    """Let the question be about what it was, unless its asker was told the solution: that stays on record."""
    try:
        asked = learnt_words.asked(this.db, this.project, str(present.question_id))
    except NotFound:
        return  # it was deleted
    if asked.template == present.template and not learnt_words.was_told(this.db, this.project, asked.number):
        learnt_words.point_to(
            this.db, this.project, asked.number, template=before["template"], category=before["category"]
        )


def keep_imported(this: Act, new: NewLearnt, category: int, *, at: datetime) -> bool:
    """Keep what was learnt in another home; False where what was learnt here says the same or the contrary."""
    standing = learnt.of_form(this.db, this.project, new.form)
    if new.form == EMPTY_FORM or any(
        contradicts(each, new.kind, category)
        or (each.by_engineer == (new.people == 0) and says_the_same(each, new.kind, category))
        for each in standing
    ):
        return False
    number = learnt.add(this.db, this.project, new, at)
    detail = {"text": new.text[:200], "people": new.people}
    entry = this.keep(ACTIONS[new.kind], category, detail=detail, undo={"learnt": number})
    learnt.note_act(this.db, this.project, number, entry)
    return True
