"""``kea ask``: a question at the command line, or a batch of them as a measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli import EXIT_REJECTED_ROWS
from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from knowledge_base.embedding import Embedder
    from knowledge_base.settings import Settings
    from knowledge_base.solution_details import Details
    from knowledge_base.types import Answer, Mark

NAME_SHOWN, MATCHED_SHOWN = 100, 300


def ask(
    text: Annotated[str, typer.Argument(help="The error as you have it; - reads standard input.")] = "",
    batch: Annotated[Path | None, typer.Option(help='JSON lines with "id" and "text"; nothing is recorded.')] = None,
    output: Annotated[Path | None, typer.Option(help="Where a batch is written; standard output by default.")] = None,
    project: Project = DEFAULT_PROJECT,
    explain: Annotated[bool, typer.Option("--explain", help="Show what the answer was judged by.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question with the solution of the error that it shows."""
    import gc
    import sys

    if bool(text) == (batch is not None):
        raise typer.BadParameter("give either a text or --batch FILE")
    from web.cli.threads import use_one_thread

    use_one_thread()
    # What a start imports stays alive: looking through it for garbage costs a tenth of the time.
    gc.disable()
    settings, embedder = _begin()
    from assistant.answering import Assistant
    from knowledge_base.errors import InputError
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.types import Question
    from web.cli.ask_explaining import explanation, print_explanation
    from web.cli.output import print_json

    gc.freeze()
    gc.enable()
    with KnowledgeBase(settings, embedder=embedder) as knowledge:
        assistant = Assistant(knowledge)
        if batch is not None:
            knowledge.matcher.warm(project)
            if rejected := _ask_all(assistant, project, batch, output):
                print(f"kea: {rejected:,} rows could not be asked", file=sys.stderr)
                sys.exit(EXIT_REJECTED_ROWS)
            return
        asked = sys.stdin.read() if text == "-" else text
        if not asked.strip():
            raise InputError("there is nothing to look up: paste the error message")
        considered = assistant.consider_each(Question(project, "cli", login_name(), asked), is_complete=explain)
        answers = assistant.keep_each(considered)
    if as_json:
        rows = [answer_row(each) for each in answers]
        if explain:
            rows = [row | {"explained": explanation(each)} for row, each in zip(rows, considered, strict=True)]
        print_json({**rows[0], "further": rows[1:]})
        return
    _print_answers(answers)
    if explain:
        for each in considered:
            print_explanation(each)


def _begin() -> tuple[Settings, Embedder | None]:
    """Read the settings, and open the model in a thread while everything else is still imported.

    One that was never exported is left alone: the project may answer by another one.
    """
    import threading
    from contextlib import suppress

    from knowledge_base.embedding import find_model, open_embedder
    from knowledge_base.errors import KeaError, ModelUnavailable
    from knowledge_base.settings import read_settings

    settings = read_settings()
    try:
        find_model(settings)
    except ModelUnavailable:
        return settings, None
    embedder = open_embedder(settings)

    def open_model() -> None:
        # What goes wrong here goes wrong again at the first question, which reports it.
        with suppress(KeaError):
            embedder.embed([""])

    threading.Thread(target=open_model, name="kea-model", daemon=True).start()
    return settings, embedder


def answer_row(answer: Answer) -> dict[str, object]:
    """Write an answer as the row of a batch, with what people want to read besides."""
    from assistant.evidence_line import answer_line

    details = answer.solution.details if answer.solution else None
    return {
        "decision": answer.outcome.decision,
        "outcome": answer.outcome,
        "confidence": round(answer.confidence, 6),
        "question_id": answer.question_id,
        "asked_by_others": answer.asked_by_others,
        "handed_over": answer.handed_over,
        "recognised": answer.recognised,
        "left_out": answer.left_out,
        "category_id": answer.category.id if answer.category else None,
        "solution": (
            {
                "id": answer.solution.id,
                "title": answer.solution.title,
                "cause": answer.solution.cause,
                "body": answer.solution.body,
                "applies": [{"service": each.service, "version": each.version} for each in details.applies],
                "links": [{"url": each.url, "title": each.title} for each in details.links],
            }
            if answer.solution and details
            else None
        ),
        "why": answer_line(answer, "en"),
        "runner_up": answer.runner_up.category_id if answer.runner_up else None,
        "candidates": [
            {"category_id": each.category_id, "solution_id": each.solution_id, "score": round(each.score, 6)}
            for each in answer.candidates
        ],
    }


def _ask_all(assistant: Assistant, project: str, batch: Path, output: Path | None) -> int:
    """Answer each row that can be asked, name the others on standard error, and tell how many these are."""
    import sys

    from knowledge_base.errors import InputError
    from web.cli.output import read_each_row, row, writing
    from web.cli.progress import counting

    rejected = 0
    with writing(output) as out, counting("asked") as tick:
        for number, found in read_each_row(batch):
            try:
                if isinstance(found, InputError):
                    raise found
                out.write(row(_batch_row(assistant, project, found)))
            except InputError as error:
                rejected += 1
                print(f"kea: {batch}, line {number}: {error}", file=sys.stderr)
            tick(1)
    return rejected


def _batch_row(assistant: Assistant, project: str, found: Mapping[str, object]) -> dict[str, object]:
    from knowledge_base.errors import BadRow
    from knowledge_base.types import Outcome, Question

    text = found.get("text")
    if "id" not in found or not isinstance(text, str):
        raise BadRow('a row needs "id" and "text"')
    if not text.strip():
        return {
            "id": found["id"],
            "decision": "none",
            "outcome": Outcome.UNKNOWN,
            "confidence": 0.0,
            "candidates": [],
        }
    answer = answer_row(assistant.ask(Question(project, "batch", "batch", text), record=False))
    return {"id": found["id"]} | {name: answer[name] for name in ("decision", "outcome", "confidence", "candidates")}


