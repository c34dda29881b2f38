"""What other rules would change, before they hold: looked up on all samples and on the ring of recent lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from knowledge_base.curation.masking.rule_joins import are_kept_apart, objection, standings
from knowledge_base.ids import Prefix, public_id
from knowledge_base.signature.custom.project_signer import ProjectSigner
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signature.recall.signer import Signer
from knowledge_base.store.grouping import categories, facts, templates
from knowledge_base.store.grouping.facts import Fact
from knowledge_base.store.intake import sample_walk
from knowledge_base.store.intake.sample_walk import SampledTemplate
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind, Signature

MOST_SHOWN = 50
"""Entries of a list that are shown; the numbers beside it count all."""

_AT_ONCE = 100
_LINES_AT_ONCE = 1_000
_SHOWN = 300
_MOST_EXAMPLES = 20_000

Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Changed:
    """A template whose lines would read otherwise; ``lines`` counts what was ever seen of it."""

    template_id: str
    category_id: str
    before: str
    after: str
    example: str
    lines: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Templates that would have one signature; ``conflict`` tells why their categories stay apart all the same.

    The first template keeps the signature: lines of the others are counted there, and get its category's solution.
    """

    template_ids: tuple[str, ...]
    category_ids: tuple[str, ...]
    after: str
    conflict: str | None


