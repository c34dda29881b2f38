"""Reads exported rows: all of them, or none where one is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from knowledge_base.curation.acts import Act
from knowledge_base.curation.learning.learning import keep_imported
from knowledge_base.curation.masking.rule_changes import keep_rules
from knowledge_base.curation.solving.publishing import draft_within, publish_within
from knowledge_base.curation.solving.remedies import link_within
from knowledge_base.curation.solving.waiting_texts import change_state
from knowledge_base.curation.thresholds import keep_imported_thresholds
from knowledge_base.errors import InputError, KeaError, NotFound
from knowledge_base.exchange.gathering import gather, say
from knowledge_base.exchange.keeping import import_keep_rules, joining
from knowledge_base.exchange.shapes import (
    CategoryShape,
    FactShape,
    FingerprintShape,
    KeepRulesShape,
    LearntShape,
    RulesShape,
    SolutionShape,
    TemplateShape,
    ThresholdsShape,
    read_shape,
)
from knowledge_base.ids import Prefix, number_of
from knowledge_base.scrub import scrub
from knowledge_base.signature.custom.rule_checks import check_rules
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.store import projects
from knowledge_base.store.asking.learnt import NewLearnt
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.store.grouping import categories, facts, templates
from knowledge_base.store.grouping.templates import NewTemplate
from knowledge_base.store.rules import rule_sets
from knowledge_base.store.rules.rule_documents import read_document
from knowledge_base.store.solving import drafts, solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.store.text import clip
from knowledge_base.types import Solution, SolutionState

DERIVED = ("proposal",)


@dataclass(slots=True)
class _Tally:
    solutions: int = 0
    categories: int = 0
    links: int = 0
    left_out: int = 0
    homes: dict[str, int] = field(default_factory=dict)
    templates: dict[str, int] = field(default_factory=dict)
    made: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed."""

    solutions: int
    categories: int
    links: int
    left_out: int


def import_rows(
    store: Store, project: str, rows: Sequence[tuple[int, Mapping[str, object]]], *, actor: str, name: str
) -> Imported:
    """Import numbered rows into a project, which is made where it is not there.

    Categories are recognised by their fingerprints, solutions by their ids; the ids of other rows
    in the file follow. Raises InputError naming the first line that is wrong; then nothing is kept.
    """
    with joining(store, [project]), store.write() as db:
        return import_within(db, project, rows, actor=actor, name=name, now=store.clock())


def import_within(
    db: Connection,
    project: str,
    rows: Sequence[tuple[int, Mapping[str, object]]],
    *,
    actor: str,
    name: str,
    now: datetime,
) -> Imported:
    """Do the same within a transaction, which must not be kept where this raises."""
    order = {"rules": 0, "category": 1, "fact": 2, "solution": 3, "learnt": 4, "thresholds": 5, "keep_rules": 6}
    for line, values in rows:
        if values.get("type") not in (*order, *DERIVED):
            raise InputError(f"{name}, line {line}: the type {values.get('type')!r} is not known")
    tally = _Tally()
    projects.ensure_project(db, project, now)
    projects.lock(db, project)
    this = Act(db, project, actor, now)
    for line, values in sorted(rows, key=lambda row: (order.get(str(row[1].get("type")), len(order)), row[0])):
        try:
            _import_row(this, values, tally)
        except KeaError as error:
            raise InputError(f"{name}, line {line}: {error}; nothing was imported") from error
    if tally.categories:
        # Their fingerprints may be of other versions: all templates are signed anew.
        rule_sets.begin_again(db, project)
    return Imported(tally.solutions, tally.categories, tally.links, tally.left_out)


def _import_row(this: Act, values: Mapping[str, object], tally: _Tally) -> None:
    shape = read_shape(values)
    if isinstance(shape, CategoryShape):
        _import_category(this, shape, tally)
    elif isinstance(shape, FactShape):
        _import_fact(this, shape, tally)
    elif isinstance(shape, RulesShape):
        _import_rules(this, shape, tally)
    elif isinstance(shape, SolutionShape):
        _import_solution(this, shape, tally)
    elif isinstance(shape, LearntShape):
        _import_learnt(this, shape, tally)
    elif isinstance(shape, KeepRulesShape):
        tally.left_out += import_keep_rules(this, shape, homes=tally.homes, templates=tally.templates)
    elif isinstance(shape, ThresholdsShape):
        tally.left_out += not keep_imported_thresholds(this, Thresholds(shape.answer, shape.suggest))
    else:
        tally.left_out += 1


def _import_rules(this: Act, shape: RulesShape, tally: _Tally) -> None:
    """Take rules over where the project has none of its own; other rules here would be lost otherwise."""
    rules = RuleSet(tuple(read_document(each) for each in shape.rules))
    check_rules(rules)
    present = rule_sets.present(this.db, this.project)
    if present.rules:
        tally.left_out += present != rules
    elif rules.rules:
        keep_rules(this, present, rules, action="set_rules", subject=f"{len(rules.rules)} rules")


