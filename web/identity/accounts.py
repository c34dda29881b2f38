"""Accounts: signing in by password with a lock after failures, sessions, and what admins do to accounts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Connection

from knowledge_base.errors import Conflict, InputError, NotAllowed, StaleVersion, TooOften
from knowledge_base.roles import EVERYWHERE, Role
from knowledge_base.store import audit
from knowledge_base.store.accounts import people, sessions, trials
from knowledge_base.store.accounts.people import Person
from knowledge_base.store.store import Store
from web.identity.devices import Device
from web.identity.passwords import LONGEST, check_strength, hash_password, is_outdated, make_password, matches
from web.identity.session import LIFE, Who
from web.identity.signin import clean_name

TRIES = 5
"""How often a password may be wrong from one address."""
TRIES_IN_ALL = 100
"""How often from all addresses together, at most what NIST SP 800-63B allows; few, and a stranger locks people out."""
LOCKED = timedelta(minutes=15)
LOOKED_AT = 50
WRONG = "name, e-mail or password is wrong; an admin can set a new password, `kea sign-in-link` makes another way in"


def sign_in(store: Store, login: str, password: str, *, address: str, device: Device | None = None) -> Person:
    """Tell who signs in by name or e-mail and password.

    Raises NotAllowed where they do not fit, whichever it is, and TooOften after five failures from an address, or in
    a browser in which that person signed in before, within a quarter of an hour, until it is over. Both say nothing
    about whether there is such a person.
    """
    if len(password) > LONGEST or len(login) > LONGEST:
        raise NotAllowed(WRONG)
    with store.write() as db:
        found = people.find(db, login)
        hashed = None if found is None else found[2]
        whose = people.fold(login) if found is None else found[0]
        if device is not None and device.person != whose:
            device = None
        count_try(db, store, whose, hashed, address=address, device=device)
    if not matches(hashed, password) or found is None or hashed is None:
        raise NotAllowed(WRONG)
    fresh = hash_password(password) if is_outdated(hashed) else None
    with store.write() as db:
        _forget_tries(db, found[0], hashed, address, device)
        if fresh is not None:
            people.set_password(db, found[0], fresh)
        return people.get_number(db, found[0])


def count_try(
    db: Connection,
    store: Store,
    whose: int | str,
    hashed: str | None,
    *,
    address: str,
    device: Device | None = None,
) -> None:
    """Count before the password is looked at, so that many tries at once are not more than five either.

    What one address may not try any more does not count for all. A browser of that person counts for itself alone.
    Raises TooOften, with which nothing is counted.
    """
    now = store.clock()
    for key, allowed in zip(_keys(whose, hashed, address, device), (TRIES, TRIES_IN_ALL), strict=False):
        if trials.add(db, key, now=now, life=LOCKED) > allowed:
            until = trials.read(db, key, now)[1] or now
            minutes = max(1, round((until - now).total_seconds() / 60))
            raise TooOften(f"that failed {allowed} times; try again in {minutes} min", minutes * 60)


def _keys(whose: int | str, hashed: str | None, address: str, device: Device | None) -> tuple[str, ...]:
    """Name what tries count for, from one address and from all: a person by number, or a name that nobody has.

    The present hash is in it, so that a new password begins anew wherever somebody tried. No name holds a line break.
    """
    account = f"password of {'person' if isinstance(whose, int) else 'name'} {whose}\n{hashed or ''}"
    return (f"{account}\nin {device.mark}",) if device else (f"{account}\nfrom {address}", account)


def _forget_tries(db: Connection, person: int, hashed: str | None, address: str, device: Device | None = None) -> None:
    for key in _keys(person, hashed, address, device):
        trials.clear(db, key)


def start_session(store: Store, *, person: int | None, name: str, former: str = "") -> str:
    """Begin a session and end the browser's former one; give the secret for its cookie."""
    secret = secrets.token_urlsafe(32)
    now = store.clock()
    with store.write() as db:
        if former:
            sessions.end(db, former)
        sessions.start(db, secret, person=person, name=name, now=now, life=LIFE)
        if person is not None:
            people.note_seen(db, person, now)
    return secret


def add_person(
    store: Store, *, by: Who | str, project: str, name: str, role: Role, email: str = "", password: str = ""
) -> tuple[Person, str]:
    """Add a person with a role in a project or in all; give the password too, one that is made where none is given.

    Raises InputError for what cannot be a name, an e-mail or a password, Conflict where somebody has it.
    """
    name, address = clean_name(name), people.clean_email(email)
    chosen = password or make_password()
    check_strength(chosen, name, address)
    hashed = hash_password(chosen)
    with store.write() as db:
        number = people.add(db, name=name, email=address, password=hashed, now=store.clock())
        people.set_role(db, project, number, role)
        note(db, store, project, by, "person", {"name": name, "role": role.value})
        return people.get_number(db, number), chosen


