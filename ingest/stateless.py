"""Grouping without a knowledge base: lines in, the template of each line out."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest import joining
from ingest.cardinality import resolve
from ingest.joining import JoinLimits, JoinMode, JoinState, Line
from ingest.sources.port import RawLine, Source
from knowledge_base.scrub import scrub
from knowledge_base.signature.custom.project_signer import ProjectSigner
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.types import Signature

SNIFFED_BYTES = 4096


@dataclass(frozen=True, slots=True)
class GroupTemplate:
    """The template of a group and its id, the fingerprint."""

    id: str
    text: str


class GroupedLines:
    """The lines of an input by number (from 1 on; of an event that of its first line), and their groups.

    Only numbers are held for a line, so that memory grows with templates and not with text.
    """

    def __init__(self) -> None:
        self._numbers = array("Q")
        self._groups = array("L")
        self._templates: list[GroupTemplate] = []
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, number: int, signature: Signature) -> None:
        """Put a line into the group of its fingerprint."""
        place = self._places.get(signature.fingerprint)
        if place is None:
            place = self._places[signature.fingerprint] = len(self._templates)
            self._templates.append(GroupTemplate(signature.fingerprint, scrub(signature.template)))
        self._numbers.append(number)
        self._groups.append(place)

    def resolve(self) -> None:
        """Make templates one that differ in a variable word, as the whole input tells."""
        merged = resolve({each.id: each.text for each in self._templates})
        self._templates = [
            GroupTemplate(merged[each.id].id, merged[each.id].text) if each.id in merged else each
            for each in self._templates
        ]

    def rows(self) -> Iterator[tuple[int, GroupTemplate]]:
        """Give each line's number and its template, in order."""
        for number, group in zip(self._numbers, self._groups, strict=True):
            yield number, self._templates[group]


def group_lines(
    source: Source,
    *,
    mode: JoinMode,
    max_event_bytes: int,
    tick: Callable[[int], None],
    rules: RuleSet | None = None,
) -> GroupedLines:
    """Group all lines (mode OFF, blank ones too) or events (mode AUTO) of a source.

    ``tick`` is told how many lines were read since it was told before; ``rules`` are those of a project's users.
    Raises UnreadableInput.
    """
    grouped, signer = GroupedLines(), ProjectSigner(rules or RuleSet())
    source.peek(SNIFFED_BYTES)
    source.open(0, limit=max_event_bytes)
    numbered = _Numbered(mode, JoinLimits(max_bytes=max_event_bytes))
    try:
        ended = False
        while not ended:
            batch = source.read()
            ended = batch.ended
            found = [*numbered.take(batch.lines), *(numbered.rest() if ended else ())]
            for (number, _), signature in zip(found, signer.sign_all([text for _, text in found]), strict=True):
                grouped.add(number, signature)
            tick(len(batch.lines))
    finally:
        source.close()
    grouped.resolve()
    return grouped


class _Numbered:
    """Numbers lines, and joins them to events where that is wanted."""

    def __init__(self, mode: JoinMode, limits: JoinLimits) -> None:
        self._joins = mode is not JoinMode.OFF
        self._limits = limits
        self._state = JoinState(mode)
        self._seen = 0

    def take(self, lines: Sequence[RawLine]) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for line in lines:
            self._seen += 1
            if not self._joins:
                found.append((self._seen, line.text))
                continue
            # The number of a line stands in for its offset: an event tells where it began.
            numbered = Line(line.text, self._seen, self._seen)
            self._state, events = joining.step(self._state, numbered, 0.0, limits=self._limits)
            found += [(event.start, event.text) for event in events]
        return found

    def rest(self) -> list[tuple[int, str]]:
        self._state, events = joining.flush(self._state)
        return [(event.start, event.text) for event in events]
