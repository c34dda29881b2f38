"""``kea evaluate``: how well a project answers questions that its users labelled."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli import EXIT_ERROR
from web.cli.options import DEFAULT_PROJECT, Project

if TYPE_CHECKING:
    from assistant.evaluating.scoring import Result, Scores
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.measures import Bin

Share = Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Ends with code 1 below this.")]


def evaluate(
    file: Annotated[Path, typer.Argument(help='JSON lines with "text" and "expected"; - reads standard input.')],
    output: Annotated[
        Path | None, typer.Option("--json", help="Write the numbers and each question here; - is standard output.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Print each question that went wrong, and why.")] = False,
    min_right_first: Share = None,
    min_among_three: Share = None,
    min_answered_right: Share = None,
    min_precision: Share = None,
    min_auroc: Share = None,
    max_brier: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Ends with code 1 above this.")] = None,
    max_strangers_answered: Annotated[int | None, typer.Option(min=0, help="Ends with code 1 above this.")] = None,
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Score labelled questions: each expects a category, a label or a solution, or null for no answer."""
    from assistant.answering import Assistant
    from assistant.evaluating.asking import evaluate as ask_all
    from assistant.evaluating.gates import Gates, missed
    from assistant.evaluating.labelled import read_labelled
    from assistant.evaluating.scoring import score
    from knowledge_base.errors import InputError
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.output import read_rows, writing
    from web.cli.progress import counting

    rows = list(read_rows(file))
    with KnowledgeBase(read_settings()) as knowledge:
        with knowledge.store.read() as db:
            try:
                questions = read_labelled(db, project, rows)
            except InputError as error:
                raise InputError(f"{file}: {error}") from None
        with counting("questions", total=len(questions)) as tick:
            results = ask_all(Assistant(knowledge), project, questions, tick=tick)
        scores = score(results)
        if output is None or str(output) != "-":
            _print(scores, results)
        if errors:
            _print_errors(knowledge, project, results)
    if output is not None:
        import json

        with writing(output) as out:
            out.write(json.dumps(_document(scores, results), ensure_ascii=False, indent=2) + "\n")
    gates = Gates(
        right_first=min_right_first,
        among_three=min_among_three,
        answered_right=min_answered_right,
        precision=min_precision,
        auroc=min_auroc,
        brier=max_brier,
        strangers_answered=max_strangers_answered,
    )
    if reasons := missed(scores, gates):
        for each in reasons:
            print(f"kea: {each}", file=sys.stderr)
        sys.exit(EXIT_ERROR)


def _print(scores: Scores, results: list[Result]) -> None:
    from assistant.evaluating.scoring import grouped, reliability_of

    typer.echo(f"{scores.questions:,} questions: {scores.known:,} known, {scores.strangers:,} strangers")
    for name, count in (
        ("right first", scores.right_first),
        ("right among three", scores.right_among_three),
        ("answered right", scores.answered_right),
        ("answered wrong", scores.answered_wrong),
        ("suggested right", scores.suggested_right),
        ("known, not solved", scores.unsolved_right),
    ):
        typer.echo(f"  {name:22}{_number(scores.share(count))}   {count:,} of {scores.known:,}")
    typer.echo(f"  {'strangers answered':22}{'':5}   {scores.strangers_answered:,} of {scores.strangers:,}")
    typer.echo(
        f"  {'right of all answers':22}{_number(scores.precision)}   {scores.answered_right:,} of {scores.answered:,}"
    )
    typer.echo(f"  {'AUROC':22}{_number(scores.auroc)}   known questions against strangers, by confidence")
    typer.echo(f"  {'Brier score':22}{_number(scores.brier)}   of the confidence that the first is right; 0 is best")
    typer.echo("\nconfidence  questions    mean   right")
    for row in reliability_of(results):
        typer.echo(_bin(row))
    for title, groups in (
        ("language", grouped(results, lambda each: each.language)),
        ("kind", grouped(results, lambda each: each.kind)),
    ):
        if len(groups) > 1 or (title == "kind" and groups):
            typer.echo(f"\n{title:18} questions  first  three  answered right  wrong  strangers answered")
            for name, each in groups.items():
                typer.echo(_group(name, each))


