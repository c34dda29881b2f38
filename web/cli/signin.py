"""``kea sign-in-link`` and ``kea token``: ways in for people and for programs."""

from __future__ import annotations

from typing import Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project


def sign_in_link(as_json: AsJson = False) -> None:
    """Print a link that signs one browser in, once, within 24 hours."""
    from knowledge_base.settings import read_settings
    from web.cli.output import print_json
    from web.signin import make_link

    link = make_link(read_settings())
    if as_json:
        print_json({"link": link})
    else:
        typer.echo(link)


def token(
    name: Annotated[str, typer.Argument(help="Who the token stands for; acts are kept under this name.")],
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Make a token for the API; an older one of the same name stops working."""
    from knowledge_base.settings import read_settings
    from knowledge_base.store.projects import ensure_project
    from knowledge_base.store.store import Store
    from web.cli.output import print_json
    from web.signin import make_token

    with Store(read_settings().url) as store:
        with store.write() as db:
            ensure_project(db, project, store.clock())
        made = make_token(store, project, name)
    if as_json:
        print_json({"name": name, "project": project, "token": made})
    else:
        typer.echo(made)
        typer.echo("It is shown this once. Send it as: Authorization: Bearer <token>", err=True)
