"""Words as variables: what is folded, what people keep apart, and what a known place takes in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlmodel import col

from ingest.cardinality import MergedTemplate, resolve
from ingest.clustering import Clusterer, ClusterLoop
from ingest.pipeline import Pipeline
from ingest.sightings import ENOUGH, Sightings
from knowledge_base import curation
from knowledge_base.curation.masking.resigning import Resigner
from knowledge_base.curation.masking.rule_changes import change_rules, setting
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.signature import sign
from knowledge_base.signature.custom.user_rules import RuleSet, UserRule
from knowledge_base.store import audit
from knowledge_base.store.grouping import categories, eviction, template_reading, templates, wildcards
from knowledge_base.store.grouping.wildcard_tables import SightingRow
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import LogRecord, Template, Why
from tests.clustering.test_clusterer import number, templates_in
from tests.store.databases import MINE, OTHER, START
from tests.store.knowledge import categories_of, ingest
from web.demo.generate import generate_lines

NAMES = ("anton", "berta", "cesar", "dora", "emil", "frieda", "gustav", "helga")
GATES = ("garage", "kitchen", "cellar", "attic", "garden", "porch")
OTHERS = ("heap of the indexer overflowed at dawn", "certificate of the mailer expired at noon")


def refused(*names: str) -> list[str]:
    return [f"visit of {name} was refused at the castle" for name in names]


def merged(*texts: str) -> dict[str, MergedTemplate]:
    signed = [sign(text) for text in texts]
    found = resolve({each.fingerprint: each.template for each in signed})
    return {
        text: found[each.fingerprint] for text, each in zip(texts, signed, strict=True) if each.fingerprint in found
    }


# What `kea cluster` asks for.


def test_enough_words_at_a_place_make_it_a_variable() -> None:
    found = merged(*refused(*NAMES[:ENOUGH]), *OTHERS)
    assert set(found) == set(refused(*NAMES[:ENOUGH]))
    (one,) = set(found.values())
    assert one.text == "visit of <str> was refused at the castle"
    assert one.id == sign(one.text).fingerprint


def test_fewer_do_not() -> None:
    assert merged(*refused(*NAMES[: ENOUGH - 1]), *OTHERS) == {}


def test_a_template_that_has_a_placeholder_there_already_joins() -> None:
    masked = "visit of <n> was refused at the castle"
    found = merged(*refused(*NAMES), masked)
    assert found[masked] == found[refused(NAMES[0])[0]]
    assert found[masked].id == sign(masked).fingerprint


def test_codes_states_and_words_that_tell_the_error_stay_apart() -> None:
    codes = ("NoNode", "NodeExists", "BadVersion", "NotEmpty", "SessionExpired", "AuthFailed")
    states = ("looking", "leading", "following", "observing", "waiting", "draining")
    acts = ("opening", "reading", "writing", "closing", "renaming", "deleting")
    objects = ("memory", "disk", "threads", "sockets", "handles", "swap")
    assert not merged(*(f"KeeperErrorCode = {code} for the path of the lease" for code in codes))
    assert not merged(*(f"peer of the quorum is {state} for the rest of the round" for state in states))
    assert not merged(*(f"error while {act} the journal of the ledger" for act in acts))
    assert not merged(*(f"the host is out of {each}, shedding all the load" for each in objects))


def test_two_variables_in_a_line_are_found() -> None:
    lines = [f"visit of {name} was refused at the {gate}" for name in NAMES[:5] for gate in GATES[:5]]
    alone = "visit of helga was refused at the porch"
    found = merged(*lines, alone)
    assert {each.text for each in found.values()} == {"visit of <str> was refused at the <str>"}
    assert alone in found


def test_no_two_errors_of_the_sample_become_one() -> None:
    events = list(generate_lines(end=datetime(2026, 3, 2, tzinfo=UTC), lines=3000))
    signed = [sign(event.text) for event in events]
    found = resolve({each.fingerprint: each.template for each in signed})
    names: dict[str, set[str]] = {}
    for event, signature in zip(events, signed, strict=True):
        if signature.fingerprint in found:
            names.setdefault(found[signature.fingerprint].id, set()).add(event.template_name)
    assert names
    assert all(len(each) == 1 for each in names.values())


@settings(max_examples=60, deadline=None)
@given(
    pairs=st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(GATES)), max_size=40),
    seed=st.integers(0, 2**16),
)
def test_the_order_of_templates_makes_no_difference(pairs: set[tuple[str, str]], seed: int) -> None:
    lines = [f"visit of {name} was refused at the {gate}" for name, gate in sorted(pairs)] + list(OTHERS)
    shuffled = random.Random(seed).sample(lines, len(lines))
    assert merged(*lines) == merged(*shuffled)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 9), st.integers(0, 5)), max_size=80))
def test_the_table_of_sightings_counts_different_words(rows: list[tuple[int, int, int]]) -> None:
    table = Sightings()
    for row in rows:
        table.add(*row)
    words = {place: {word for each, word, _ in rows if each == place} for place, _, _ in rows}
    assert table.variables(enough=3) == {
        place: sorted({owner for each, _, owner in rows if each == place})
        for place, seen in words.items()
        if len(seen) >= 3 and sum(word % 2 for word in seen) >= 2
    }


def test_a_full_table_takes_nothing_more() -> None:
    table = Sightings(most=3)
    for word in range(10):
        table.add(1, word, word)
    assert len(table) == 3


# What happens in the stream.


def home_of(knowledge: KnowledgeBase, public: str) -> int:
    with knowledge.store.read() as db:
        return categories.resolve(db, MINE, number(public))


def homes(knowledge: KnowledgeBase, found: Sequence[str]) -> set[int]:
    return {home_of(knowledge, each) for each in found}


def drain(knowledge: KnowledgeBase) -> None:
    ClusterLoop(knowledge, MINE).drain(MINE)


def open_template(knowledge: KnowledgeBase, public: str) -> Template:
    (found,) = (each for each in templates_in(knowledge, public) if "<str>" in each.text)
    return found


@pytest.fixture(autouse=True)
def nothing_is_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only folding merges here."""
    monkeypatch.setenv("KEA_GROUP_THRESHOLD", "1")
    monkeypatch.setenv("KEA_PROPOSE_THRESHOLD", "1")


