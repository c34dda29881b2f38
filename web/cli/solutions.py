"""``kea solutions``: what is written, what is a draft; publishing one, and turning it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name

if TYPE_CHECKING:
    from knowledge_base.store.store import Store
    from knowledge_base.types import Solution

solutions = typer.Typer(
    help="Solutions and drafts of them: list them, show one, publish a draft, turn one back into a draft.",
    no_args_is_help=True,
)
SolutionId = Annotated[str, typer.Argument(metavar="ID", help="A solution such as S-3.")]
Actor = Annotated[str, typer.Option(help="The name that the act stands under; yours by default.")]


@solutions.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Only these: draft, published.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Lines at most.")] = 50,
    after: Annotated[str | None, typer.Option(help="Only those behind this one, such as S-50.")] = None,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """List solutions in the order in which they were made."""
    from knowledge_base.errors import InputError
    from knowledge_base.ids import Prefix, number_of
    from knowledge_base.store.projects import require_project
    from knowledge_base.store.solving import solutions as store_solutions
    from knowledge_base.types import SolutionState
    from web.cli.output import print_json

    if state is not None and state not in set(SolutionState):
        raise InputError(f"{state[:80]!r} is no state of a solution: use draft or published")
    wanted = None if state is None else SolutionState(state)
    behind = 0 if after is None else number_of(Prefix.SOLUTION, after)
    with _store() as store, store.read() as db:
        require_project(db, project)
        found = store_solutions.list_all(db, project, after=behind, limit=limit, state=wanted)
    if as_json:
        print_json([_document(each) for each in found])
    elif not found:
        typer.echo("There is none.")
    else:
        for each in found:
            typer.echo(f"{each.id:8} {each.state:9} {', '.join(each.category_ids[:5]) or '-':14} {_line(each.title)}")


@solutions.command("show")
def show(solution: SolutionId, project: Project = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """Print a solution or a draft, its newest version."""
    from knowledge_base.ids import Prefix, number_of
    from knowledge_base.store.solving import solutions as store_solutions
    from web.cli.output import print_json

    with _store() as store, store.read() as db:
        found = store_solutions.get(db, project, number_of(Prefix.SOLUTION, solution))
    if as_json:
        print_json(_document(found))
        return
    typer.secho(_line(found.title), bold=True)
    typer.echo(f"{found.id}, {found.state}, version {found.version}, for {', '.join(found.category_ids) or 'nothing'}")
    if found.cause:
        typer.echo(f"Cause: {found.cause}")
    typer.echo(f"\n{found.body}")


@solutions.command("publish")
def publish(
    solution: SolutionId,
    replace: Annotated[
        list[str] | None,
        typer.Option("--replace", help="A solution in whose place it comes; may be given more than once."),
    ] = None,
    actor: Actor = "",
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Make a draft the answer for its categories; those who asked before and got none are told."""
    from knowledge_base import curation

    with _store() as store:
        done = curation.publish(store, project, solution, actor=actor or login_name(), replaces=replace or ())
    if done.solution is not None:
        ids = ", ".join(done.solution.category_ids)
        typer.echo(
            f"{done.solution.id}: published for {ids}; `kea solutions unpublish {done.solution.id}` takes it back"
        )


@solutions.command("unpublish")
def unpublish(solution: SolutionId, actor: Actor = "", project: Project = DEFAULT_PROJECT) -> None:
    """Turn a solution back into a draft: nobody gets it from now on."""
    from knowledge_base import curation

    with _store() as store:
        done = curation.unpublish(store, project, solution, actor=actor or login_name())
    if done.solution is not None:
        ids = ", ".join(done.solution.category_ids)
        typer.echo(f"{done.solution.id}: a draft for {ids} again; see {done.category.id}, where it can be undone")


@contextmanager
def _store() -> Iterator[Store]:
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store

    with Store(read_settings().url) as store:
        yield store


def _line(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)[:150]


def _document(solution: Solution) -> dict[str, object]:
    return {
        "id": solution.id,
        "state": solution.state,
        "version": solution.version,
        "title": solution.title,
        "cause": solution.cause,
        "body": solution.body,
        "author": solution.author,
        "at": solution.at,
        "category_ids": list(solution.category_ids),
    }
