"""``kea forget``: what a person asked, or what is older than so many days."""

from __future__ import annotations

from typing import Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name


def forget(
    person: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whoever asked, by the name that the questions bear.")
    ] = None,
    question_days: Annotated[int | None, typer.Option(min=1, help="Questions that are older, in all projects.")] = None,
    line_days: Annotated[
        int | None, typer.Option(min=1, help="Samples and recent lines that are older, in all projects.")
    ] = None,
    everywhere: Annotated[bool, typer.Option("--all", help="The person's questions in all projects.")] = False,
    actor: Annotated[str, typer.Option(help="The name that the act stands under; yours by default.")] = "",
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Take words and people out of questions; what is counted stays counted. This cannot be undone."""
    from assistant.retention import Retention, forget_by_age, forget_person
    from knowledge_base.errors import NotFound
    from knowledge_base.settings import read_settings
    from knowledge_base.store.projects import list_projects
    from knowledge_base.store.store import Store
    from web.cli.output import print_json

    retention = Retention(question_days, line_days)
    if (person is None) != retention.is_limited:
        raise typer.BadParameter("name one: --person, or --question-days and --line-days")
    with Store(read_settings().url) as store:
        if person is None:
            done = {"rows": forget_by_age(store, retention)}
        elif everywhere:
            with store.read() as db:
                names = list_projects(db)
            done = {}
            for name in names:
                try:
                    done[name] = forget_person(store, name, person, actor=actor or login_name())
                except NotFound:
                    continue
            if not done:
                raise NotFound(f"nobody called {person[:80]!r} asked or said anything in any project")
        else:
            done = {project: forget_person(store, project, person, actor=actor or login_name())}
    if as_json:
        print_json(done)
        return
    for name, count in done.items():
        typer.echo(f"{count:,} rows forgotten" if person is None else f"{name}: {count:,} questions forgotten")