def test_templates_of_the_stream_become_one_category(knowledge: KnowledgeBase) -> None:
    found = categories_of(ingest(knowledge, *refused(*NAMES[:ENOUGH]), *OTHERS))
    drain(knowledge)
    assert homes(knowledge, found[:ENOUGH]) == {number(found[0])}, "the oldest id stays"
    assert len(homes(knowledge, found)) == 3
    merged_one = open_template(knowledge, found[0])
    assert merged_one.text == "visit of <str> was refused at the castle"
    assert merged_one.count == 0, "counts stay with the templates that they were counted for"
    moved = templates_in(knowledge, found[0])
    assert {each.reason.why for each in moved} == {Why.FIRST, Why.CARDINALITY}
    assert set(merged_one.reason.words) == set(NAMES[:ENOUGH])
    with knowledge.store.read() as db:
        (entry,) = audit.of_category(db, MINE, number(found[0]))
    assert (entry.actor, entry.action, entry.can_be_undone) == (audit.MACHINE, "merge", True)


@pytest.mark.parametrize("seed", range(4))
def test_windows_and_order_make_no_difference(knowledge: KnowledgeBase, seed: int) -> None:
    order = random.Random(seed)
    lines = order.sample([*refused(*NAMES), *OTHERS], len(NAMES) + len(OTHERS))
    found: dict[str, str] = {}
    while lines:
        size = order.randint(1, 4)
        found |= dict(zip(lines[:size], categories_of(ingest(knowledge, *lines[:size])), strict=True))
        lines = lines[size:]
        drain(knowledge)
    assert len(homes(knowledge, [found[each] for each in refused(*NAMES)])) == 1
    assert len(homes(knowledge, list(found.values()))) == 3