def _number(share: float | None) -> str:
    return "    -" if share is None else f"{share:5.3f}"


def _bin(row: Bin) -> str:
    shares = f"{row.confidence:8.3f}{row.right:8.3f}" if row.count else f"{'-':>8}{'-':>8}"
    return f"{row.low:.1f} to {row.high:.1f}  {row.count:9,}{shares}"


def _group(name: str, scores: Scores) -> str:
    first, three, answered = (
        _number(scores.share(count)) for count in (scores.right_first, scores.right_among_three, scores.answered_right)
    )
    strangers = f"{scores.strangers_answered:,} of {scores.strangers:,}"
    return (
        f"{_line(name)[:18]:18} {scores.questions:9,}  {first}  {three}  {answered:>14}  {scores.answered_wrong:5,}"
        f"  {strangers:>18}"
    )


def _print_errors(knowledge: KnowledgeBase, project: str, results: list[Result]) -> None:
    from assistant.evidence_line import evidence_line

    wrong = [each for each in results if each.is_wrong]
    typer.echo(f"\n{len(wrong):,} went wrong")
    names = _names(knowledge, project, wrong)
    for each in wrong:
        question, got = each.question, each.got
        named = "" if question.id == str(question.line) else f"{_line(question.id)}, "
        typer.echo(f"\n{named}line {question.line}: {_line(question.text)[:160]}")
        wanted = "nothing" if question.expected is None else _line(question.expected)
        place = f", which came {_ordinal(each.rank)}" if each.rank else ", which is not among the candidates"
        typer.echo(f"  expected: {wanted}{place if each.is_known else ''}")
        said = "nothing is near" if got is None else f"{got.category_id} {_line(names.get(got.category_id, ''))[:100]}"
        typer.echo(f"  got:      {said} ({each.outcome.replace('_', ' ')}, confidence {each.confidence:.0%})")
        if got is not None:
            typer.echo(f"  why:      {_line(evidence_line(got.evidence, got.category_id, 'en'))}")


def _names(knowledge: KnowledgeBase, project: str, results: list[Result]) -> dict[str, str]:
    from knowledge_base.ids import Prefix, number_of
    from knowledge_base.store.grouping.briefs import briefs

    numbers = [number_of(Prefix.CATEGORY, each.got.category_id) for each in results if each.got]
    with knowledge.store.read() as db:
        return {each.id: each.label or each.template for each in briefs(db, project, numbers).values()}


def _ordinal(rank: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(rank, f"{rank}th")


def _line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _document(scores: Scores, results: list[Result]) -> dict[str, object]:
    from assistant.evaluating.scoring import grouped, reliability_of

    return {
        **_numbers(scores),
        "reliability": [
            {"low": row.low, "high": row.high, "count": row.count, "confidence": row.confidence, "right": row.right}
            for row in reliability_of(results)
        ],
        "by_language": {name: _numbers(each) for name, each in grouped(results, lambda row: row.language).items()},
        "by_kind": {name: _numbers(each) for name, each in grouped(results, lambda row: row.kind).items()},
        "results": [_row(each) for each in results],
    }


def _numbers(scores: Scores) -> dict[str, object]:
    return {
        "questions": scores.questions,
        "known": scores.known,
        "strangers": scores.strangers,
        "right_first": scores.share(scores.right_first),
        "right_among_three": scores.share(scores.right_among_three),
        "answered_right": scores.share(scores.answered_right),
        "answered_wrong": scores.answered_wrong,
        "suggested_right": scores.share(scores.suggested_right),
        "known_unsolved_right": scores.share(scores.unsolved_right),
        "strangers_answered": scores.strangers_answered,
        "precision": scores.precision,
        "auroc": scores.auroc,
        "brier": scores.brier,
    }


def _row(result: Result) -> dict[str, object]:
    question, got = result.question, result.got
    return {
        "line": question.line,
        "id": question.id,
        "expected": question.expected,
        "outcome": result.outcome,
        "confidence": round(result.confidence, 6),
        "rank": result.rank or None,
        "category_id": got.category_id if got else None,
        "solution_id": got.solution_id if got else None,
        "wrong": result.is_wrong,
    }