def _import_category(this: Act, shape: CategoryShape, tally: _Tally) -> None:
    numbers: list[int] = []
    for each in shape.templates:
        if not each.fingerprints:
            raise InputError(f"template {each.id} has no fingerprints")
        first = each.fingerprints[0]
        refs = templates.find(this.db, this.project, first.version, [first.fingerprint])
        if not refs:
            refs = templates.create(this.db, this.project, [_new(each, first, this.now)], this.now)
            tally.made.add(refs[first.fingerprint].category)
        number = refs[first.fingerprint].template
        templates.add_fingerprints(
            this.db, this.project, number, [(other.version, other.fingerprint) for other in each.fingerprints]
        )
        tally.templates[each.id] = number
        numbers.append(number)
    if not numbers:
        return
    target = gather(this, numbers, tally.made)
    for old in (shape.id, *shape.aliases):
        tally.homes[old] = target
    say(this, target, shape)
    tally.categories += 1


def _new(shape: TemplateShape, first: FingerprintShape, now: datetime) -> NewTemplate:
    seen = shape.first_seen or now
    codes = tuple(shape.codes)
    return NewTemplate(first.fingerprint, first.version, shape.text, codes, shape.service, shape.level, seen)


def _import_fact(this: Act, shape: FactShape, tally: _Tally) -> None:
    try:
        pair = (tally.templates[shape.left], tally.templates[shape.right])
    except KeyError as error:
        raise InputError(f"the fact names template {error.args[0]}, which is in no category of this file") from None
    said = {fact.kind for fact in facts.about(this.db, this.project, pair) if {fact.left, fact.right} == {*pair}}
    if said:
        tally.left_out += shape.kind not in said
    else:
        facts.add(this.db, this.project, shape.kind, [pair], actor=this.actor, now=this.now)


def _import_learnt(this: Act, shape: LearntShape, tally: _Tally) -> None:
    """Keep what was learnt elsewhere, unless what was learnt here says it or the contrary."""
    try:
        template = tally.templates[shape.template]
    except KeyError:
        raise InputError(f"it names template {shape.template}, which is in no category of this file") from None
    category = templates.homes(this.db, this.project, [template])[template]
    text = scrub(shape.text)  # a file may have been written by another version, or by hand
    new = NewLearnt(shape.kind, shape.form, shape.version, None, template, text, shape.actor, people=shape.people)
    if not keep_imported(this, new, category, at=shape.at):
        tally.left_out += 1


def _import_solution(this: Act, shape: SolutionShape, tally: _Tally) -> None:
    details = None if shape.details is None else shape.details.read()
    text = SolutionText(shape.title, shape.cause, shape.body, details)
    homes = [_home(this, public, tally) for public in shape.category_ids]
    number = _present_solution(this, shape, homes, foreign=bool(tally.homes))
    if number is None:
        number = solutions.create(
            this.db,
            this.project,
            text,
            author=shape.author or this.actor,
            now=this.now,
            external=clip(shape.id, 200),
            state=shape.state,
        )
    else:
        newest = solutions.get(this.db, this.project, number)
        if not text.says_the_same_as(newest):
            solutions.revise(
                this.db, this.project, number, text, author=this.actor, now=this.now, based_on=newest.version
            )
    tally.solutions += 1
    wanted = solutions.get(this.db, this.project, number)
    if wanted.state is SolutionState.DRAFT and shape.state is SolutionState.DRAFT:
        missing = [home for home in homes if number not in drafts.of_category(this.db, this.project, home)]
        draft_within(this, number, wanted.title, missing)
        tally.links += len(missing)
        return
    if wanted.state is SolutionState.DRAFT:
        _publish(this, wanted)
    for home in homes:
        # What is published here stays so: a file never takes an answer away.
        if this.state(home).solution != number:
            link_within(this, home, wanted)
            tally.links += 1


def _publish(this: Act, wanted: Solution) -> None:
    if wanted.category_ids:
        publish_within(this, wanted, replaces=None)
    else:
        change_state(this, number_of(Prefix.SOLUTION, wanted.id), SolutionState.PUBLISHED)


def _home(this: Act, public: str, tally: _Tally) -> int:
    home = tally.homes.get(public)
    return categories.resolve(this.db, this.project, _category_number(public)) if home is None else home


def _present_solution(this: Act, shape: SolutionShape, homes: Sequence[int], *, foreign: bool) -> int | None:
    """Find the solution that a row is about.

    In a file that holds categories an id such as S-3 may be another home's, and must not name a
    solution that was written here, unless its title and one of its categories say that it is the same.
    """
    number = solutions.find_external(this.db, this.project, shape.id, own=not foreign)
    if number is not None or not foreign:
        return number
    number = solutions.find_external(this.db, this.project, shape.id, own=True)
    if number is None:
        return None
    if all(
        this.state(home).solution != number and number not in drafts.of_category(this.db, this.project, home)
        for home in homes
    ):
        return None
    return number if solutions.get(this.db, this.project, number).title == shape.title.strip() else None


def _category_number(public: str) -> int:
    try:
        return number_of(Prefix.CATEGORY, public)
    except NotFound as error:
        raise InputError(str(error)) from None
