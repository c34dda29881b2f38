"""What engineers and people teach about questions: who counts, what contradicts what, and how it is taken back."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete
from sqlmodel import col

from knowledge_base import curation
from knowledge_base.curation.learning.learning_rules import EMPTY_FORM
from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.matching import form_of
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.store import audit, projects
from knowledge_base.store.asking import learnt, questions
from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.store.grouping import categories, eviction
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.store.store import Store
from knowledge_base.types import Outcome, Verdict
from tests.curation.learning_support import ask, category_id, form_named, known, say, solved
from tests.store.databases import MINE, OTHER, START

NO = Verdict.NOT_HELPFUL


def newest_act(store: Store, category: int) -> audit.Entry:
    with store.read() as db:
        return audit.of_category(db, MINE, category)[0]


def test_an_engineer_confirms(store: Store) -> None:
    (right, _) = solved(store, "a", "b")
    question = ask(store, "lost", right)
    done = curation.confirm(store, MINE, question, actor="Mei")
    assert done.category.id == category_id(right)
    assert known(store, "lost") == (right.category, set())
    assert known(store, "other") == (None, set())
    with pytest.raises(Conflict, match="known"):
        curation.confirm(store, MINE, question, actor="Lin")
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert known(store, "lost") == (None, set())
    with pytest.raises(Conflict, match="taken back before"):
        curation.undo(store, MINE, done.audit_id, actor="Mei")


def test_an_engineer_rejects_and_the_newest_word_counts(store: Store) -> None:
    right, other = solved(store, "a", "b")
    question = ask(store, "lost", right)
    confirmed = curation.confirm(store, MINE, question, actor="Mei")
    rejected = curation.reject(store, MINE, question, actor="Lin")
    assert known(store, "lost") == (None, {right.category})
    picked = curation.pick(store, MINE, question, category_id(other), actor="Mei")
    assert known(store, "lost") == (other.category, {right.category})
    with pytest.raises(Conflict, match="newer"):
        curation.undo(store, MINE, confirmed.audit_id, actor="Mei")
    curation.undo(store, MINE, picked.audit_id, actor="Mei")
    assert known(store, "lost") == (None, {right.category})
    curation.undo(store, MINE, rejected.audit_id, actor="Lin")
    assert known(store, "lost") == (right.category, set()), "what the rejection took the place of holds again"


def test_a_pick_takes_the_place_of_a_confirmation(store: Store) -> None:
    wrong, right = solved(store, "a", "b")
    question = ask(store, "lost", wrong)
    curation.confirm(store, MINE, question, actor="Mei")
    done = curation.pick(store, MINE, question, category_id(right), actor="Lin")
    assert known(store, "lost") == (right.category, set())
    curation.undo(store, MINE, done.audit_id, actor="Lin")
    assert known(store, "lost") == (wrong.category, set())


def test_an_unanswered_question_is_pointed_to_what_was_picked(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", None)
    for act in (curation.confirm, curation.reject):
        with pytest.raises(InputError, match="pick the right one"):
            act(store, MINE, question, actor="Mei")
    done = curation.pick(store, MINE, question, category_id(right), actor="Mei")
    with store.read() as db:
        assert questions.get(db, MINE, question).category_id == category_id(right)
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    with store.read() as db:
        assert questions.get(db, MINE, question).category_id is None


def test_an_answered_question_keeps_the_category_that_its_verdicts_are_about(store: Store) -> None:
    wrong, right = solved(store, "a", "b")
    question = ask(store, "lost", wrong)
    curation.pick(store, MINE, question, category_id(right), actor="Mei")
    with store.read() as db:
        assert questions.get(db, MINE, question).category_id == category_id(wrong)


def test_two_people_are_as_good_as_an_engineer_and_one_is_nobody(store: Store) -> None:
    (right,) = solved(store, "a")
    first, second = ask(store, "lost", right, user="ann"), ask(store, "lost", right, user="bob")
    for user in ("ann", " ANN", "ann@example.com", "ａｎｎ"):
        say(store, user, first)
        say(store, user, second)
        assert known(store, "lost") == (None, set()), user
    say(store, "bob", second)
    assert known(store, "lost") == (right.category, set())
    entry = newest_act(store, right.category)
    assert (entry.action, entry.actor, entry.detail["people"]) == ("confirm", "kea", 2)


def test_two_people_reject(store: Store) -> None:
    (wrong,) = solved(store, "a")
    question = ask(store, "lost", wrong)
    say(store, "ann", question, NO)
    assert known(store, "lost") == (None, set())
    say(store, "bob", question, NO)
    assert known(store, "lost") == (None, {wrong.category})


def test_who_changes_their_mind_takes_it_back(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", right)
    say(store, "ann", question)
    say(store, "bob", question)
    act = newest_act(store, right.category)
    say(store, "bob", question)
    assert known(store, "lost") == (right.category, set()), "saying it again changes nothing"
    say(store, "bob", question, NO)
    assert known(store, "lost") == (None, set())
    with pytest.raises(Conflict, match="taken back before"):
        curation.undo(store, MINE, act.id, actor="Mei")
    say(store, "bob", question)
    assert known(store, "lost") == (right.category, set())


def test_where_two_say_yes_and_two_say_no_nothing_is_learnt(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", right)
    for user in ("ann", "bob", "cid"):
        say(store, user, question)
    say(store, "dan", question, NO)
    assert known(store, "lost") == (right.category, set())
    say(store, "eve", question, NO)
    assert known(store, "lost") == (None, set())


def test_categories_with_one_solution_are_one_answer(store: Store) -> None:
    one, other = solved(store, "a", "b")
    curation.link(store, MINE, category_id(other), "S-1", actor="Mei")
    say(store, "ann", ask(store, "lost", one))
    say(store, "bob", ask(store, "lost", other))
    assert known(store, "lost")[0] in {one.category, other.category}


def test_two_people_do_not_overrule_an_engineer(store: Store) -> None:
    wrong, right = solved(store, "a", "b")
    question = ask(store, "lost", wrong)
    done = curation.pick(store, MINE, question, category_id(right), actor="Mei")
    say(store, "ann", question)
    say(store, "bob", question)
    assert known(store, "lost") == (right.category, set())
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert known(store, "lost") == (wrong.category, set()), "now it is their word that is left"


def test_an_engineer_takes_back_what_people_taught_for_good(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", right)
    say(store, "ann", question)
    say(store, "bob", question)
    curation.undo(store, MINE, newest_act(store, right.category).id, actor="Mei")
    for user in ("cid", "dan"):
        say(store, user, question)
    assert known(store, "lost") == (None, set())
    curation.confirm(store, MINE, question, actor="Mei")
    assert known(store, "lost") == (right.category, set())


def test_what_is_withdrawn_meanwhile_is_not_restored(store: Store) -> None:
    wrong, right = solved(store, "a", "b")
    question = ask(store, "lost", wrong)
    say(store, "ann", question)
    say(store, "bob", question)
    done = curation.pick(store, MINE, question, category_id(right), actor="Mei")
    say(store, "bob", question, NO)
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert known(store, "lost") == (None, set())


def test_it_follows_merges_and_splits(store: Store) -> None:
    one, other, third = solved(store, "a", "b", "c")
    curation.confirm(store, MINE, ask(store, "lost", other), actor="Mei")
    curation.reject(store, MINE, ask(store, "full", other), actor="Mei")
    merged = curation.merge(store, MINE, category_id(one), [category_id(other)], actor="Mei")
    assert known(store, "lost") == (one.category, set())
    assert known(store, "full") == (None, {one.category})
    split = curation.split(store, MINE, category_id(one), [f"T-{other.template}"], actor="Mei")
    made = number_of(Prefix.CATEGORY, split.category.id)
    assert known(store, "lost") == (made, set())
    assert known(store, "full") == (None, {made})
    curation.undo(store, MINE, split.audit_id, actor="Mei")
    curation.undo(store, MINE, merged.audit_id, actor="Mei")
    assert known(store, "lost") == (other.category, set())
    curation.merge(store, MINE, category_id(third), [category_id(other)], actor="Mei")
    assert known(store, "full") == (None, {third.category})


def test_what_contradicts_itself_after_a_merge_says_nothing(store: Store) -> None:
    wrong, right = solved(store, "a", "b")
    question = ask(store, "lost", wrong)
    curation.reject(store, MINE, question, actor="Mei")
    curation.pick(store, MINE, question, category_id(right), actor="Mei")
    curation.merge(store, MINE, category_id(wrong), [category_id(right)], actor="Mei")
    assert known(store, "lost") == (None, set())


def test_another_projects_ids_are_refused(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", right)
    for act in (curation.confirm, curation.reject):
        with pytest.raises(NotFound):
            act(store, OTHER, question, actor="Mei")
    with pytest.raises(NotFound):
        curation.pick(store, OTHER, question, category_id(right), actor="Mei")
    with pytest.raises(NotFound):
        curation.pick(store, MINE, question, "KE-99", actor="Mei")
    curation.confirm(store, MINE, question, actor="Mei")
    with store.read() as db:
        assert learnt.by_form(db, OTHER, form_named("lost")) is None
        assert learnt.recent(db, OTHER, limit=9) == []


def test_questions_without_words_teach_nothing(store: Store) -> None:
    (right,) = solved(store, "a")
    assert form_of("12 34", RuleSet()) == EMPTY_FORM
    question = ask(store, "lost", right, text="12 34")
    with store.write() as db:
        db.execute(QuestionRow.__table__.update().values(form=EMPTY_FORM))  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="no words"):
        curation.confirm(store, MINE, question, actor="Mei")
    say(store, "ann", question)
    say(store, "bob", question)
    with store.read() as db:
        assert learnt.recent(db, MINE, limit=9) == []


@pytest.mark.parametrize(
    "text", ["\ud800 disk \x00 full", "x" * 20_000, "a1-" * 6_000, "disk full\n" * 5_000, "(" * 9_000]
)
def test_hostile_questions(store: Store, text: str) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", right, text=text)
    curation.confirm(store, MINE, question, actor="Mei \x00\ud800")
    with store.read() as db:
        [found] = learnt.recent(db, MINE, limit=9)
    assert len(found.text) <= learnt.TEXT_LIMIT
    assert known(store, "lost") == (right.category, set())


def test_a_question_from_before_there_were_forms_gets_one(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", right, text="the disk is full")
    with store.write() as db:
        db.execute(QuestionRow.__table__.update().values(form=""))  # type: ignore[attr-defined]
    curation.confirm(store, MINE, question, actor="Mei")
    with store.read() as db:
        found = learnt.by_form(db, MINE, form_of("the disk is full", RuleSet()))
    assert found == (right.category, right.template)


def test_questions_that_are_deleted_take_nothing_back(store: Store) -> None:
    (right,) = solved(store, "a")
    for user in ("ann", "bob"):
        say(store, user, ask(store, "lost", right, user=user))
    picked = curation.pick(store, MINE, ask(store, "full", None), category_id(right), actor="Mei")
    with store.write() as db:
        for table in (FeedbackRow, QuestionRow):
            db.execute(delete(table).where(col(table.project) == MINE))
    assert known(store, "lost") == (right.category, set())
    say(store, "cid", ask(store, "lost", right, user="cid"))
    assert known(store, "lost") == (right.category, set())
    curation.undo(store, MINE, picked.audit_id, actor="Mei")
    assert known(store, "full") == (None, set())


def test_what_was_taught_is_never_evicted(store: Store) -> None:
    refs = solved(store, "a", "b", "c")
    curation.pick(store, MINE, ask(store, "lost", None), category_id(refs[0]), actor="Mei")
    curation.reject(store, MINE, ask(store, "full", refs[1]), actor="Mei")
    with store.write() as db:
        db.execute(delete(QuestionRow))
        for ref in refs:
            categories.set_fields(db, MINE, ref.category, solution=None)
        found = eviction.coldest(db, MINE, 10)
        assert found.templates == (refs[2].template,)
        gone = eviction.evict(db, MINE, [ref.template for ref in refs], seen_until=START, now=START)
    assert gone.templates == 1


def test_each_act_is_audited_and_published(store: Store) -> None:
    wrong, right = solved(store, "a", "b")
    question = ask(store, "lost", wrong)
    with store.read() as db:
        before = projects.last_change(db, MINE)
    curation.confirm(store, MINE, question, actor="Mei")
    curation.reject(store, MINE, question, actor="Mei")
    curation.pick(store, MINE, question, category_id(right), actor="Mei")
    with store.read() as db:
        kinds = [change.kind for change in projects.changes_since(db, MINE, before)]
        entries = [*audit.of_category(db, MINE, wrong.category)[:2], audit.of_category(db, MINE, right.category)[0]]
    assert kinds == ["confirm", "reject", "pick"]
    assert {entry.action for entry in entries} == {"confirm", "reject", "pick"}
    assert all(entry.detail["question"] == question and entry.can_be_undone for entry in entries)


def test_two_at_once_learn_it_once(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", right)
    say(store, "ann", question)
    threads = [threading.Thread(target=say, args=(store, user, question)) for user in ("bob", "cid", "dan")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with store.read() as db:
        assert len(learnt.recent(db, MINE, limit=9)) == 1
    assert known(store, "lost") == (right.category, set())


def test_an_asker_who_is_told_later_keeps_that_on_record(store: Store) -> None:
    (right,) = solved(store, "a")
    question = ask(store, "lost", None)
    done = curation.pick(store, MINE, question, category_id(right), actor="Mei")
    with store.write() as db:
        number = number_of(Prefix.QUESTION, question)
        assert questions.answer_later(db, MINE, number, solution=1, version=1)
        outbox.queue(db, MINE, NewDelivery(f"later:{question}:S-1:9", "chat", "later", "lane", {}, {}), START)
        [delivery] = outbox.list_deliveries(db, MINE)
        outbox.move(db, delivery, outbox.SENT)
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    with store.read() as db:
        kept = questions.get(db, MINE, question)
    assert (kept.category_id, kept.solution_id, kept.outcome) == (category_id(right), "S-1", Outcome.UNKNOWN)
    assert known(store, "lost") == (None, set())


def test_the_list_is_paged_and_filtered(store: Store) -> None:
    one, other = solved(store, "a", "b")
    for says, ref in (("x", one), ("y", other), ("z", one)):
        curation.confirm(store, MINE, ask(store, says, ref), actor="Mei")
    with store.read() as db:
        first = learnt.recent(db, MINE, limit=2)
        rest = learnt.recent(db, MINE, limit=2, before=first[-1].id)
        of_one = learnt.recent(db, MINE, limit=9, category=one.category)
    assert [each.form for each in (*first, *rest)] == [form_named(says) for says in "zyx"]
    assert [each.form for each in of_one] == [form_named(says) for says in "zx"]
