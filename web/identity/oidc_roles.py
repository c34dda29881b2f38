"""Who somebody is that an OpenID provider vouches for: the account, and the roles that groups stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from knowledge_base.errors import Conflict, InputError, NotAllowed
from knowledge_base.roles import EVERYWHERE, Role, read_role
from knowledge_base.settings import Settings
from knowledge_base.store.accounts import people
from knowledge_base.store.accounts.people import Person
from knowledge_base.store.store import Store
from web.identity.accounts import note
from web.identity.signin import NAME_LIMIT, clean_name

NAMESAKES = 50
NO_ROLE = "you have no role in Kea yet; ask an admin for one"


def read_groups(text: str) -> Mapping[str, Sequence[tuple[str, Role]]]:
    """Read which group has which role, in all projects or in one; raises InputError.

    >>> read_groups("ops=admin, dev=engineer@billing")
    {'ops': [('*', <Role.ADMIN: 'admin'>)], 'dev': [('billing', <Role.ENGINEER: 'engineer'>)]}
    """
    groups: dict[str, list[tuple[str, Role]]] = {}
    for entry in filter(None, (each.strip() for each in text.split(","))):
        group, equals, given = entry.rpartition("=")
        role, _, project = given.partition("@")
        if not equals or not group.strip():
            raise InputError(f"KEA_OIDC_ROLES: {entry[:80]!r} is not of the form group=role or group=role@project")
        groups.setdefault(group.strip(), []).append((project.strip() or EVERYWHERE, read_role(role)))
    return groups


def roles_from(claims: Mapping[str, Any], settings: Settings) -> dict[str, Role]:
    """Tell the roles that somebody's groups stand for; of several in one project the highest.

    A claim within another one is named with a dot, as ``realm_access.roles``.
    """
    found: Any = claims
    if settings.oidc_role_claim in claims:
        found = claims[settings.oidc_role_claim]
    else:
        for name in settings.oidc_role_claim.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    named = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    known = read_groups(settings.oidc_roles)
    roles: dict[str, Role] = {}
    for group in named:
        for project, role in known.get(group, ()) if isinstance(group, str) else ():
            roles[project] = max(role, roles.get(project, role), key=lambda each: each.rank)
    return roles


def recognise(store: Store, claims: Mapping[str, Any], settings: Settings) -> Person:
    """Find or make the account of whom the claims are about, by issuer and subject alone.

    An e-mail proves nothing here: who has it at the provider need not be who has it in Kea. Where groups have roles
    these are given anew at every sign-in. Raises NotAllowed where no role is meant for somebody.
    """
    subject = sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()
    default = None if settings.oidc_default_role == "none" else Role(settings.oidc_default_role)
    roles = roles_from(claims, settings) if settings.oidc_role_claim else {}
    with store.write() as db:
        number = people.find_subject(db, subject)
        is_new = number is None
        if number is None:
            number = _make(db, store, claims, subject)
        if settings.oidc_role_claim:
            given = roles or ({EVERYWHERE: default} if default else {})
            if given != people.roles_of(db, number):
                people.replace_roles(db, number, given)
        elif is_new and default is not None:
            people.set_role(db, EVERYWHERE, number, default)
        person = people.get_number(db, number)
        if is_new:
            told = ", ".join(f"{role}@{project}" for project, role in sorted(person.roles.items()))
            note(db, store, EVERYWHERE, person.name, "person", {"name": person.name, "roles": told})
        if is_new and not person.roles:  # raised in here, so that the newcomer is not kept
            raise NotAllowed(NO_ROLE)
    if not person.roles:
        raise NotAllowed(NO_ROLE)
    return person


def _make(db: Connection, store: Store, claims: Mapping[str, Any], subject: str) -> int:
    name = _name(claims)
    email = claims.get("email") if claims.get("email_verified") is True else None
    try:
        address = people.clean_email(email) if isinstance(email, str) else None
    except InputError:
        address = None
    if address is not None and people.find(db, address) is not None:
        address = None
    for number in range(1, NAMESAKES):
        chosen = name if number == 1 else f"{name} {number}"
        if people.find(db, chosen) is None:
            return people.add(db, name=chosen, email=address, subject=subject, now=store.clock())
    raise Conflict(f"there are too many people called {name!r}; ask an admin to take some away")


def _name(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username", "email", "sub"):
        text = claims.get(claim)
        if isinstance(text, str):
            try:
                return clean_name(text[: NAME_LIMIT - 4])
            except InputError:
                continue
    return "somebody"
