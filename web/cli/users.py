"""``kea user``: accounts of people and their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project

if TYPE_CHECKING:
    from knowledge_base.store.accounts.people import Person
    from knowledge_base.store.store import Store

BY = "kea user"

users = typer.Typer(name="user", help="Accounts of people and their roles.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="Name, e-mail or id (U-3).")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="In all projects, those to come among them.")]
RoleName = Annotated[str, typer.Option("--role", help="viewer, engineer or admin.")]


def _open() -> Store:
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store

    return Store(read_settings().url)


def _find(store: Store, login: str) -> Person:
    from knowledge_base.errors import NotFound
    from knowledge_base.ids import Prefix, number_of
    from knowledge_base.store.accounts import people

    with store.read() as db:
        found = people.find(db, login)
        if found is not None:
            return people.get_number(db, found[0])
        if login.upper().startswith(f"{Prefix.PERSON}-"):
            return people.get_number(db, number_of(Prefix.PERSON, login))
    raise NotFound(f"there is nobody called {login[:80]!r}; `kea user list` names all")


def _where(store: Store, project: str, everywhere: bool) -> str:
    from knowledge_base.roles import EVERYWHERE
    from knowledge_base.store.projects import ensure_project

    if everywhere:
        return EVERYWHERE
    with store.write() as db:
        ensure_project(db, project, store.clock())
    return project


@users.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name that acts stand under.")],
    role: RoleName = "viewer",
    email: Annotated[str, typer.Option(help="May be typed in place of the name.")] = "",
    everywhere: Everywhere = False,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for the password instead of making one.")] = False,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Make an account, and print its password."""
    from knowledge_base.roles import read_role
    from web.cli.output import print_json
    from web.identity import accounts

    wanted = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else ""
    with _open() as store:
        where = _where(store, project, everywhere)
        person, password = accounts.add_person(
            store, by=BY, project=where, name=name, role=read_role(role), email=email, password=wanted
        )
    if as_json:
        print_json({"id": person.id, "name": person.name, "password": password})
    else:
        typer.echo(f"{person.id}  {person.name}")
        if not ask:
            typer.echo(f"Password, shown this once: {password}")


@users.command("list")
def list_(as_json: AsJson = False) -> None:
    """List all accounts with their roles by project; * stands for all."""
    from knowledge_base.roles import EVERYWHERE
    from knowledge_base.store.accounts import people
    from web.cli.output import print_json

    found: list[Person] = []
    with _open() as store, store.read() as db:
        while page := people.list_people(db, EVERYWHERE, after=found[-1].name if found else ""):
            found += page
    if as_json:
        shown = [{"id": each.id, "name": each.name, "email": each.email, "roles": dict(each.roles)} for each in found]
        print_json(shown)
        return
    for each in found:
        roles = ", ".join(f"{role} in {project}" for project, role in sorted(each.roles.items()))
        typer.echo(f"{each.id}  {each.name}  {each.email or '-'}  {roles or 'no role'}")


@users.command("role")
def role(
    who: Login,
    role: Annotated[str, typer.Argument(help="viewer, engineer, admin, or none to take it away.")],
    everywhere: Everywhere = False,
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Give somebody a role; it holds from the next request on."""
    from knowledge_base.roles import read_role
    from web.identity import accounts

    with _open() as store:
        person = _find(store, who)
        where = _where(store, project, everywhere)
        accounts.set_role(store, BY, where, person, None if role == "none" else read_role(role))
    typer.echo(f"{person.name}: {role} in {'all projects' if everywhere else project}")


@users.command("password")
def password(
    who: Login,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for the password instead of making one.")] = False,
) -> None:
    """Set a new password, unlock the account and end its sessions."""
    from web.identity import accounts

    wanted = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else ""
    with _open() as store:
        made = accounts.reset_password(store, BY, _find(store, who), wanted)
    typer.echo("The password is set." if ask else f"Password, shown this once: {made}")


@users.command("remove")
def remove(who: Login) -> None:
    """Take an account away; what the person did keeps the name."""
    from web.identity import accounts

    with _open() as store:
        person = _find(store, who)
        accounts.remove_person(store, BY, person)
    typer.echo(f"{person.name} is removed.")
