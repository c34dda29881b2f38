"""From a file of old tickets to drafts: each is matched as a question is, and each category gets one draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from assistant.answering import Assistant
from assistant.old_tickets.drafting import RESOLUTION_LIMIT, write_draft
from assistant.old_tickets.reading import OldTicket
from assistant.old_tickets.spool import Kept, Spool
from assistant.old_tickets.worth import says_something
from knowledge_base import curation
from knowledge_base.errors import BadRow, Conflict
from knowledge_base.scrub import scrub
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import solutions
from knowledge_base.store.text import clip, storable
from knowledge_base.types import Candidate, Outcome, Question

QUESTION_LIMIT = 20_000
REMEMBERED = 5000
LISTED = 20
_SURE = frozenset({Outcome.ANSWERED, Outcome.KNOWN_UNSOLVED})


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft that was made, or would be; ``solution`` is None in a dry run."""

    category: str
    title: str
    tickets: int
    resolutions: int
    solution: str | None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A ticket that is no known error, scrubbed, with what is nearest."""

    line: int
    id: str
    title: str
    question: str
    resolution: str
    nearest: str | None
    confidence: float


@dataclass(slots=True)
class TicketImport:
    """What an import led to; lists of tickets hold the first ``LISTED`` of them, the numbers count all."""

    tickets: int = 0
    matched: int = 0
    worthless: int = 0
    repeated: int = 0
    unmatched: int = 0
    rejected: int = 0
    solved: int = 0
    present: int = 0
    drafts: list[Drafted] = field(default_factory=list)
    first_unmatched: list[Unmatched] = field(default_factory=list)
    first_rejected: list[tuple[int, str]] = field(default_factory=list)


Watch = Callable[[str, int], None]
"""Is told of a step and of how many further things are done in it."""


def unwatched(_step: str, _more: int) -> None:
    """Watch nothing."""


class TicketImporter:
    """Makes drafts of old tickets; nothing is kept as asked, and nothing is published."""

    def __init__(self, assistant: Assistant, project: str, *, actor: str) -> None:
        self._assistant = assistant
        self._project = project
        self._actor = actor
        self._remembered: dict[str, tuple[str | None, Candidate | None]] = {}

    def run(
        self,
        tickets: Iterable[tuple[int, OldTicket | BadRow]],
        *,
        dry_run: bool = False,
        also_solved: bool = False,
        unmatched: Callable[[Unmatched], None] = lambda _: None,
        watch: Watch = unwatched,
    ) -> TicketImport:
        """Import tickets; ``unmatched`` is told of each that is no known error.

        Categories that have a solution get no draft unless ``also_solved``. The same tickets again make nothing new.
        Raises NotFound for an unknown project.
        """
        done = TicketImport()
        spool = Spool()
        try:
            for line, ticket in tickets:
                done.tickets += 1
                watch("matched", 1)
                if isinstance(ticket, BadRow):
                    done.rejected += 1
                    if len(done.first_rejected) < LISTED:
                        done.first_rejected.append((line, str(ticket)))
                elif not says_something(ticket.resolution):
                    done.worthless += 1
                else:
                    self._match(ticket, spool, done, unmatched)
            for category, _count in spool.categories():
                watch("drafted", 1)
                self._draft(category, spool, done, dry_run=dry_run, also_solved=also_solved)
        finally:
            spool.close()
        return done

    def _match(
        self, ticket: OldTicket, spool: Spool, done: TicketImport, unmatched: Callable[[Unmatched], None]
    ) -> None:
        category, nearest = self._category_of(ticket.question or ticket.title)
        if category is None and ticket.question.strip() and ticket.title.strip():
            category, nearest = self._category_of(ticket.title)
        kept = Kept(
            id=clip(scrub(ticket.id[:200]).strip(), 64),
            title=clip(scrub(ticket.title[:1000]).strip(), 300),
            resolution=storable(scrub(ticket.resolution[: 2 * RESOLUTION_LIMIT]).strip()),
        )
        # Scrubbed before it is cut: half a secret would not be recognised.
        question = storable(scrub(ticket.question[: 2 * QUESTION_LIMIT]))[:QUESTION_LIMIT]
        if category is not None:
            if spool.keep(category, kept, question, done.tickets):
                done.matched += 1
            else:
                done.repeated += 1
            return
        done.unmatched += 1
        found = Unmatched(
            line=ticket.line,
            id=kept.id,
            title=kept.title,
            question=question,
            resolution=kept.resolution,
            nearest=nearest.category_id if nearest else None,
            confidence=nearest.score if nearest else 0.0,
        )
        unmatched(found)
        if len(done.first_unmatched) < LISTED:
            done.first_unmatched.append(found)

    def _category_of(self, text: str) -> tuple[str | None, Candidate | None]:
        """Tell the category that a text surely means, and what is nearest."""
        asked = text[:QUESTION_LIMIT]
        if not asked.strip():
            return None, None
        if asked not in self._remembered:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            answer = self._assistant.consider(Question(self._project, "import", self._actor, asked)).answer
            nearest = answer.candidates[0] if answer.candidates else None
            sure = answer.category is not None and answer.outcome in _SURE
            self._remembered[asked] = (answer.category.id if sure and answer.category else None, nearest)
        return self._remembered[asked]

    def _draft(self, category: str, spool: Spool, done: TicketImport, *, dry_run: bool, also_solved: bool) -> None:
        store = self._assistant.knowledge.store
        external = f"tickets-{spool.name_of(category)}"
        with store.read() as db:
            number = categories.resolve_public(db, self._project, category)
            present = categories.get(db, self._project, number)
            known = solutions.find_external(db, self._project, external, own=False) is not None
        if known:
            done.present += 1
            return
        if present.solution_id is not None and not also_solved:
            done.solved += 1
            return
        fallback = present.label or present.template or category
        written = write_draft(spool.of(category), fallback=fallback)
        made: str | None = None
        if not dry_run:
            try:
                solution = curation.draft(
                    store, self._project, category, written.text, actor=self._actor, external=external
                ).solution
            except Conflict:
                return  # it was evicted meanwhile
            made = solution.id if solution else None
        done.drafts.append(Drafted(present.id, written.text.title, written.tickets, written.resolutions, made))


def document(done: TicketImport) -> Mapping[str, object]:
    """Write what an import led to for programs."""
    return {
        "tickets": done.tickets,
        "matched": done.matched,
        "worthless": done.worthless,
        "repeated": done.repeated,
        "unmatched": done.unmatched,
        "rejected": done.rejected,
        "already_solved": done.solved,
        "already_drafted": done.present,
        "drafts": [
            {
                "category_id": each.category,
                "solution_id": each.solution,
                "title": each.title,
                "tickets": each.tickets,
                "resolutions": each.resolutions,
            }
            for each in done.drafts
        ],
    }