def _print_answers(answers: Sequence[Answer]) -> None:
    from assistant.composing import RECOGNISED, shortened
    from assistant.harmless import without_controls

    for number, answer in enumerate(answers):
        if number:
            typer.echo()
        if answer.recognised:
            typer.secho(f"Taken for the error: {without_controls(shortened(answer.recognised, RECOGNISED))}", dim=True)
        print_answer(answer)
        if answer.left_out:
            typer.secho(f"{answer.left_out} further errors were not looked up: ask them by themselves.", fg="yellow")


def print_answer(answer: Answer) -> None:
    """Print an answer for people."""
    from assistant.harmless import without_controls
    from assistant.phrases import confidence_in_words
    from knowledge_base.types import Outcome

    known = answer.category
    confidence = confidence_in_words(answer.confidence, "en")
    if answer.solution is not None and known is not None:
        head = "Known error" if answer.outcome is Outcome.ANSWERED else "Perhaps this one"
        typer.secho(f"{head} {known.id}, confidence {confidence}", fg="green", bold=True)
        typer.secho(without_controls(answer.solution.title), bold=True)
        if answer.solution.cause:
            typer.echo(f"Cause: {without_controls(answer.solution.cause)}")
        _print_body(answer.solution.body)
        _print_details(answer.solution.details)
    elif known is not None:
        typer.secho(f"Known, not solved yet: {known.id}, confidence {confidence}", fg="yellow", bold=True)
        typer.echo(f"Seen {_times(known.count)}, asked {_times(known.asked + 1)}. Nobody has attached a solution yet.")
    else:
        typer.secho("Not known yet.", fg="yellow", bold=True)
        if answer.nearest is not None:
            near, name = (
                answer.nearest,
                "".join(each for each in answer.nearest.name if each.isprintable() or each == " "),
            )
            typer.echo(f"The nearest, only a guess: {near.category_id} {name[:100]}, {confidence}")
        if answer.question_id is not None:
            others = (
                f"; {answer.asked_by_others} others asked the same in the last 7 days" if answer.asked_by_others else ""
            )
            typer.echo(f"Filed as {answer.question_id} for the engineers (`kea demand`){others}.")
            typer.echo(f"For a person to look at it: `kea hand-over {answer.question_id}`")
    if answer.handed_over:
        typer.echo("A person was asked to look at this error already.")
    _print_evidence(answer)
    if known is not None and answer.question_id is not None:
        _print_next(answer.question_id, solved=answer.solution is not None)


def _print_next(question: str, *, solved: bool) -> None:
    """Tell what can be done with a question that was answered, or that is known and unsolved."""
    told = f"{question}: `kea questions confirm {question}` if that is right, `kea questions reject {question}` if not"
    if not solved:
        told += f"; for a person to look at it `kea hand-over {question}`"
    typer.secho(told, dim=True)


def _print_details(details: Details) -> None:
    from assistant.harmless import without_controls

    if details.applies:
        conditions = (" ".join(f"{each.service} {each.version}".split()) for each in details.applies)
        typer.echo(f"Applies to: {without_controls('; '.join(conditions))}")
    for each in details.links:
        named = f"{each.title}: " if each.title else ""
        typer.echo(f"Link: {without_controls(named + each.url)}")


def _print_body(body: str) -> None:
    """Lay Markdown out for a terminal; a pipe gets it as it was written."""
    import sys

    from assistant.harmless import without_controls

    if sys.stdout.isatty():
        from rich.markdown import Markdown

        from web.cli.output import console

        console().print(Markdown(without_controls(body)))
    else:
        typer.echo(without_controls(body))


def _print_evidence(answer: Answer) -> None:
    """Say why, with what the known error says, and which other one it may be."""
    from assistant.composing import shortened
    from assistant.evidence_line import answer_line
    from assistant.harmless import without_controls
    from assistant.phrases import confidence_in_words

    evidence, second = answer.evidence, answer.runner_up
    if evidence is None or (answer.category is None and answer.nearest is None):
        return
    typer.echo(f"{_dim('Why:')} {answer_line(answer, 'en')}")
    if evidence.matched and evidence.kind not in ("exact", "learnt"):
        typer.echo(f"{_dim('It says:')} {_bold_where_marked(evidence.matched, evidence.matched_marks)}")
    if second is not None and answer.category is not None:
        name = without_controls(shortened(second.name, NAME_SHOWN))
        chance = confidence_in_words(second.confidence, "en")
        typer.echo(f"{_dim('Runner-up:')} {second.category_id} {name}, {chance}")


def _bold_where_marked(text: str, marks: Sequence[Mark]) -> str:
    """Put a text on one line, with what is marked in bold; a pipe gets it without."""
    from assistant.harmless import without_controls
    from web.showing.segments import with_marks

    pieces = []
    for each in with_marks(text[:MATCHED_SHOWN], marks):
        plain = without_controls(" ".join(each.text.split()))
        plain = f"{' ' * each.text[:1].isspace()}{plain}{' ' * each.text[-1:].isspace()}"
        pieces.append(typer.style(plain, bold=True) if each.marked else plain)
    return "".join(pieces).strip() + ("…" if len(text) > MATCHED_SHOWN else "")


def _dim(text: str) -> str:
    return typer.style(text, dim=True)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