def test_a_known_place_takes_in_other_words_at_once(knowledge: KnowledgeBase) -> None:
    found = categories_of(ingest(knowledge, *refused(*NAMES[:ENOUGH])))
    drain(knowledge)
    new, again, masked = ingest(knowledge, *refused("otto", "otto"), "visit of 12345 was refused at the castle")
    assert {new.category_id, masked.category_id} == {found[0]}
    merged_one = open_template(knowledge, found[0])
    assert {new.template_id, again.template_id, masked.template_id} == {merged_one.id}
    assert merged_one.count == 3
    with knowledge.store.read() as db:
        signature = sign(refused("otto")[0])
        known = templates.find(db, MINE, signature.version, [signature.fingerprint])
        assert template_reading.template_total(db, MINE) == ENOUGH + 1
        assert not templates.pending(db, MINE)[0]
    assert list(known) == [signature.fingerprint], "the next line is an exact hit"


def test_another_project_knows_nothing_of_it(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *refused(*NAMES[:ENOUGH]))
    drain(knowledge)
    (other,) = ingest(knowledge, *refused("otto"), project=OTHER)
    assert other.is_new
    with knowledge.store.read() as db:
        assert not wildcards.deepest(db, OTHER)
        assert wildcards.deepest(db, MINE) == 1


def test_a_question_knows_the_place_too(knowledge: KnowledgeBase) -> None:
    found = categories_of(ingest(knowledge, *refused(*NAMES[:ENOUGH]), *OTHERS))
    drain(knowledge)
    first = knowledge.match(MINE, "who can help?\n" + refused("otto")[0]).matches[0]
    assert (first.category, first.score, first.evidence.kind) == (number(found[0]), 1.0, "exact")
    other = knowledge.match(MINE, "visit of otto was granted at the castle").matches
    assert all(each.evidence.kind != "exact" for each in other)


def test_a_word_that_was_seen_yesterday_counts(knowledge: KnowledgeBase) -> None:
    early = categories_of(ingest(knowledge, *refused(*NAMES[: ENOUGH - 1])))
    drain(knowledge)
    assert len(homes(knowledge, early)) == ENOUGH - 1
    (last,) = categories_of(ingest(knowledge, *refused(NAMES[ENOUGH])))
    drain(knowledge)
    assert homes(knowledge, [*early, last]) == {number(early[0])}


def test_two_variables_of_the_stream_are_found(knowledge: KnowledgeBase) -> None:
    lines = [f"visit of {name} was refused at the {gate}" for name in NAMES[:5] for gate in GATES[:5]]
    found = categories_of(ingest(knowledge, *lines))
    drain(knowledge)
    drain(knowledge)
    assert len(homes(knowledge, found)) == 1
    (new,) = ingest(knowledge, "visit of otto was refused at the porch")
    assert new.category_id == found[0]
    with knowledge.store.read() as db:
        assert wildcards.deepest(db, MINE) == 2
        (text,) = templates.texts(db, MINE, [number_of(Prefix.TEMPLATE, new.template_id)]).values()
    assert text == "visit of <str> was refused at the <str>"


def test_two_solutions_are_kept_apart(knowledge: KnowledgeBase) -> None:
    found = categories_of(ingest(knowledge, *refused(*NAMES)))
    for public in found[:2]:
        text = SolutionText(f"Ask {public}", "", "Ring the bell.")
        curation.attach(knowledge.store, MINE, public, text, actor="Mei")
    drain(knowledge)
    assert len(homes(knowledge, found)) == len(NAMES)
    (new,) = ingest(knowledge, *refused("otto"))
    assert new.is_new
    assert new.category_id not in found


def test_many_words_of_one_window(knowledge: KnowledgeBase) -> None:
    names = [f"{first}{second}" for first in NAMES for second in NAMES[:7]] + list(GATES)
    found = categories_of(ingest(knowledge, *refused(*names)))
    assert len(names) > 50
    curation.label(knowledge.store, MINE, found[-1], "gates", actor="Mei")
    drain(knowledge)
    assert homes(knowledge, found) == {number(found[-1])}


