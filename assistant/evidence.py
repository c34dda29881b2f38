"""Adds to an answer what people are shown beside it: how often a line was seen, marks, the runner-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from knowledge_base.matching import Match, marks, other_wordings
from knowledge_base.store.grouping.briefs import briefs
from knowledge_base.store.grouping.template_reading import times_seen
from knowledge_base.types import Answer, Evidence, Guess
from knowledge_base.vocabulary.reading import Reader

RUNNER_UP_FLOOR = 0.01
"""Below this chance there is no runner-up: it would be shown as nought."""


def counted_evidence(db: Connection, project: str, match: Match) -> Evidence:
    """Tell how often a line was seen that a question is exactly, and when last; other evidence stays as it is."""
    if match.evidence.kind != "exact" or match.template is None:
        return match.evidence
    found = times_seen(db, project, match.template)
    return match.evidence if found is None else replace(match.evidence, seen=found[0], last_seen=found[1])


def runner_up(db: Connection, project: str, matches: Sequence[Match]) -> Guess | None:
    """Name the second candidate; None where there is none, or where it is as good as impossible."""
    if len(matches) < 2 or matches[1].score < RUNNER_UP_FLOOR:
        return None
    found = briefs(db, project, [matches[1].category]).get(matches[1].category)
    return None if found is None else Guess(found.id, found.label or found.template, matches[1].score)


def marked(answer: Answer, text: str, reader: Reader) -> Answer:
    """Mark what a text, by which an error was looked up, and what it was matched with have in common."""
    why = answer.evidence
    if why is None or not why.matched or not answer.candidates:
        return answer
    found = marks(text, why.matched, reader)
    wordings = other_wordings(text, why.matched, found, reader)
    evidence = replace(why, marks=found[0], matched_marks=found[1], wordings=wordings)
    first = replace(answer.candidates[0], evidence=evidence)
    return replace(answer, evidence=evidence, candidates=(first, *answer.candidates[1:]))