def be_admin(store: Store, name: str, password: str) -> Person:
    """Give whoever came by a link an account that is admin of all projects, or the present one of that name.

    It sets the password of that account: a link is also the way back for an admin who forgot it. Raises InputError
    for what cannot be a name or password, Conflict where the name is another one's (``check_link_name``).
    """
    name = clean_name(name)
    check_strength(password, name)
    hashed = hash_password(password)
    with store.write() as db:
        present = _present(db, name)
        if present is None:
            number = people.add(db, name=name, password=hashed, now=store.clock())
        else:
            number = present
            people.set_password(db, number, hashed)
            sessions.end_all(db, number)
        people.set_role(db, EVERYWHERE, number, Role.ADMIN)
        note(db, store, EVERYWHERE, name, "person", {"name": name, "role": Role.ADMIN.value})
        return people.get_number(db, number)


def check_link_name(store: Store, name: str) -> None:
    """Raise Conflict where whoever came by a link cannot have an account of this name.

    It is the e-mail of somebody, or the name of somebody who comes by the OpenID provider.
    """
    with store.read() as db:
        _present(db, name)


def _present(db: Connection, name: str) -> int | None:
    found = people.find(db, name)
    if found is None:
        return None
    if people.fold(found[1]) != people.fold(name):
        raise Conflict("that is the e-mail of somebody already; choose another name")
    if people.get_number(db, found[0]).from_provider:
        raise Conflict("somebody who comes by the OpenID provider has this name; choose another one")
    return found[0]


def change_password(store: Store, who: Who, former: str, wanted: str, *, address: str) -> None:
    """Change one's own password and end one's other sessions.

    Raises NotAllowed where the former one is wrong, InputError where the new one cannot be one.
    """
    if who.person is None:
        raise NotAllowed("this browser came by a link and has no account; sign in with one to change its password")
    with store.write() as db:
        person = people.get_number(db, who.person)
        hashed = people.password_of(db, who.person)
        count_try(db, store, who.person, hashed, address=address)
    if len(former) > LONGEST or not matches(hashed, former):
        raise NotAllowed("the present password is wrong")
    check_strength(wanted, person.name, person.email)
    if wanted == former:
        raise InputError("that is the present password; choose another one")
    fresh = hash_password(wanted)
    with store.write() as db:
        _forget_tries(db, who.person, hashed, address)
        people.set_password(db, who.person, fresh)
        sessions.end_all(db, who.person)


def reset_password(store: Store, by: Who | str, person: Person, wanted: str = "") -> str:
    """Set somebody's password, which unlocks the account, and end its sessions; give the password."""
    chosen = wanted or make_password()
    check_strength(chosen, person.name, person.email)
    hashed = hash_password(chosen)
    with store.write() as db:
        people.set_password(db, person.number, hashed)
        sessions.end_all(db, person.number)
        note(db, store, EVERYWHERE, by, "password", {"name": person.name})
    return chosen


def set_role(
    store: Store, by: Who | str, project: str, person: Person, role: Role | None, *, seen: str | None = None
) -> None:
    """Give somebody a role in a project or in all, or take it away; it holds from the next request on.

    ``seen`` is the role that was seen there, empty for none; StaleVersion is raised where it is another by now.
    """
    with store.write() as db:
        people.hold(db, person.number)
        present = people.roles_of(db, person.number).get(project)
        if seen is not None and seen != (present or "") and present != role:
            raise StaleVersion(
                f"{_who_gave(db, project, person)} gave {person.name} the role {present or 'none'} meanwhile,"
                f" it was {seen or 'none'}; you wanted {role or 'none'}"
            )
        people.set_role(db, project, person.number, role)
        note(db, store, project, by, "role", {"name": person.name, "role": role and role.value})


def _who_gave(db: Connection, project: str, person: Person) -> str:
    found = audit.of_actions(db, project, ("role",), limit=LOOKED_AT)
    return next((each.actor for each in found if each.detail.get("name") == person.name), "somebody")


def remove_person(store: Store, by: Who | str, person: Person) -> None:
    """Take an account away; what the person did keeps the name."""
    with store.write() as db:
        people.remove(db, person.number)
        note(db, store, EVERYWHERE, by, "remove person", {"name": person.name})


def require_other(who: Who, person: Person) -> None:
    """Raise NotAllowed where admins would lock themselves out."""
    if who.person == person.number:
        raise NotAllowed("that is your own account; let another admin do it")


def note(db: Connection, store: Store, project: str, by: Who | str, action: str, detail: Mapping[str, object]) -> None:
    """Keep who did what to an account; of all projects it is kept under ``*``."""
    actor = by if isinstance(by, str) else by.name
    audit.write(db, project, actor=actor, action=action, category=None, detail=detail, undo=None, now=store.clock())