def test_one_label_takes_the_others_in(knowledge: KnowledgeBase) -> None:
    found = categories_of(ingest(knowledge, *refused(*NAMES[:ENOUGH])))
    curation.label(knowledge.store, MINE, found[3], "unwanted visitors", actor="Mei")
    drain(knowledge)
    assert homes(knowledge, found) == {number(found[3])}


def test_what_people_keep_apart_stays_apart(knowledge: KnowledgeBase) -> None:
    found = categories_of(ingest(knowledge, *refused(*NAMES[: ENOUGH - 1])))
    curation.merge(knowledge.store, MINE, found[0], [found[1]], actor="Mei")
    second = number_of(Prefix.TEMPLATE, templates_in(knowledge, found[0])[1].id)
    curation.split(knowledge.store, MINE, found[0], [f"T-{second}"], actor="Mei")
    last = categories_of(ingest(knowledge, *refused(*NAMES[ENOUGH:])))
    drain(knowledge)
    assert len(homes(knowledge, [found[0], *found[2:], *last])) == ENOUGH - 2 + len(last)


def test_who_takes_it_back_finds_everything_as_it_was(knowledge: KnowledgeBase) -> None:
    lines = refused(*NAMES[:ENOUGH])
    before = ingest(knowledge, *lines)
    drain(knowledge)
    with knowledge.store.read() as db:
        (entry,) = audit.of_category(db, MINE, number(before[0].category_id))
    curation.undo(knowledge.store, MINE, entry.id, actor="Mei")
    assert [each.category_id for each in ingest(knowledge, *lines)] == [each.category_id for each in before]
    assert [each.template_id for each in ingest(knowledge, *lines)] == [each.template_id for each in before]
    (new,) = ingest(knowledge, *refused("otto"))
    assert new.is_new, "people said that the word matters"
    drain(knowledge)
    assert len(homes(knowledge, [*categories_of(before), new.category_id])) == ENOUGH + 1
    assert all(each.evidence.kind != "exact" for each in knowledge.match(MINE, refused("paula")[0]).matches)


def test_the_template_with_the_open_place_is_as_warm_as_its_members(knowledge: KnowledgeBase) -> None:
    found = ingest(knowledge, *refused(*NAMES[:ENOUGH]))
    later = START + timedelta(days=3)
    Pipeline(knowledge, MINE).keep([LogRecord(MINE, "test", 1, refused(NAMES[0])[0], later, "etl", "ERROR")])
    drain(knowledge)
    opened = open_template(knowledge, found[0].category_id)
    assert (opened.count, opened.first_seen, opened.last_seen) == (0, START, later)
    with knowledge.store.read() as db:
        first = eviction.coldest(db, MINE, ENOUGH - 1)
    assert number_of(Prefix.TEMPLATE, opened.id) not in first.templates


def test_the_template_with_the_open_place_is_known_under_the_rules_that_hold(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *refused(*NAMES[:ENOUGH]))
    sets = sorted((RuleSet((UserRule(name="a", pattern=f"word-{each}", kind="n"),)) for each in range(4)), key=version)
    for rules in reversed(sets):  # the name of the version says nothing about which one is newer
        change_rules(knowledge.store, MINE, setting(rules.rules), action="import", subject="a", actor="ann")
        Resigner(knowledge.store, MINE).run()
    drain(knowledge)
    found = knowledge.lookup(MINE, "visit of <str> was refused at the castle")
    assert found.template is not None
    assert found.template.text == "visit of <str> was refused at the castle"


def version(rules: RuleSet) -> str:
    return rules.version


def seen(db: Connection) -> list[int]:
    """The template of each sighting."""
    query = select(col(SightingRow.template)).where(col(SightingRow.project) == MINE)
    return list(db.execute(query).scalars())


def test_what_was_seen_is_bounded(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *(f"visit of {name} was refused at the {gate}" for name in NAMES[:2] for gate in GATES[:2]))
    Clusterer(knowledge).run_window(MINE)
    with knowledge.store.write() as db:
        kept = seen(db)
        wildcards.forget_oldest(db, MINE, keep=3)
        left = seen(db)
    assert len(kept) > 3 >= len(left) > 0
    assert set(left) == {max(kept)}, "the newest stay"
