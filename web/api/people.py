"""Who may do what in a project, and who is asking."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from knowledge_base.roles import EVERYWHERE, Role
from knowledge_base.store.accounts import people
from knowledge_base.store.accounts.people import Person
from web.api.models import Shape
from web.guarding.administering import read_person, scope_of
from web.identity import accounts
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(tags=["people"])
Name = Annotated[str, Field(max_length=2000, examples=["Lin Wei"])]
Secret = Annotated[str, Field(max_length=2000, examples=["some words in a row"])]


class MeOut(Shape):
    """Who is asking."""

    name: str = Field(examples=["Lin Wei"])
    project: str | None = Field(description="The one project of a token; null for people.")
    roles: dict[str, Role] = Field(examples=[{"*": "engineer"}], description="By project; * stands for all.")


class PersonOut(Shape):
    """Somebody who may sign in."""

    id: str = Field(examples=["U-3"])
    name: str = Field(examples=["Lin Wei"])
    email: str | None = Field(examples=["lin@example.com"])
    roles: dict[str, Role] = Field(
        examples=[{"default": "engineer"}], description="In this project, and as * in all projects."
    )
    has_password: bool
    from_provider: bool = Field(description="Whether an OpenID provider vouches for them.")
    created_at: datetime
    seen_at: datetime | None = Field(description="When they signed in last.")

    @classmethod
    def of(cls, person: Person, project: str) -> PersonOut:
        """Show a person; roles in other projects are nobody's business here."""
        return cls(
            id=person.id,
            name=person.name,
            email=person.email,
            roles={name: role for name, role in person.roles.items() if name in (project, EVERYWHERE)},
            has_password=person.has_password,
            from_provider=person.from_provider,
            created_at=person.created_at,
            seen_at=person.seen_at,
        )


class PersonIn(Shape):
    """An account to be made."""

    name: Name
    email: Annotated[str, Field(max_length=2000)] = ""
    role: Role = Role.VIEWER
    everywhere: bool = Field(default=False, strict=True, description="In all projects; takes an admin of all projects.")
    password: Secret = Field(default="", description="One is made unless given.")


class PersonMadeOut(PersonOut):
    """A new account, with its password this once."""

    password: str


class RoleIn(Shape):
    """A role."""

    role: Role
    everywhere: bool = Field(
        default=False, strict=True, examples=[False], description="In all projects; takes an admin of all projects."
    )
    seen: Role | Literal["none"] | None = Field(
        default=None, description="The role that was seen there: 409 where it is another one by now."
    )

    @property
    def based_on(self) -> str | None:
        """What ``accounts.set_role`` takes as seen."""
        return "" if self.seen == "none" else self.seen


class PasswordIn(Shape):
    """A new password."""

    password: Annotated[Secret, Field(examples=["a long sentence is good"])]


@router.get("/me", summary="Tell who is asking")
def me(who: WhoOf) -> MeOut:
    """Tell the name and roles that the request came with."""
    return MeOut(name=who.name, project=who.project, roles=dict(who.roles))


@router.get("/people", summary="List people")
def list_people(
    parts: PartsOf,
    project: ProjectOf,
    who: WhoOf,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    after: Annotated[str, Query(max_length=200, description="The last name of the page before.")] = "",
) -> list[PersonOut]:
    """List those with a role in the project or in all, by name; to admins of all projects also who has none."""
    with parts.knowledge.store.read() as db:
        found = people.list_people(db, project, after=after, limit=limit, roleless=who.may(Role.ADMIN, EVERYWHERE))
    return [PersonOut.of(each, project) for each in found]


@router.post("/people", summary="Make an account", status_code=201)
def add_person(parts: PartsOf, project: ProjectOf, who: WhoOf, wanted: PersonIn) -> PersonMadeOut:
    """Make an account with a role; 409 where somebody has the name or e-mail."""
    person, password = accounts.add_person(
        parts.knowledge.store,
        by=who,
        project=scope_of(who, project, everywhere=wanted.everywhere),
        name=wanted.name,
        role=wanted.role,
        email=wanted.email,
        password=wanted.password,
    )
    return PersonMadeOut(**PersonOut.of(person, project).model_dump(), password=password)


@router.get("/people/{person_id}", summary="Show a person")
def show_person(parts: PartsOf, project: ProjectOf, who: WhoOf, person_id: str) -> PersonOut:
    """Show somebody who has a role in the project or in all; 404 otherwise."""
    return PersonOut.of(read_person(parts.knowledge.store, who, project, person_id), project)


@router.put("/people/{person_id}/role", summary="Give a role")
def give_role(parts: PartsOf, project: ProjectOf, who: WhoOf, person_id: str, wanted: RoleIn) -> PersonOut:
    """Give somebody another role; it holds from the next request on. Nobody changes their own."""
    person = read_person(parts.knowledge.store, who, project, person_id)
    accounts.require_other(who, person)
    accounts.set_role(
        parts.knowledge.store,
        who,
        scope_of(who, project, everywhere=wanted.everywhere),
        person,
        wanted.role,
        seen=wanted.based_on,
    )
    return PersonOut.of(read_person(parts.knowledge.store, who, project, person_id), project)


@router.delete("/people/{person_id}/role", summary="Take a role away", status_code=204)
def take_role(
    parts: PartsOf,
    project: ProjectOf,
    who: WhoOf,
    person_id: str,
    everywhere: Annotated[bool, Query(description="The one in all projects.")] = False,
    seen: Annotated[
        Role | None, Query(description="The role that was seen there: 409 where it is another one by now.")
    ] = None,
) -> None:
    """Take the role in the project away, or the one in all."""
    person = read_person(parts.knowledge.store, who, project, person_id)
    accounts.require_other(who, person)
    accounts.set_role(
        parts.knowledge.store, who, scope_of(who, project, everywhere=everywhere), person, None, seen=seen
    )


@router.put("/people/{person_id}/password", summary="Set a password", status_code=204)
def set_password(parts: PartsOf, project: ProjectOf, who: WhoOf, person_id: str, wanted: PasswordIn) -> None:
    """Set somebody's password, unlock the account and end its sessions."""
    accounts.reset_password(
        parts.knowledge.store, who, read_person(parts.knowledge.store, who, project, person_id), wanted.password
    )


@router.delete("/people/{person_id}", summary="Take an account away", status_code=204)
def remove_person(parts: PartsOf, project: ProjectOf, who: WhoOf, person_id: str) -> None:
    """Take an account away; what the person did keeps the name."""
    person = read_person(parts.knowledge.store, who, project, person_id)
    accounts.require_other(who, person)
    accounts.remove_person(parts.knowledge.store, who, person)
