"""``kea ask``: a question at the command line, or a batch of them as a measurement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project

if TYPE_CHECKING:
    from rich.console import Console

    from assistant.answering import Assistant
    from knowledge_base.types import Answer


def ask(
    text: Annotated[str, typer.Argument(help="The error as you have it; - reads standard input.")] = "",
    batch: Annotated[Path | None, typer.Option(help='JSON lines with "id" and "text"; nothing is recorded.')] = None,
    output: Annotated[Path | None, typer.Option(help="Where a batch is written; standard output by default.")] = None,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Answer a question with the solution of the error that it shows."""
    import getpass
    import sys

    from assistant.answering import Assistant
    from knowledge_base.errors import InputError
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from knowledge_base.types import Question
    from web.cli.output import print_json

    if bool(text) == (batch is not None):
        raise typer.BadParameter("give either a text or --batch FILE")
    with KnowledgeBase(read_settings()) as knowledge:
        knowledge.warm_up(project)
        assistant = Assistant(knowledge)
        if batch is not None:
            _ask_all(assistant, project, batch, output)
            return
        asked = sys.stdin.read() if text == "-" else text
        if not asked.strip():
            raise InputError("there is nothing to look up: paste the error message")
        answer = assistant.ask(Question(project, "cli", getpass.getuser(), asked))
    if as_json:
        print_json(answer_row(answer))
    else:
        _print_answer(answer)


def answer_row(answer: Answer) -> dict[str, object]:
    """Write an answer as the row of a batch, with what people want to read besides."""
    return {
        "decision": answer.outcome.decision,
        "outcome": answer.outcome,
        "confidence": round(answer.confidence, 6),
        "question_id": answer.question_id,
        "category_id": answer.category.id if answer.category else None,
        "solution": (
            {
                "id": answer.solution.id,
                "title": answer.solution.title,
                "cause": answer.solution.cause,
                "body": answer.solution.body,
            }
            if answer.solution
            else None
        ),
        "candidates": [
            {"category_id": each.category_id, "solution_id": each.solution_id, "score": round(each.score, 6)}
            for each in answer.candidates
        ],
    }


def _ask_all(assistant: Assistant, project: str, batch: Path, output: Path | None) -> None:
    from knowledge_base.errors import UnreadableInput
    from knowledge_base.types import Outcome, Question
    from web.cli.output import read_rows, row, writing
    from web.cli.progress import counting

    with writing(output) as out, counting("asked") as tick:
        for number, found in read_rows(batch):
            if "id" not in found or not isinstance(found.get("text"), str):
                raise UnreadableInput(f'{batch}, line {number}: a row needs "id" and "text"')
            text = str(found["text"])
            if text.strip():
                answer = answer_row(assistant.ask(Question(project, "batch", "batch", text), record=False))
                kept = {name: answer[name] for name in ("decision", "outcome", "confidence", "candidates")}
            else:
                kept = {"decision": "none", "outcome": Outcome.UNKNOWN, "confidence": 0.0, "candidates": []}
            out.write(row({"id": found["id"], **kept}))
            tick(1)


def _print_answer(answer: Answer) -> None:
    from knowledge_base.types import Outcome
    from web.cli.output import console

    out = console()
    known = answer.category
    if answer.solution is not None and known is not None:
        head = "Known error" if answer.outcome is Outcome.ANSWERED else "Perhaps this one"
        out.print(f"{head} {known.id}, confidence {answer.confidence:.0%}", style="bold green")
        out.print(answer.solution.title, style="bold", markup=False)
        if answer.solution.cause:
            out.print(f"Cause: {answer.solution.cause}", markup=False)
        _print_body(out, answer.solution.body)
    elif known is not None:
        out.print(f"Known, not solved yet: {known.id}, confidence {answer.confidence:.0%}", style="bold yellow")
        out.print(f"Seen {known.count:,} times, asked {known.asked + 1} times. Nobody has attached a solution yet.")
    else:
        out.print("Not known yet.", style="bold yellow")
        if answer.candidates:
            nearest = answer.candidates[0]
            out.print(f"The nearest, a guess: {nearest.category_id}, {nearest.score:.0%}")
    if answer.evidence is not None:
        out.print(f"Why: {_why(answer)}", style="dim", markup=False)
    if len(answer.candidates) > 1 and known is not None:
        second = answer.candidates[1]
        out.print(f"Runner-up: {second.category_id}, {second.score:.0%}", style="dim")


def _print_body(out: Console, body: str) -> None:
    """Lay Markdown out for a terminal; a pipe gets it as it was written."""
    if out.is_terminal:
        from rich.markdown import Markdown

        out.print(Markdown(body))
    else:
        out.print(body, markup=False)


def _why(answer: Answer) -> str:
    evidence = answer.evidence
    if evidence is None:
        return ""
    if evidence.kind == "exact":
        return "the very same error was seen before"
    words = ", ".join(evidence.words) or "its meaning"
    codes = f"the code {', '.join(evidence.codes)} and " if evidence.codes else ""
    return f"in common: {codes}{words}"