@dataclass(frozen=True, slots=True)
class Split:
    """A template whose lines would have several signatures; all that are known stay with it."""

    template_id: str
    category_id: str
    afters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would change. ``is_complete`` tells whether all samples and recent lines were looked at."""

    templates: int
    texts: int
    is_complete: bool
    changed_templates: int
    changed_lines: int
    joins: int
    conflicts: int
    splits: int
    changed: tuple[Changed, ...]
    joined: tuple[Joined, ...]
    split: tuple[Split, ...]
    solutions: tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    """What is known of a template while the walk goes on; ``afters`` has the new fingerprints by old ones."""

    category: int
    lines: int
    afters: dict[str, dict[str, None]] = field(default_factory=dict)
    is_changed: bool = False


class _Walk:
    """Signs texts under both sets of rules and notes what differs."""

    def __init__(self, before: RuleSet, behind: RuleSet) -> None:
        signer = Signer()  # one memory for both: most texts are the same behind either set of rules
        self._old, self._new = ProjectSigner(before, signer), ProjectSigner(behind, signer)
        self.seen: dict[int, _Seen] = {}
        self.owners: dict[str, dict[int, None]] = {}
        self.readings: dict[str, str] = {}
        self.changed: list[Changed] = []
        self.hits: Counter[tuple[int, str]] = Counter()
        self.examples: dict[tuple[int, str], str] = {}
        self.texts = 0

    def look(self, found: Sequence[tuple[int, str]]) -> None:
        """Look at texts of templates that were met."""
        texts = [text for _, text in found]
        self.texts += len(texts)
        signed = zip(found, self._old.sign_all(texts), self._new.sign_all(texts), strict=True)
        for (template, text), old, new in signed:
            known = self.seen[template]
            known.afters.setdefault(old.fingerprint, {})[new.fingerprint] = None
            self.owners.setdefault(new.fingerprint, {})[template] = None
            self.hits[template, new.fingerprint] += 1
            if len(self.examples) < _MOST_EXAMPLES:
                self.examples.setdefault((template, new.fingerprint), text[:_SHOWN])
            if old.template != new.template:
                self._note(template, known, text, old, new)

    def _note(self, template: int, known: _Seen, text: str, old: Signature, new: Signature) -> None:
        self.readings.setdefault(new.fingerprint, new.template[:_SHOWN])
        if known.is_changed:
            return
        known.is_changed = True
        if len(self.changed) < MOST_SHOWN:
            ids = public_id(Prefix.TEMPLATE, template), public_id(Prefix.CATEGORY, known.category)
            shown = old.template[:_SHOWN], new.template[:_SHOWN], text[:_SHOWN]
            self.changed.append(Changed(*ids, *shown, known.lines))


@dataclass(frozen=True, slots=True)
class SignedAnew:
    """What was looked at under other rules.

    ``homes`` and ``lines`` tell the category of each template and how many lines were ever seen of it, ``hits`` counts
    the texts of a template by their new fingerprints, and ``examples`` has one of each. ``owners`` has the template
    that a new fingerprint would lead to, ``merged`` the categories that would become part of others.
    """

    preview: Preview
    homes: Mapping[int, int]
    lines: Mapping[int, int]
    hits: Mapping[tuple[int, str], int]
    examples: Mapping[tuple[int, str], str]
    owners: Mapping[str, int]
    merged: Mapping[int, int]


def sign_anew(
    store: Store,
    project: str,
    before: RuleSet,
    behind: RuleSet,
    *,
    most_templates: int | None = None,
    most_recent: int | None = None,
    tick: Tick = lambda _more: None,
) -> SignedAnew:
    """Compare what all samples and recent lines would be under two sets of rules, and where each would belong.

    The limits bound how many templates and recent lines are looked at; ``tick`` is told how many more were.
    """
    walk = _Walk(before, behind)
    for part in _templates(store, project, most_templates):
        walk.seen |= {each.number: _Seen(each.category, each.lines) for each in part}
        walk.look([(each.number, text) for each in part for text in each.samples or (each.text,)])
        tick(len(part))
    ring = _look_at_recent(store, project, walk, most_recent, tick)
    with store.read() as db:
        current: dict[int, int] = {}
        is_complete = ring and not sample_walk.templates_after(db, project, max(walk.seen, default=0), 1)
        preview = _preview(db, project, walk, current, is_complete=is_complete)
    return SignedAnew(
        preview,
        {template: known.category for template, known in walk.seen.items()},
        {template: known.lines for template, known in walk.seen.items()},
        walk.hits,
        walk.examples,
        {fingerprint: min(owners) for fingerprint, owners in walk.owners.items()},
        {category: _now(current, category) for category in current},
    )


def _templates(store: Store, project: str, most: int | None) -> Iterator[list[SampledTemplate]]:
    behind, done = 0, 0
    while most is None or done < most:
        with store.read() as db:
            limit = _AT_ONCE if most is None else min(_AT_ONCE, most - done)
            part = sample_walk.templates_after(db, project, behind, limit)
        if not part:
            return
        yield part
        behind, done = part[-1].number, done + len(part)


def _look_at_recent(store: Store, project: str, walk: _Walk, most: int | None, tick: Tick) -> bool:
    """Look at the ring; tell whether that was all of it."""
    slot, done = -1, 0
    while True:
        limit = _LINES_AT_ONCE if most is None else min(_LINES_AT_ONCE, most - done)
        with store.read() as db:
            lines = sample_walk.recent_after(db, project, slot, max(limit, 1))
        if not lines or limit <= 0:
            return not lines
        walk.look([(line.template, line.text) for line in lines if line.template in walk.seen])
        slot, done = lines[-1].slot, done + len(lines)
        tick(len(lines))


def _preview(db: Connection, project: str, walk: _Walk, current: dict[int, int], *, is_complete: bool) -> Preview:
    joined = _joins(db, project, walk, current)
    split = [
        (template, known, news)
        for template, known in walk.seen.items()
        if known.is_changed and (news := _news(known)) is not None
    ]
    changed = [known for known in walk.seen.values() if known.is_changed]
    said = standings(db, project, {known.category for known in changed})
    solutions = sorted({each.solution for each in said.values() if each.solution is not None})
    return Preview(
        templates=len(walk.seen),
        texts=walk.texts,
        is_complete=is_complete,
        changed_templates=len(changed),
        changed_lines=sum(known.lines for known in changed),
        joins=len(joined),
        conflicts=sum(each.conflict is not None for each in joined),
        splits=len(split),
        changed=tuple(walk.changed),
        # Conflicts first: they are what people have to know.
        joined=tuple(sorted(joined, key=lambda each: each.conflict is None)[:MOST_SHOWN]),
        split=tuple(
            Split(
                public_id(Prefix.TEMPLATE, template),
                public_id(Prefix.CATEGORY, known.category),
                tuple(walk.readings.get(each, "(as before)") for each in news[:MOST_SHOWN]),
            )
            for template, known, news in split[:MOST_SHOWN]
        ),
        solutions=tuple(public_id(Prefix.SOLUTION, number) for number in solutions),
    )


def _news(known: _Seen) -> list[str] | None:
    """Give the new signatures of a template that had one where it would have several; None where it would not."""
    divided = [news for news in known.afters.values() if len(news) > 1]
    return list(dict.fromkeys(each for news in divided for each in news)) if divided else None


def _joins(db: Connection, project: str, walk: _Walk, current: dict[int, int]) -> list[Joined]:
    """Tell which templates come together, in the order in which signing anew would bring them together.

    ``current`` gets the categories that would become part of another one.
    """
    together: dict[tuple[int, ...], str] = {}
    for fingerprint, owners in walk.owners.items():
        if len(owners) > 1 and any(walk.seen[each].is_changed for each in owners) and not _was_one(walk, owners):
            together.setdefault(tuple(sorted(owners)), fingerprint)
    homes = {template: walk.seen[template].category for each in together for template in each}
    said = standings(db, project, set(homes.values()))
    inside = _inside(db, project, said)
    apart = _kept_apart(db, project)

    found = []
    for members, fingerprint in sorted(together.items()):
        conflict: str | None = None
        first = members[0]
        for other in members[1:]:
            left, right = _now(current, homes[first]), _now(current, homes[other])
            if left == right:
                continue
            fewer = min(inside[left], inside[right], key=len)
            known = [fact for each in fewer for fact in apart.get(each, ())]
            kept_apart = are_kept_apart(known, inside[left], inside[right])
            reason = objection(said[left], said[right], kept_apart=kept_apart)
            if reason is not None:
                conflict = reason
                continue
            target, source = sorted((left, right), key=lambda each: (not said[each].labelled, each))
            current[source] = target
            said[target] = said[target].joined(said[source])
            inside[target] |= inside[source]
        found.append(
            Joined(
                tuple(public_id(Prefix.TEMPLATE, each) for each in members[:MOST_SHOWN]),
                tuple(public_id(Prefix.CATEGORY, each) for each in _first(homes[one] for one in members)),
                walk.readings.get(fingerprint) or templates.texts(db, project, [first]).get(first, ""),
                conflict,
            )
        )
    return found


def _now(current: Mapping[int, int], category: int) -> int:
    while category in current:
        category = current[category]
    return category


def _first(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))[:MOST_SHOWN]


def _was_one(walk: _Walk, owners: dict[int, None]) -> bool:
    """Tell whether all these templates share their old signatures, so that nothing new brings them together."""
    sets = [set(walk.seen[each].afters) for each in owners]
    return bool(set.intersection(*sets))


def _inside(db: Connection, project: str, wanted: Collection[int]) -> dict[int, set[int]]:
    """Read which templates categories hold."""
    numbers = sorted(wanted)
    found: dict[int, set[int]] = {number: set() for number in numbers}
    for start in range(0, len(numbers), _AT_ONCE):
        for category, held in categories.templates_by_category(db, project, numbers[start : start + _AT_ONCE]).items():
            found[category].update(held)
    return found


def _kept_apart(db: Connection, project: str) -> dict[int, list[Fact]]:
    """Read what people keep apart, by the templates that it names."""
    found: dict[int, list[Fact]] = {}
    for fact in facts.standing(db, project):
        if fact.kind is FactKind.CANNOT_LINK:
            found.setdefault(fact.left, []).append(fact)
            found.setdefault(fact.right, []).append(fact)
    return found
