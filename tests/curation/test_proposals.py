"""Proposals: kept, followed, settled by what people do, accepted, dismissed, taken back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from knowledge_base import curation
from knowledge_base.curation.grouping.proposals import MOST_PAIRS
from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories, facts, proposals
from knowledge_base.store.grouping.proposal_values import (
    WORD_LENGTH,
    WORDS,
    Going,
    Grounds,
    Proposal,
    ProposalKind,
    ProposalState,
    Proposed,
)
from knowledge_base.store.grouping.proposals import Chosen
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind
from tests.curation.pictures import picture
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import make

TEXT = SolutionText("Create the table", "dropped", "run it")
SPLIT, LABEL = ProposalKind.SPLIT, ProposalKind.LABEL


def put(store: Store, *found: Proposed, project: str = MINE) -> None:
    with store.write() as db:
        proposals.put(db, project, found, START)


def pairs(store: Store, project: str = MINE) -> list[tuple[str, int, int, float]]:
    """What is proposed now."""
    with store.read() as db:
        return [(each.kind, each.left, each.right, each.score) for each in proposals.open_proposals(db, project)]


def everything(store: Store) -> list[Proposal]:
    with store.read() as db:
        return proposals.list_proposals(db, MINE, Chosen(states=()), limit=100)


def states(store: Store) -> dict[tuple[str, int, int], str]:
    return {(each.kind, each.left, each.right): str(each.state) for each in everything(store)}


def said(store: Store) -> set[tuple[FactKind, int, int]]:
    return {(fact.kind, fact.left, fact.right) for fact in picture(store, MINE).facts}


def category(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def join(store: Store, into: int, *others: int) -> int:
    """Merge by hand; the number of the act."""
    return curation.merge(store, MINE, category(into), [category(each) for each in others], actor="Mei").audit_id


def split_of(number: int, templates: Sequence[int], score: float = 0.6) -> Proposed:
    going = tuple(Going(each, 0.3) for each in templates)
    return Proposed(number, number, score, SPLIT, Grounds(threshold=0.5, inside=0.9, going=going))


def test_a_newer_score_takes_the_place_of_the_old_one(store: Store) -> None:
    make(store, "a", "b", "c")
    put(store, Proposed(2, 1, 0.7), Proposed(2, 3, 0.8))
    assert pairs(store) == [("merge", 2, 3, 0.8), ("merge", 1, 2, 0.7)]
    assert pairs(store, OTHER) == []
    before = {(each.left, each.right): each.id for each in everything(store)}
    put(store, Proposed(1, 2, 0.9, grounds=Grounds(0.5, 3, 0.4, ("x\udcff\x00",) * 20, against=("y" * 200,))))
    assert pairs(store) == [("merge", 1, 2, 0.9), ("merge", 2, 3, 0.8)]
    assert {(each.left, each.right): each.id for each in everything(store)} == before, "numbers stay"
    newest = everything(store)[0].grounds
    assert (newest.threshold, newest.runner_up, newest.runner_up_score) == (0.5, 3, 0.4)
    assert len(newest.words) == WORDS
    assert len(newest.against[0]) == WORD_LENGTH
    put(store)
    assert len(everything(store)) == 2


def test_proposals_belong_to_a_project(store: Store) -> None:
    make(store, "a", "b")
    make(store, "c", "d", project=OTHER)
    put(store, Proposed(1, 2, 0.7))
    put(store, Proposed(3, 4, 0.7), Proposed(1, 2, 0.9), project=OTHER)
    assert pairs(store) == [("merge", 1, 2, 0.7)]
    assert pairs(store, OTHER) == [("merge", 3, 4, 0.7)], "another project's categories are not there"
    for act in (curation.accept, curation.dismiss):
        with pytest.raises(NotFound):
            act(store, OTHER, "P-1", actor="Mei")
        with pytest.raises(NotFound):
            act(store, MINE, "P-99", actor="Mei")
    with pytest.raises(NotFound):
        curation.accept(store, MINE, "P-1", actor="Mei", into="KE-3")
    assert pairs(store) == [("merge", 1, 2, 0.7)]


def test_lists_go_on_where_the_page_ends(store: Store) -> None:
    make(store, "a", "b", "c", "d")
    scores = (0.7, 0.1 + 0.2, 0.7, 0.9)
    put(
        store,
        *(
            Proposed(left, right, score)
            for (left, right), score in zip([(1, 2), (1, 3), (2, 3), (3, 4)], scores, strict=True)
        ),
    )
    seen: list[int] = []
    with store.read() as db:
        whole = [each.id for each in proposals.list_proposals(db, MINE, Chosen(), limit=10)]
        place = None
        while page := proposals.list_proposals(db, MINE, Chosen(), limit=1, after=place):
            seen += [each.id for each in page]
            place = proposals.read_place(proposals.write_place(page[-1]))
        assert seen == whole
        assert len(whole) == 4
        assert len(proposals.list_proposals(db, MINE, Chosen(category=1), limit=10)) == 2
        assert proposals.list_proposals(db, MINE, Chosen(kinds=(SPLIT,)), limit=10) == []
    for cursor in ("", "~", "nan~1", "inf~2", "0.5~0", "0.5~" + "9" * 60, "KE-1", "0.5~1~1", "\ud800~1"):
        with pytest.raises(InputError):
            proposals.read_place(cursor)


def test_a_proposal_follows_a_merge_and_follows_it_back(store: Store) -> None:
    make(store, "a", "b", "c", "d")
    put(store, Proposed(2, 3, 0.7), Proposed(1, 2, 0.6), Proposed(3, 4, 0.8), Proposed(1, 3, 0.5))
    act = join(store, 1, 2)
    assert pairs(store) == [("merge", 3, 4, 0.8), ("merge", 1, 3, 0.5)], "one about the same two was there"
    curation.undo(store, MINE, act, actor="Mei")
    assert pairs(store) == [("merge", 3, 4, 0.8), ("merge", 2, 3, 0.7), ("merge", 1, 3, 0.5)], "1 and 2 differ now"
    act = join(store, 2, 4)
    assert pairs(store) == [("merge", 2, 3, 0.7), ("merge", 1, 3, 0.5)]
    again = join(store, 1, 2)
    curation.undo(store, MINE, again, actor="Mei")
    curation.undo(store, MINE, act, actor="Mei")
    assert pairs(store) == [("merge", 3, 4, 0.8), ("merge", 2, 3, 0.7), ("merge", 1, 3, 0.5)]


def test_a_followed_proposal_keeps_its_number_and_can_be_accepted(store: Store) -> None:
    make(store, "a", "b", "c")
    put(store, Proposed(2, 3, 0.7))
    join(store, 1, 2)
    (found,) = everything(store)
    assert (found.public_id, found.left, found.right, found.state) == ("P-1", 1, 3, "open")
    done = curation.accept(store, MINE, "P-1", actor="Mei")
    assert done.category.id == "KE-1"
    assert set(done.category.aliases) == {"KE-2", "KE-3"}


def test_a_merge_keeps_the_solved_then_the_labelled_then_the_older_one(store: Store) -> None:
    make(store, "a", "b", "c", "d", "e")
    curation.label(store, MINE, "KE-2", "named", actor="Mei")
    curation.label(store, MINE, "KE-4", "named too", actor="Mei")
    curation.attach(store, MINE, "KE-4", TEXT, actor="Mei")
    put(store, Proposed(1, 2, 0.9))
    put(store, Proposed(2, 4, 0.8))
    put(store, Proposed(3, 5, 0.7))
    assert curation.accept(store, MINE, "P-1", actor="Mei").category.id == "KE-2"
    assert curation.accept(store, MINE, "P-2", actor="Mei").category.id == "KE-4"
    with pytest.raises(InputError, match="KE-4 is not one of"):
        curation.accept(store, MINE, "P-3", actor="Mei", into="KE-4")
    assert curation.accept(store, MINE, "P-3", actor="Mei", into="ke-5").category.id == "KE-5"


def test_an_accepted_merge_is_an_act_like_any_other(store: Store) -> None:
    make(store, "a", "b")
    put(store, Proposed(1, 2, 0.7))
    done = curation.accept(store, MINE, "P-1", actor="Mei")
    with store.read() as db:
        entry = audit.get(db, MINE, done.audit_id)
    assert (entry.action, entry.actor, entry.detail["proposal"]) == ("merge", "Mei", "P-1")
    assert said(store) == {(FactKind.MUST_LINK, 1, 2)}
    assert states(store) == {("merge", 1, 2): "accepted"}
    for act in (curation.accept, curation.dismiss):
        with pytest.raises(Conflict, match="accepted before"):
            act(store, MINE, "P-1", actor="Mei")
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert said(store) == {(FactKind.CANNOT_LINK, 1, 2)}
    assert pairs(store) == [], "who takes a merge back says that the two differ"
    put(store, Proposed(1, 2, 0.9))
    assert pairs(store) == []


def test_a_dismissed_merge_never_comes_again(store: Store) -> None:
    make(store, "a", "b", "c", "d", "e")
    join(store, 1, 3)
    put(store, Proposed(1, 2, 0.7), Proposed(1, 2, 0.6, LABEL))
    curation.label(store, MINE, "KE-2", "named", actor="Mei")
    assert len(pairs(store)) == 2
    done = curation.dismiss(store, MINE, "P-1", actor="Mei", shown="KE-2")
    assert done.category.id == "KE-2"
    assert {fact for fact in said(store) if fact[0] is FactKind.CANNOT_LINK} == {
        (FactKind.CANNOT_LINK, 1, 2),
        (FactKind.CANNOT_LINK, 2, 3),
    }
    assert pairs(store) == [], "the label of what differs is not offered either"
    put(store, Proposed(1, 2, 0.99))
    assert pairs(store) == []
    # It holds when templates join either side, and when a side becomes part of another category.
    join(store, 1, 4)
    join(store, 5, 1)
    put(store, Proposed(5, 2, 0.99), Proposed(2, 5, 0.99))
    assert pairs(store) == []
    with store.read() as db:
        (entry,) = [each for each in audit.of_category(db, MINE, 2) if each.action == "dismiss"]
    assert entry.detail == {"kind": "merge", "other": "KE-1", "templates": [], "score": 0.7, "proposal": "P-1"}


def test_a_dismissal_is_taken_back_exactly(store: Store) -> None:
    make(store, "a", "b")
    curation.label(store, MINE, "KE-2", "named", actor="Mei")
    put(store, Proposed(1, 2, 0.7), Proposed(1, 2, 0.6, LABEL))
    before = picture(store, MINE), pairs(store)
    for proposal in ("P-1", "P-2"):
        done = curation.dismiss(store, MINE, proposal, actor="Mei")
        assert pairs(store) == []
        with pytest.raises(Conflict):
            curation.accept(store, MINE, proposal, actor="Mei")
        curation.undo(store, MINE, done.audit_id, actor="Jonas")
        assert (picture(store, MINE), pairs(store)) == before
        with pytest.raises(Conflict, match="taken back before"):
            curation.undo(store, MINE, done.audit_id, actor="Jonas")


def test_a_dismissal_of_large_categories_makes_few_facts(sqlite_store: Store) -> None:
    store = sqlite_store
    make(store, *(f"l{number}" for number in range(30)), *(f"r{number}" for number in range(30)))
    join(store, 1, *range(2, 31))
    join(store, 31, *range(32, 61))
    put(store, Proposed(1, 31, 0.7))
    curation.dismiss(store, MINE, "P-1", actor="Mei")
    apart = {fact for fact in said(store) if fact[0] is FactKind.CANNOT_LINK}
    assert len(apart) == 59 < MOST_PAIRS
    assert {number for _, left, right in apart for number in (left, right)} == set(range(1, 61))


def test_a_split_is_accepted_and_taken_back(store: Store) -> None:
    make(store, "a", "b", "c", "d")
    join(store, 1, 2, 3, 4)
    with store.write() as db:
        facts.withdraw(db, MINE, [fact.id for fact in facts.standing(db, MINE)], START)
    put(store, split_of(1, [3, 4]))
    before = picture(store, MINE)
    done = curation.accept(store, MINE, "P-1", actor="Mei")
    assert picture(store, MINE).active[5].templates == {3, 4}
    assert done.category.id == "KE-5"
    assert pairs(store) == []
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert picture(store, MINE).active == before.active
    assert pairs(store) == [("split", 1, 1, 0.6)], "it stands where it stood"


def test_a_dismissed_split_links_both_parts(store: Store) -> None:
    make(store, "a", "b", "c", "d", "e")
    join(store, 1, 2, 3, 4)
    with store.write() as db:
        facts.withdraw(db, MINE, [fact.id for fact in facts.standing(db, MINE)], START)
    put(store, split_of(1, [3, 4]))
    done = curation.dismiss(store, MINE, "P-1", actor="Mei")
    assert said(store) == {(FactKind.MUST_LINK, *pair) for pair in ((1, 3), (1, 4), (2, 3))}
    for templates in ([3, 4], [2], [1], [2, 4]):
        put(store, split_of(1, templates, 0.9))
        assert pairs(store) == [], templates
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert said(store) == set()
    # What joins later was not dismissed.
    put(store, split_of(1, [3, 4]))
    curation.dismiss(store, MINE, "P-1", actor="Mei")
    act = join(store, 1, 5)
    with store.write() as db:
        facts.withdraw(db, MINE, [each.id for each in facts.about(db, MINE, [5])], START)
    put(store, split_of(1, [5], 0.8))
    assert pairs(store) == [("split", 1, 1, 0.8)]
    curation.undo(store, MINE, act, actor="Mei")
    assert pairs(store) == [], "what would go is gone"


def test_a_dismissal_that_was_taken_back_does_not_come_back_with_another_act(store: Store) -> None:
    make(store, "a", "b", "c")
    join(store, 1, 2, 3)
    with store.write() as db:
        facts.withdraw(db, MINE, [each.id for each in facts.standing(db, MINE)], START)
    put(store, split_of(1, [3]))
    dismissed = curation.dismiss(store, MINE, "P-1", actor="Mei")
    parted = curation.split(store, MINE, "KE-1", ["T-3"], actor="Jonas")
    curation.undo(store, MINE, dismissed.audit_id, actor="Mei")
    curation.undo(store, MINE, parted.audit_id, actor="Jonas")
    assert said(store) == set()
    assert pairs(store) == [("split", 1, 1, 0.6)]


def test_what_people_put_together_is_never_proposed_to_be_split(store: Store) -> None:
    make(store, "a", "b", "c")
    join(store, 1, 2, 3)
    put(store, split_of(1, [3]), split_of(2, [2]), split_of(1, []))
    assert pairs(store) == []
    assert states(store) == {("split", 1, 1): "closed", ("split", 2, 2): "closed"}


def test_a_label_is_taken_over_with_the_solution(store: Store) -> None:
    make(store, "a", "b", "c")
    curation.label(store, MINE, "KE-2", "Table not found", actor="Mei")
    curation.attach(store, MINE, "KE-2", TEXT, actor="Mei")
    put(store, Proposed(1, 2, 0.6, LABEL), Proposed(1, 3, 0.5, LABEL), Proposed(1, 2, 0.6))
    assert pairs(store) == [("label", 1, 2, 0.6), ("merge", 1, 2, 0.6)], "3 has no label to offer"
    before = picture(store, MINE)
    done = curation.accept(store, MINE, "P-1", actor="Jonas")
    assert (done.category.id, done.category.label, done.category.status) == ("KE-1", "Table not found", "answered")
    assert done.solution is not None
    assert done.solution.category_ids == ("KE-1", "KE-2")
    assert pairs(store) == [], "two categories with one solution need not be one"
    with store.read() as db:
        entry = audit.get(db, MINE, done.audit_id)
    assert dict(entry.detail) == {
        "from": "KE-2",
        "label": "Table not found",
        "solution": "S-1",
        "title": "Create the table",
        "proposal": "P-1",
    }
    curation.undo(store, MINE, done.audit_id, actor="Jonas")
    assert picture(store, MINE).active == before.active
    assert pairs(store) == [("label", 1, 2, 0.6), ("merge", 1, 2, 0.6)]


def test_a_label_is_not_taken_back_where_it_was_changed(store: Store) -> None:
    make(store, "a", "b")
    curation.label(store, MINE, "KE-2", "Table not found", actor="Mei")
    put(store, Proposed(1, 2, 0.6, LABEL))
    done = curation.accept(store, MINE, "P-1", actor="Jonas")
    curation.label(store, MINE, "KE-1", "Another", actor="Mei")
    with pytest.raises(Conflict, match="changed again"):
        curation.undo(store, MINE, done.audit_id, actor="Jonas")


def test_what_people_do_closes_what_makes_no_sense_and_undo_opens_it_again(store: Store) -> None:
    make(store, "a", "b", "c")
    curation.label(store, MINE, "KE-2", "named", actor="Mei")
    put(store, Proposed(1, 2, 0.6, LABEL), Proposed(1, 2, 0.7))
    both = pairs(store)
    assert len(both) == 2
    merge_alone = [("merge", 1, 2, 0.7)]
    acts = [
        (lambda: curation.label(store, MINE, "KE-1", "own", actor="Mei"), merge_alone),
        (lambda: curation.ignore(store, MINE, "KE-1", actor="Mei"), merge_alone),
        (lambda: curation.attach(store, MINE, "KE-1", TEXT, actor="Mei"), merge_alone),
        (lambda: curation.label(store, MINE, "KE-2", "", actor="Mei"), merge_alone),
        (lambda: curation.ignore(store, MINE, "KE-2", actor="Mei"), merge_alone),
        (
            lambda: curation.merge(store, MINE, "KE-3", ["KE-2"], actor="Mei"),
            [("merge", 1, 3, 0.7), ("label", 1, 3, 0.6)],
        ),
    ]
    for act, left in acts:
        done = act()
        assert pairs(store) == left
        curation.undo(store, MINE, done.audit_id, actor="Mei")
        assert pairs(store) == both


def test_a_label_is_offered_at_once_to_what_is_near(store: Store) -> None:
    make(store, "a", "b", "c", "d", "e")
    curation.label(store, MINE, "KE-4", "own", actor="Mei")
    put(store, Proposed(1, 2, 0.7, grounds=Grounds(0.5, words=("disk",))), Proposed(2, 4, 0.6), Proposed(3, 5, 0.6))
    done = curation.label(store, MINE, "KE-2", "named", actor="Mei")
    assert [each for each in pairs(store) if each[0] == "label"] == [("label", 1, 2, 0.7)]
    assert {each.grounds.words for each in everything(store) if each.left == 1} == {("disk",)}
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert [each for each in pairs(store) if each[0] == "label"] == []
    curation.label(store, MINE, "KE-2", "renamed", actor="Mei")
    (offer,) = [each for each in everything(store) if each.kind is LABEL and each.state is ProposalState.OPEN]
    curation.dismiss(store, MINE, offer.public_id, actor="Mei")
    curation.label(store, MINE, "KE-2", "renamed again", actor="Mei")
    assert [each for each in pairs(store) if each[0] == "label"] == []


def test_a_split_by_hand_closes_what_it_settles(store: Store) -> None:
    make(store, "a", "b", "c", "d")
    join(store, 1, 2, 3)
    with store.write() as db:
        facts.withdraw(db, MINE, [fact.id for fact in facts.standing(db, MINE)], START)
    put(store, split_of(1, [2, 3]), Proposed(1, 4, 0.7))
    done = curation.split(store, MINE, "KE-1", ["T-3"], actor="Mei")
    assert pairs(store) == [("merge", 1, 4, 0.7)]
    curation.undo(store, MINE, done.audit_id, actor="Mei")
    assert pairs(store) == [("merge", 1, 4, 0.7), ("split", 1, 1, 0.6)]
    curation.move(store, MINE, "T-3", "KE-4", actor="Mei")
    assert pairs(store) == [], "KE-1 is kept apart from what it holds now"


def test_who_comes_second_is_told(store: Store) -> None:
    make(store, "a", "b")
    put(store, Proposed(1, 2, 0.7))
    join(store, 2, 1)
    for act in (curation.accept, curation.dismiss):
        with pytest.raises(Conflict, match="reload the page"):
            act(store, MINE, "P-1", actor="Mei")
    assert said(store) == {(FactKind.MUST_LINK, 1, 2)}
    with store.read() as db:
        assert categories.get(db, MINE, 1).id == "KE-2"
        assert solutions.list_all(db, MINE, after=0, limit=5) == []
    assert states(store)["merge", 1, 2] == str(ProposalState.CLOSED)
