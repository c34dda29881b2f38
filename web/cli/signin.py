"""``kea sign-in-link`` and ``kea token``: ways in for people and for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project


def sign_in_link(as_json: AsJson = False) -> None:
    """Print a link that signs one browser in, once, within 24 hours."""
    from knowledge_base.settings import read_settings
    from web.cli.output import print_json
    from web.identity.signin import make_link

    link = make_link(read_settings())
    if as_json:
        print_json({"link": link})
    else:
        typer.echo(link)


def token(
    name: Annotated[str, typer.Argument(help="Who the token stands for; acts are kept under this name.")],
    role: Annotated[str, typer.Option("--role", help="viewer, engineer or admin.")] = "engineer",
    days: Annotated[int, typer.Option(min=0, max=3650, help="Days until it stops working; 0: never.")] = 0,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Make a token for the API; an older one of the same name stops working."""
    from datetime import timedelta

    from knowledge_base.roles import read_role
    from knowledge_base.settings import read_settings
    from knowledge_base.store.projects import ensure_project
    from knowledge_base.store.store import Store
    from web.cli.output import print_json
    from web.identity.signin import make_token

    chosen = read_role(role)
    with Store(read_settings().url) as store:
        with store.write() as db:
            ensure_project(db, project, store.clock())
        life = timedelta(days=days) if days else None
        made = make_token(store, project, name, role=chosen, made_by="kea token", life=life)
    if as_json:
        print_json({"name": name, "project": project, "role": chosen, "token": made})
    else:
        typer.echo(made)
        typer.echo("It is shown this once. Send it as: Authorization: Bearer <token>", err=True)


tokens = typer.Typer(name="tokens", help="The tokens of programs; `kea token` makes one.", no_args_is_help=True)


@tokens.command("list")
def list_tokens(project: Project = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """List a project's tokens; what they say is not kept."""
    from knowledge_base.settings import read_settings
    from knowledge_base.store.accounts import tokens as kept
    from knowledge_base.store.projects import require_project
    from knowledge_base.store.store import Store
    from web.cli.output import print_json

    with Store(read_settings().url) as store, store.read() as db:
        require_project(db, project)
        found = kept.list_tokens(db, project)
    if as_json:
        shown = [
            {"name": each.name, "role": each.role, "used_at": _time(each.used_at), "expires_at": _time(each.expires_at)}
            for each in found
        ]
        print_json(shown)
        return
    for each in found:
        until = f"until {each.expires_at:%Y-%m-%d}" if each.expires_at else "for ever"
        used = f"last used {each.used_at:%Y-%m-%d %H:%M} UTC" if each.used_at else "never used"
        typer.echo(f"{each.name}  {each.role}  {until}  {used}")


@tokens.command("revoke")
def revoke_token(
    name: Annotated[str, typer.Argument(help="The token's name.")], project: Project = DEFAULT_PROJECT
) -> None:
    """Let a token stop working at once."""
    from knowledge_base.settings import read_settings
    from knowledge_base.store.accounts import tokens as kept
    from knowledge_base.store.store import Store
    from web.identity.accounts import note

    with Store(read_settings().url) as store, store.write() as db:
        kept.revoke(db, project, name)
        note(db, store, project, "kea tokens", "revoke token", {"name": name})
    typer.echo(f"{name} is revoked.")


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
