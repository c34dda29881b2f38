"""Loads the sample into a project: its lines through the pipeline, its solutions, and a few questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from assistant.answering import Assistant
from ingest.clustering import ClusterLoop
from ingest.pipeline import Pipeline
from knowledge_base.exchange.importing import import_rows
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import category_pages, template_reading
from knowledge_base.store.intake import counts
from knowledge_base.types import LogRecord, Outcome, Question, Verdict
from web.demo.catalog import Catalog, load_catalog
from web.demo.generate import DemoEvent, generate_lines

SOURCE = "sample"
AUTHOR = "Kea sample"
ASKERS = ("Mei", "Jonas", "Aylin", "Ravi", "陈洁")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the sample became."""

    events: int
    templates: int
    categories: int
    solutions: int


def is_empty(knowledge: KnowledgeBase, project: str) -> bool:
    """Tell whether a project holds no lines."""
    with knowledge.store.read() as db:
        return counts.total(db, project) == 0


def load_sample(
    knowledge: KnowledgeBase,
    project: str,
    *,
    lines: int = 20_000,
    days: int = 14,
    seed: int = 1,
    tick: Callable[[int], None] = lambda _: None,
) -> Loaded:
    """Load the sample that ends now; ``tick`` is told of each batch of events."""
    catalog = load_catalog()
    problems = {template.name: template.problem for template in catalog.templates}
    pipeline = Pipeline(knowledge, project)
    pipeline.ensure_project()
    homes: dict[str, set[str]] = {}
    events = generate_lines(end=knowledge.clock(), seed=seed, lines=lines, days=days, catalog=catalog)
    done = 0
    for batch in _batches(events, knowledge.settings.batch_size):
        records = [_record(project, done + place, event) for place, event in enumerate(batch, 1)]
        for event, assignment in zip(batch, pipeline.keep(records), strict=True):
            homes.setdefault(problems[event.template_name], set()).add(assignment.category_id)
        done += len(batch)
        tick(len(batch))
    ClusterLoop(knowledge, project).drain(project)
    solutions = _attach(knowledge, project, catalog, homes)
    _ask(knowledge, project, catalog)
    with knowledge.store.read() as db:
        page = category_pages.find_page(db, project, category_pages.Filter(), limit=1)
        templates = template_reading.template_total(db, project)
    return Loaded(done, templates, page.total, solutions)


def _batches(events: Iterator[DemoEvent], size: int) -> Iterable[list[DemoEvent]]:
    while batch := list(islice(events, size)):
        yield batch


def _record(project: str, offset: int, event: DemoEvent) -> LogRecord:
    return LogRecord(project, SOURCE, offset, event.text, event.at, event.service, event.level)


def _attach(knowledge: KnowledgeBase, project: str, catalog: Catalog, homes: dict[str, set[str]]) -> int:
    """Attach each solution to the categories that the lines of its problem came into."""
    rows = [
        {
            "type": "solution",
            "id": f"sample-{solution.problem}-{solution.lang}",
            "title": solution.title,
            "cause": solution.cause,
            "body": solution.body,
            "category_ids": sorted(homes[solution.problem]),
        }
        for solution in catalog.solutions
        if solution.problem in homes
    ]
    return import_rows(knowledge.store, project, list(enumerate(rows, 1)), actor=AUTHOR, name="the sample").solutions


def _ask(knowledge: KnowledgeBase, project: str, catalog: Catalog) -> None:
    """Ask the sample's questions in the name of a few people, who say of some answers that they helped."""
    assistant = Assistant(knowledge)
    for number, question in enumerate(catalog.questions):
        asker = ASKERS[number % len(ASKERS)]
        answer = assistant.ask(Question(project, "sample", asker, question.text))
        if answer.outcome is Outcome.ANSWERED and answer.question_id and number % 4:
            verdict = Verdict.NOT_HELPFUL if number % 7 == 0 else Verdict.HELPFUL
            assistant.give_feedback(project, answer.question_id, user=asker, verdict=verdict)
