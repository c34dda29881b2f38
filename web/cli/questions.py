"""``kea questions``: what was asked, and what engineers teach about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name

if TYPE_CHECKING:
    from knowledge_base.curation import Done
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.store.asking.learnt import Learnt
    from knowledge_base.store.asking.questions import AskedQuestion

questions = typer.Typer(
    help="What was asked: list it, say whether an answer was right, or which category a question is about.",
    no_args_is_help=True,
)
QuestionId = Annotated[str, typer.Argument(metavar="ID", help="A question such as Q-12.")]
Actor = Annotated[str, typer.Option(help="The name that the act stands under; yours by default.")]
Most = Annotated[int, typer.Option(min=1, max=1000, help="Lines at most.")]


@questions.command("list")
def list_(
    state: Annotated[
        list[str] | None, typer.Option(help="Only these: answered, suggested, known_unsolved, unknown.")
    ] = None,
    unknown: Annotated[bool, typer.Option("--unknown", help="The same as --state unknown.")] = False,
    limit: Most = 50,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """List what was asked, newest first."""
    from knowledge_base.errors import InputError
    from knowledge_base.store.asking import questions as store_questions
    from knowledge_base.store.projects import require_project
    from knowledge_base.types import Outcome
    from web.cli.output import print_json

    named = [*(state or ()), *(["unknown"] if unknown else [])]
    strange = [each for each in named if each not in set(Outcome)]
    if strange:
        raise InputError(f"{strange[0]!r} is no state: use {', '.join(Outcome)}")
    with _knowledge() as knowledge, knowledge.store.read() as db:
        require_project(db, project)
        found = store_questions.of_outcomes(db, project, [Outcome(each) for each in named], limit=limit)
    if as_json:
        print_json([_document(each) for each in found])
    elif not found:
        typer.echo("Nothing was asked.")
    else:
        for each in found:
            typer.echo(_line(each))


@questions.command("confirm")
def confirm(question: QuestionId, actor: Actor = "", project: Project = DEFAULT_PROJECT) -> None:
    """Say that an answer was right: questions that say the same are of that category from now on."""
    from knowledge_base import curation

    with _knowledge() as knowledge:
        done = curation.confirm(knowledge.store, project, question, actor=actor or login_name())
        _represent(knowledge, project)
    _tell(question, f"is of {done.category.id}, confirmed", done)


@questions.command("reject")
def reject(question: QuestionId, actor: Actor = "", project: Project = DEFAULT_PROJECT) -> None:
    """Say that an answer was wrong: questions that say the same are not of that category from now on."""
    from knowledge_base import curation

    with _knowledge() as knowledge:
        done = curation.reject(knowledge.store, project, question, actor=actor or login_name())
    _tell(question, f"is not of {done.category.id}", done)


@questions.command("pick")
def pick(
    question: QuestionId,
    category: Annotated[str, typer.Argument(metavar="CATEGORY", help="The right one, such as KE-12.")],
    actor: Actor = "",
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Say which category a question is about; questions that say the same are too from now on."""
    from knowledge_base import curation

    with _knowledge() as knowledge:
        done = curation.pick(knowledge.store, project, question, category, actor=actor or login_name())
        _represent(knowledge, project)
    _tell(question, f"is of {done.category.id}", done)


@questions.command("undo")
def undo(
    act: Annotated[int, typer.Argument(metavar="ACT", min=1, help="The number that the act was told with.")],
    actor: Actor = "",
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Take back what was said of a question."""
    from knowledge_base import curation

    with _knowledge() as knowledge:
        done = curation.undo(knowledge.store, project, act, actor=actor or login_name())
        _represent(knowledge, project)
    typer.echo(f"act {act} was taken back; see {done.category.id}")


@questions.command("learnt")
def learnt(
    limit: Most = 50,
    category: Annotated[str | None, typer.Option(help="Only what names a category, such as KE-12.")] = None,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """List what was learnt from engineers and askers, newest first."""
    from knowledge_base.store.asking import learnt as store_learnt
    from knowledge_base.store.grouping import categories
    from knowledge_base.store.projects import require_project
    from web.cli.output import print_json

    with _knowledge() as knowledge, knowledge.store.read() as db:
        require_project(db, project)
        number = None if category is None else categories.resolve_public(db, project, category)
        found = store_learnt.recent(db, project, limit=limit, category=number)
    if as_json:
        print_json([_learnt_document(each) for each in found])
    elif not found:
        typer.echo("Nothing was learnt.")
    else:
        for each in found:
            typer.echo(_learnt_line(each))


@contextmanager
def _knowledge() -> Iterator[KnowledgeBase]:
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings

    with KnowledgeBase(read_settings()) as knowledge:
        yield knowledge


def _represent(knowledge: KnowledgeBase, project: str) -> None:
    """Let it tell at once; where another process clusters the project, that does it."""
    from ingest.clustering.learning import LearntUpkeep
    from knowledge_base.errors import Conflict, ModelUnavailable

    try:
        LearntUpkeep(knowledge).settle(project)
    except (Conflict, ModelUnavailable) as error:
        typer.secho(f"kept; questions that are only alike follow later: {error}", err=True, fg="yellow")


def _tell(question: str, what: str, done: Done) -> None:
    typer.echo(f"{question}: {what}; `kea questions undo {done.audit_id}` takes it back")


def _line(each: AskedQuestion) -> str:
    said = "" if each.verdict is None else f" ({each.verdict.replace('_', ' ')})"
    return f"{each.id:8} {each.outcome:14} {each.category_id or '-':8} {_one_line(each.text)}{said}"


def _learnt_line(each: Learnt) -> str:
    who = each.actor if each.by_engineer else f"{each.people} people"
    act = "" if each.act is None else f", act {each.act}"
    return f"{each.question_id or '-':8} {each.kind:9} {each.category_id:8} {_one_line(each.text)} ({who}{act})"


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text[:2000]).split())[:100]


def _document(each: AskedQuestion) -> dict[str, object]:
    return {
        "id": each.id,
        "channel": each.channel,
        "user": each.user,
        "text": each.text,
        "outcome": each.outcome,
        "confidence": each.confidence,
        "category_id": each.category_id,
        "solution_id": each.solution_id,
        "verdict": each.verdict,
        "at": each.at,
    }


def _learnt_document(each: Learnt) -> dict[str, object]:
    return {
        "id": each.id,
        "kind": each.kind,
        "category_id": each.category_id,
        "question_id": each.question_id,
        "text": each.text,
        "people": each.people,
        "actor": each.actor,
        "audit_id": each.act,
        "at": each.at,
    }
