"""Drafts: for whom they are, what publishing changes, and the way back from each act."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlmodel import col

from knowledge_base import curation
from knowledge_base.errors import Conflict, NotFound, StaleVersion
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import drafts, solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.store.tables import CategoryRow
from knowledge_base.types import Solution, SolutionState
from tests.store.databases import MINE, OTHER
from tests.store.filling import make

TEXT = SolutionText("Create the table", "dropped", "run it")
OTHER_TEXT = SolutionText("Ask the owner", "", "write to them")


def ids_of(store: Store, *names: str) -> list[str]:
    return [public_id(Prefix.CATEGORY, ref.category) for ref in make(store, *names)]


def draft(store: Store, category: str, text: SolutionText = TEXT) -> str:
    done = curation.draft(store, MINE, category, text, actor="Mei")
    assert done.solution is not None
    return done.solution.id


def solution_of(store: Store, category: str) -> str | None:
    """The solution that questions about a category are answered with."""
    with store.read() as db:
        number = categories.resolve_public(db, MINE, category)
        found = categories.solutions_of(db, MINE, [number]).get(number)
        shown = categories.get(db, MINE, number).solution_id
    assert shown == (None if found is None else public_id(Prefix.SOLUTION, found))
    return shown


def read(store: Store, solution: str) -> Solution:
    with store.read() as db:
        return solutions.get(db, MINE, number_of(Prefix.SOLUTION, solution))


def drafts_of(store: Store, category: str) -> list[str]:
    with store.read() as db:
        number = categories.resolve_public(db, MINE, category)
        return [public_id(Prefix.SOLUTION, each) for each in drafts.of_category(db, MINE, number)]


def linked(store: Store, solution: str) -> set[int]:
    """All rows of categories that name a solution, merged ones too."""
    query = select(col(CategoryRow.id)).where(
        col(CategoryRow.project) == MINE, col(CategoryRow.solution) == number_of(Prefix.SOLUTION, solution)
    )
    with store.read() as db:
        return set(db.execute(query).scalars())


def test_a_draft_is_for_a_category_that_stays_unsolved(store: Store) -> None:
    (first,) = ids_of(store, "a")
    made = draft(store, first)
    found = read(store, made)
    assert (found.state, found.category_ids) == (SolutionState.DRAFT, (first,))
    assert solution_of(store, first) is None
    assert drafts_of(store, first) == [made]
    with store.read() as db:
        assert [each.id for each in solutions.list_all(db, MINE, state=SolutionState.DRAFT)] == [made]
        assert solutions.list_all(db, MINE, state=SolutionState.PUBLISHED) == []
        assert solutions.list_all(db, MINE)[0].category_ids == (first,)
        assert categories.get(db, MINE, number_of(Prefix.CATEGORY, first)).status == "unlabelled"


def test_publishing_makes_it_the_solution_and_undo_a_draft_again(store: Store) -> None:
    (first,) = ids_of(store, "a")
    made = draft(store, first)
    done = curation.publish(store, MINE, made, actor="Mei")
    assert done.solution is not None
    assert (done.solution.state, done.solution.category_ids) == (SolutionState.PUBLISHED, (first,))
    assert solution_of(store, first) == made
    assert drafts_of(store, first) == []
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert solution_of(store, first) is None
    assert drafts_of(store, first) == [made]
    assert read(store, made).state is SolutionState.DRAFT


def test_publishing_with_other_words_adds_a_version(store: Store) -> None:
    (first,) = ids_of(store, "a")
    made = draft(store, first)
    with pytest.raises(StaleVersion):
        curation.publish(store, MINE, made, text=OTHER_TEXT, based_on=7, actor="Mei")
    with pytest.raises(StaleVersion, match=f"follow no version of {made}"):
        curation.publish(store, MINE, made, text=OTHER_TEXT, actor="Mei")
    assert read(store, made).state is SolutionState.DRAFT
    curation.publish(store, MINE, made, text=OTHER_TEXT, based_on=1, actor="Mei")
    assert (read(store, made).version, read(store, made).title) == (2, OTHER_TEXT.title)


def test_a_solution_goes_back_to_a_draft_and_is_published_again(store: Store) -> None:
    first, second = ids_of(store, "a", "b")
    done = curation.attach(store, MINE, first, TEXT, actor="Mei")
    assert done.solution is not None
    made = done.solution.id
    curation.link(store, MINE, second, made, actor="Mei")
    back = curation.unpublish(store, MINE, made, actor="Mei")
    assert [solution_of(store, each) for each in (first, second)] == [None, None]
    assert read(store, made).category_ids == (first, second)
    curation.undo(store, MINE, back.audit_id, actor="Mei")
    assert [solution_of(store, each) for each in (first, second)] == [made, made]
    curation.unpublish(store, MINE, made, actor="Mei")
    curation.publish(store, MINE, made, actor="Mei")
    assert [solution_of(store, each) for each in (first, second)] == [made, made]


def test_another_solution_is_replaced_only_where_that_is_said(store: Store) -> None:
    (first,) = ids_of(store, "a")
    made = draft(store, first)
    other = curation.attach(store, MINE, first, OTHER_TEXT, actor="Ravi").solution
    assert other is not None
    with pytest.raises(Conflict, match=f"{first} has another solution"):
        curation.publish(store, MINE, made, actor="Mei")
    assert solution_of(store, first) == other.id
    done = curation.publish(store, MINE, made, replaces=[other.id], actor="Mei")
    assert solution_of(store, first) == made
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert solution_of(store, first) == other.id
    assert drafts_of(store, first) == [made]


def test_no_way_gives_a_category_a_draft_for_a_solution(store: Store) -> None:
    first, second = ids_of(store, "a", "b")
    made = draft(store, first)
    with pytest.raises(Conflict, match="is a draft; publish it first"):
        curation.link(store, MINE, second, made, actor="Mei")
    done = curation.attach(store, MINE, second, OTHER_TEXT, actor="Mei")
    assert done.solution is not None
    curation.link(store, MINE, first, done.solution.id, actor="Mei")
    detached = curation.detach(store, MINE, second, actor="Mei")
    curation.unpublish(store, MINE, done.solution.id, actor="Mei")
    with pytest.raises(Conflict, match="is a draft; publish it first"):
        curation.undo(store, MINE, detached.audit_id, actor="Mei")
    assert linked(store, made) == linked(store, done.solution.id) == set()


def test_a_draft_follows_a_merge_and_comes_back_with_its_undo(store: Store) -> None:
    first, second = ids_of(store, "a", "b")
    made = draft(store, second)
    merged = curation.merge(store, MINE, first, [second], actor="Mei")
    assert drafts_of(store, first) == [made]
    assert read(store, made).category_ids == (first,)
    curation.undo(store, MINE, merged.audit_id, actor="Mei")
    assert drafts_of(store, first) == []
    assert read(store, made).category_ids == (second,)
    curation.merge(store, MINE, first, [second], actor="Mei")
    curation.publish(store, MINE, made, actor="Mei")
    assert solution_of(store, first) == made


def test_the_draft_of_what_a_merge_gave_stays_with_its_category(store: Store) -> None:
    first, second = ids_of(store, "a", "b")
    done = curation.attach(store, MINE, second, TEXT, actor="Mei")
    assert done.solution is not None
    merged = curation.merge(store, MINE, first, [second], actor="Mei")
    curation.unpublish(store, MINE, done.solution.id, actor="Mei")
    assert linked(store, done.solution.id) == set()
    curation.undo(store, MINE, merged.audit_id, actor="Mei")
    curation.publish(store, MINE, done.solution.id, actor="Mei")
    assert (solution_of(store, first), solution_of(store, second)) == (None, done.solution.id)


def test_a_discarded_draft_comes_back_with_undo(store: Store) -> None:
    first, second = ids_of(store, "a", "b")
    made = draft(store, first)
    with pytest.raises(NotFound, match=f"{made} is no draft for {second}"):
        curation.discard(store, MINE, second, made, actor="Mei")
    done = curation.discard(store, MINE, first, made, actor="Mei")
    assert drafts_of(store, first) == []
    with pytest.raises(Conflict, match="is for no category"):
        curation.publish(store, MINE, made, actor="Mei")
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert drafts_of(store, first) == [made]


def test_undoing_the_writing_of_a_draft_leaves_a_published_one_alone(store: Store) -> None:
    (first,) = ids_of(store, "a")
    done = curation.draft(store, MINE, first, TEXT, actor="Mei")
    assert done.solution is not None
    published = curation.publish(store, MINE, done.solution.id, actor="Mei")
    with pytest.raises(Conflict, match="was published meanwhile"):
        curation.undo(store, MINE, done.audit_id, actor="Mei")
    curation.undo(store, MINE, published.audit_id, actor="Mei")
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert drafts_of(store, first) == []


def test_a_publishing_that_something_builds_on_is_not_undone(store: Store) -> None:
    first, second = ids_of(store, "a", "b")
    made = draft(store, first)
    done = curation.publish(store, MINE, made, actor="Mei")
    curation.link(store, MINE, second, made, actor="Ravi")
    with pytest.raises(Conflict, match="attached to other categories"):
        curation.undo(store, MINE, done.audit_id, actor="Mei")
    curation.detach(store, MINE, second, actor="Ravi")
    curation.attach(store, MINE, second, OTHER_TEXT, actor="Ravi")
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert drafts_of(store, first) == [made]


@pytest.mark.parametrize("act", [curation.publish, curation.unpublish])
def test_what_is_in_that_state_already_is_refused(store: Store, act: object) -> None:
    (first,) = ids_of(store, "a")
    made = draft(store, first)
    if act is curation.publish:
        curation.publish(store, MINE, made, actor="Mei")
    with pytest.raises(Conflict, match="already"):
        act(store, MINE, made, actor="Mei")  # type: ignore[operator]
    with store.read() as db:
        assert len(audit.of_category(db, MINE, number_of(Prefix.CATEGORY, first))) == (
            2 if act is curation.publish else 1
        )


def test_another_project_has_none_of_it(store: Store) -> None:
    (first,) = ids_of(store, "a")
    make(store, "own", project=OTHER)
    made = draft(store, first)
    for act in (curation.publish, curation.unpublish):
        with pytest.raises(NotFound):
            act(store, OTHER, made, actor="Mei")
    with pytest.raises(NotFound):
        curation.discard(store, OTHER, first, made, actor="Mei")
    with store.read() as db:
        assert drafts.homes(db, OTHER) == {}
        assert drafts.of_category(db, OTHER, number_of(Prefix.CATEGORY, first)) == []
