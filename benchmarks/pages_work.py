"""What people did in a large project: labels, solutions, owners, questions, deliveries, and the log of all that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
from sqlalchemy import Connection, insert
from sqlmodel import SQLModel

from benchmarks.pages_lines import DAYS, SEED, SERVICES, Project
from benchmarks.pages_sources import Row, ago, sources_of
from knowledge_base.signature import sign
from knowledge_base.solution_details import AppliesTo, Details, Link
from knowledge_base.store.asking.learnt_tables import LearntRow
from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.store.grouping.proposal_values import Grounds, document_of
from knowledge_base.store.messages.message_tables import OutboxRow
from knowledge_base.store.solving.draft_tables import DraftRow
from knowledge_base.store.solving.solution_work_tables import SolutionReviewRow, SolutionServiceRow
from knowledge_base.store.tables import (
    AuditRow,
    CategoryRow,
    ChangeRow,
    ProposalRow,
    SolutionRow,
    SolutionVersionRow,
)
from knowledge_base.store.wanted.queue_tables import CareRow

SOLUTIONS, QUESTIONS, DELIVERIES, PROPOSALS, ACTS = 2_000, 20_000, 5_000, 500, 20_000
MERGED, DRAFTS, REVIEWS, LEARNT = 1_000, 100, 20, 300
PEOPLE = ("lin.wei", "mara", "tomas", "priya", "chen.yu", "alex", "sofia", "kenji")
OUTCOMES = ("answered", "suggested", "known_unsolved", "unknown")
CHANNELS = ("slack", "dingtalk", "web", "api")


def write_work(db: Connection, project: Project, said: Sequence[str], home: Sequence[int]) -> None:
    """Write all of it; ``said`` is what each category says, ``home`` the category of each template."""
    by = np.random.default_rng(SEED + 2)
    tables: list[tuple[type[SQLModel], Iterator[Row]]] = [
        (CategoryRow, _categories(project, said, by)),
        (SolutionRow, _solutions(project, by)),
        (SolutionVersionRow, _versions(project, said, by)),
        (SolutionServiceRow, _services(project)),
        (SolutionReviewRow, _reviews(project)),
        (DraftRow, _drafts(project)),
        (CareRow, _care(project, by)),
        (ProposalRow, _proposals(project, by)),
        (QuestionRow, _questions(project, said, home, by)),
        (FeedbackRow, _feedback(project, by)),
        (OutboxRow, _deliveries(project, by)),
        (LearntRow, _learnt(project, said, by)),
        (AuditRow, _acts(project, by)),
        (ChangeRow, _changes(project, by)),
        *sources_of(db, project, by),
    ]
    for table, rows in tables:
        _insert(db, table, rows)


def _insert(db: Connection, table: type[SQLModel], rows: Iterator[Row]) -> None:
    made = list(rows)
    for start in range(0, len(made), 2_000):
        db.execute(insert(table), made[start : start + 2_000])


def _solution_of(number: int) -> int | None:
    """Two of five categories up to 5,000 are solved, by solutions that are no drafts."""
    place = number * 2 // 5
    is_solved = number % 5 in (0, 2) and number <= SOLUTIONS * 5 // 2
    return max(1, place) if is_solved and place <= SOLUTIONS - DRAFTS else None


def _categories(project: Project, said: Sequence[str], by: np.random.Generator) -> Iterator[Row]:
    for number in range(1, project.categories + 1):
        words = said[number - 1].split()
        is_labelled = number % 5 < 2 and number <= project.categories // 2
        yield _category(
            project, number, " ".join(words[:5]) if is_labelled else None, None, sorted({*words[:6]}), by
        ) | {
            "solution": _solution_of(number),
            "ignored": number % 200 == 0,
        }
    for place in range(1, MERGED + 1):
        target = int(by.integers(1, project.categories + 1))
        yield _category(project, project.categories + place, None, target, [], by)


def _category(
    project: Project, number: int, label: str | None, into: int | None, keywords: list[str], by: np.random.Generator
) -> Row:
    return {
        "project": project.name,
        "id": number,
        "label": label,
        "state": "active" if into is None else "merged",
        "merged_into": into,
        "keywords": keywords,
        "solution": None,
        "ignored": False,
        "created_at": ago(project, by),
    }


def _solutions(project: Project, by: np.random.Generator) -> Iterator[Row]:
    for number in range(1, SOLUTIONS + 1):
        is_draft, at = number > SOLUTIONS - DRAFTS, ago(project, by)
        minute = None if is_draft else int(at.timestamp() // 60)
        yield {
            "project": project.name,
            "id": number,
            "version": 1 + number % 4,
            "external": None,
            "state": "draft" if is_draft else "published",
            "generation": number,
            "created_at": at,
            "published_minute": minute,
            "first_published_minute": minute,
        }


def _versions(project: Project, said: Sequence[str], by: np.random.Generator) -> Iterator[Row]:
    for number in range(1, SOLUTIONS + 1):
        for version in range(1, 2 + number % 4):
            applies = (AppliesTo(SERVICES[number % len(SERVICES)]),)
            yield {
                "project": project.name,
                "solution": number,
                "version": version,
                "title": f"When the {said[number % len(said)][:120]}",
                "cause": "Its limit was set for less than what runs there now.",
                "body": "\n".join(
                    f"{step}. Look at `limit_{step}`, raise it, and start again." for step in range(1, 9)
                ),
                "author": PEOPLE[number % len(PEOPLE)],
                "at": ago(project, by),
                "details": Details(applies=applies, links=(Link("https://wiki.example.org/limits"),)).document(),
            }


def _services(project: Project) -> Iterator[Row]:
    for number in range(1, SOLUTIONS + 1):
        yield {"project": project.name, "solution": number, "service": SERVICES[number % len(SERVICES)]}


def _reviews(project: Project) -> Iterator[Row]:
    for number in range(4, 4 + REVIEWS * 4, 4):
        words = {"title": "When a limit is too low", "cause": "", "body": "Raise it.", "details": {}}
        yield {
            "project": project.name,
            "solution": number,
            "based_on": 1 + number % 4,
            "words": words,
            "author": "mara",
            "at": project.now,
        }


def _drafts(project: Project) -> Iterator[Row]:
    for number in range(SOLUTIONS - DRAFTS + 1, SOLUTIONS + 1):
        yield {"project": project.name, "solution": number, "category": min(project.categories, number * 5 - 4)}


def _care(project: Project, by: np.random.Generator) -> Iterator[Row]:
    for number in range(3, project.categories + 1, 7):
        snoozed = project.now + timedelta(days=int(by.integers(1, 9))) if number % 5 == 0 else None
        owner = PEOPLE[number % len(PEOPLE)] if number % 3 else ""
        yield {"project": project.name, "category": number, "owner": owner, "snoozed_until": snoozed}


def _proposals(project: Project, by: np.random.Generator) -> Iterator[Row]:
    grounds = document_of(
        Grounds(threshold=0.8, words=("connection", "refused", "broker"), codes=("E1042",), against=("timeout",))
    )
    for number in range(1, PROPOSALS + 1):
        left = 1 + number * 17 % project.categories
        kind = ("merge", "merge", "merge", "label", "split")[number % 5]
        right = left if kind == "split" else 1 + (number * 31 + 5) % project.categories
        if kind == "merge":
            left, right = min(left, right), max(left, right)
        yield {
            "project": project.name,
            "kind": kind,
            "left": left,
            "right": right,
            "id": number,
            "scored_left": left,
            "scored_right": right,
            "score": float(by.uniform(0.5, 0.8)),
            "detail": grounds | ({"going": [[left, 0.4]]} if kind == "split" else {}),
            "state": "open",
            "at": ago(project, by),
        }


def _questions(project: Project, said: Sequence[str], home: Sequence[int], by: np.random.Generator) -> Iterator[Row]:
    ages = np.sort(by.uniform(0, DAYS, QUESTIONS))[::-1]
    for number in range(1, QUESTIONS + 1):
        at = project.now - timedelta(days=float(ages[number - 1]))
        outcome = OUTCOMES[int(by.choice(4, p=(0.4, 0.15, 0.25, 0.2)))]
        template = int(by.zipf(1.3)) % len(home) + 1
        category, is_known = home[template - 1], outcome != "unknown"
        solution = (_solution_of(category) or 1 + number % 1_000) if outcome in OUTCOMES[:2] else None
        text = said[category - 1] if is_known else f"{said[number * 3 % len(said)]} when I open report {number % 700}"
        escalated = at + timedelta(minutes=3) if number % 17 == 0 else None
        yield {
            "project": project.name,
            "id": number,
            "channel": CHANNELS[number % len(CHANNELS)],
            "thread": f"C{number % 40}/{number}",
            "user": f"person{int(by.zipf(1.5)) % 900}",
            "text": text,
            "form": hashlib.sha256(text.encode()).hexdigest()[:32],
            "asked": "",
            "outcome": outcome,
            "confidence": float(by.uniform(0.3, 0.99)),
            "category": category if is_known else None,
            "template": template if is_known else None,
            "solution": solution,
            "solution_version": 1 if solution else None,
            "detail": {},
            "at": at,
            "escalated_at": escalated,
            "escalated_by": "person1" if escalated else "",
            "closed_at": at + timedelta(hours=5) if escalated and number % 2 else None,
            "closed_by": "mara" if escalated and number % 2 else "",
        }


def _feedback(project: Project, by: np.random.Generator) -> Iterator[Row]:
    for number in range(1, QUESTIONS + 1, 4):
        yield {
            "project": project.name,
            "question": number,
            "user": f"person{number % 900}",
            "verdict": "helpful" if by.random() < 0.7 else "not_helpful",
            "comment": "",
            "at": project.now - timedelta(days=DAYS * (1 - number / QUESTIONS)),
        }


def _deliveries(project: Project, by: np.random.Generator) -> Iterator[Row]:
    states = ("sent", "sent", "sent", "sent", "sent", "sent", "dead", "uncertain", "dismissed", "withdrawn")
    for number in range(1, DELIVERIES + 1):
        at, state = ago(project, by), states[number % len(states)]
        yield {
            "project": project.name,
            "id": number,
            "key": f"answer:{number}",
            "channel": CHANNELS[number % 2],
            "kind": "answer",
            "lane": f"C{number % 40}",
            "address": {},
            "payload": {"headline": f"Answer to question {number}"},
            "question": number,
            "solution": None,
            "stands_for": [],
            "state": state,
            "attempts": 1,
            "looks": 0,
            "misses": 0,
            "receipt": "",
            "error": "the channel is archived" if state in ("dead", "uncertain") else "",
            "created_at": at,
            "next_at": at,
            "claimed_at": at,
            "sent_at": at if state == "sent" else None,
        }


def _learnt(project: Project, said: Sequence[str], by: np.random.Generator) -> Iterator[Row]:
    for number in range(1, LEARNT + 1):
        text = f"{said[number]} again"
        yield {
            "project": project.name,
            "id": number,
            "kind": "is",
            "form": hashlib.sha256(text.encode()).hexdigest()[:32],
            "version": sign("x").version,
            "question": number,
            "template": number,
            "text": text,
            "people": 0,
            "actor": "mara",
            "state": "active",
            "representative": None,
            "act": None,
            "at": ago(project, by),
            "undone_at": None,
        }


def _acts(project: Project, by: np.random.Generator) -> Iterator[Row]:
    for number in range(1, ACTS + 1):
        category = int(by.zipf(1.2)) % project.categories + 1
        yield {
            "project": project.name,
            "id": number,
            "actor": PEOPLE[number % len(PEOPLE)],
            "action": "label" if number % 3 else "ignore",
            "category": category,
            "detail": {"label": "connection refused"} if number % 3 else {},
            "undo": None,
            "at": project.now - timedelta(days=DAYS * (1 - number / ACTS)),
            "undone_at": None,
        }


def _changes(project: Project, by: np.random.Generator) -> Iterator[Row]:
    for number in range(1, ACTS + 1):
        detail = {"category": f"KE-{int(by.integers(1, project.categories))}"}
        at = project.now - timedelta(days=DAYS * (1 - number / ACTS))
        yield {"project": project.name, "number": number, "kind": "labelled", "detail": detail, "at": at}
