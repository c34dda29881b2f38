"""``kea ask --explain``: what an answer was judged by, feature by feature, beside the runner-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from assistant.answering import Considered
    from knowledge_base.matching import Match

MEANINGS = {
    "nearest": "log odds of being one error with the nearest representative",
    "nearest_three": "the same, mean of the three nearest",
    "nearest_kind": "both are likely the same known kind of error",
    "nearest_rarest": "rarest word in common with the nearest, in nats",
    "nearest_objects_left": "objects that only one of both is about, in nats",
    "nearest_against": "concepts that contradict each other",
    "any_kind": "same known kind as any representative",
    "told": "log odds of being one error with title and cause of the solution",
    "told_dense": "cosine of meaning with title and cause",
    "title_dense": "cosine of meaning with the title",
    "body_dense": "cosine of meaning with the body of the solution",
    "told_letters": "letters in common with title and cause",
    "told_words": "words in common with title and cause",
    "told_other_kind": "question and solution are likely different known kinds",
    "told_against": "concepts of the solution that contradict the question",
    "concepts_known": "share of the question's concepts found anywhere here",
    "concepts_usual": "the same, by how usual they are in its log lines",
    "concepts_weight": "weight of those concepts, in nats",
    "words_in_logs": "share of the question's words found in its log lines",
    "words_in_solution": "share of the question's words found in its solution",
    "words_known": "share of the question's words found anywhere here",
    "words_weight": "weight of those words, in nats",
    "rarest_known": "share of the question's three rarest words found here",
    "unsolved": "there is no solution to compare with",
}
"""What each feature is, for people."""


def explanation(considered: Considered) -> dict[str, object]:
    """Give the same as a document: the first two candidates with their features and what each adds to the score."""
    return {
        "form": considered.form,
        "recognised": considered.answer.recognised,
        "candidates": [
            {
                "category": candidate.category_id,
                "chance": round(match.score, 4),
                "kind": match.evidence.kind,
                "features": _features(match),
            }
            for candidate, match in zip(considered.answer.candidates, considered.matches, strict=False)
        ][:2],
    }


def print_explanation(considered: Considered) -> None:
    """Print the features of the first candidate beside those of the second."""
    from rich.table import Table

    from web.cli.output import console

    named = [each.category_id for each in considered.answer.candidates[:2]]
    matches = considered.matches[:2]
    if not matches:
        typer.echo("Nothing that Kea knows is near this text.")
        return
    if matches[0].grounds is None:
        typer.echo(
            f"{named[0]} is certain: {'people said so' if matches[0].evidence.kind == 'learnt' else 'equal lines'}."
        )
        if len(matches) < 2:
            return
    table = Table(title="What speaks for it (adds to the score; only differences between candidates count)")
    table.add_column("feature")
    for name, match in zip(named, matches, strict=False):
        table.add_column(f"{name} {match.score:.0%}", justify="right")
        table.add_column("adds", justify="right")
    rows = [_features(match) for match in matches]
    for feature, meaning in MEANINGS.items():
        cells = [_cells(row.get(feature)) for row in rows]
        if any(cell[1] for cell in cells):
            table.add_row(meaning, *(part for cell in cells for part in cell))
    console().print(table)


def _features(match: Match) -> dict[str, dict[str, float]]:
    from knowledge_base.matching.ranking import match_model

    if match.grounds is None:
        return {}
    added = match_model().ranker.explained(match.grounds)
    values = match.grounds._asdict()
    return {name: {"value": round(values[name], 4), "adds": round(added[name], 4)} for name in added}


def _cells(feature: dict[str, float] | None) -> Sequence[str]:
    return ("", "") if feature is None else (f"{feature['value']:.2f}", f"{feature['adds']:+.2f}")
