"""Signing in: one-time links for people, tokens for programs.

A link carries a signed ticket. The ticket's file in the data folder is taken away when the link is
used, so that it works once, whatever process is asked.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from itsdangerous import BadData, URLSafeTimedSerializer

from knowledge_base.errors import Conflict, InputError, NotAllowed
from knowledge_base.roles import Role
from knowledge_base.settings import Settings
from knowledge_base.store import audit
from knowledge_base.store.accounts import tokens
from knowledge_base.store.projects import require_project
from knowledge_base.store.store import Store
from web.identity.secret import signing_key

LINK_LIFE = timedelta(hours=24)
TICKETS = "sign-in"
TOKEN_PREFIX = "kea_"  # noqa: S105 - the visible start of a token, so that scanners recognise a leaked one
NAME_LIMIT = 80


def make_link(settings: Settings, *, host: str | None = None, port: int | None = None) -> str:
    """Make a link that signs one browser in, once, within 24 hours.

    It begins with ``KEA_PUBLIC_URL`` where that is set; ``host`` and ``port`` replace those of the settings otherwise.
    Raises StorageUnavailable.
    """
    home = settings.home_path
    signer = _signer(signing_key(home))
    ticket = secrets.token_hex(16)
    folder = home / TICKETS
    folder.mkdir(mode=0o700, exist_ok=True)
    _sweep(folder)
    (folder / _file_name(ticket)).touch(mode=0o600)
    base = settings.public_url.rstrip("/") or _own_address(
        host or settings.host, settings.port if port is None else port
    )
    return f"{base}/sign-in?token={quote(signer.dumps(ticket))}"


def _own_address(address: str, port: int) -> str:
    if address in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound to
        address = "127.0.0.1"
    if ":" in address:
        address = f"[{address}]"
    return f"http://{address}:{port}"


def check_link(home: Path, key: str, token: str) -> str:
    """Tell the ticket of a link that would still work; raises NotAllowed with what to do."""
    try:
        ticket = _signer(key).loads(token, max_age=int(LINK_LIFE.total_seconds()))
    except BadData:
        ticket = None
    if not isinstance(ticket, str) or not (home / TICKETS / _file_name(ticket)).exists():
        raise NotAllowed("this sign-in link is too old, was used before or is not complete; make a new one")
    return ticket


def use_link(home: Path, key: str, token: str) -> None:
    """Use a link up; raises NotAllowed where it does not work any more."""
    ticket = check_link(home, key, token)
    try:
        (home / TICKETS / _file_name(ticket)).unlink()
    except FileNotFoundError:
        raise NotAllowed("this sign-in link was used before; make a new one") from None


def make_token(
    store: Store,
    project: str,
    name: str,
    *,
    role: Role = Role.ENGINEER,
    made_by: str = "",
    life: timedelta | None = None,
    replaces: bool = True,
) -> str:
    """Make the token of a program, in place of the one that it had where it ``replaces``; only its hash is kept.

    It works for ever unless it has a ``life``. Raises InputError for a name that cannot be one, NotFound for an
    unknown project, Conflict for a name that is taken and is not to be replaced.
    """
    name = clean_name(name)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = store.clock()
    with store.write() as db:
        require_project(db, project)
        if not replaces and any(each.name == name for each in tokens.list_tokens(db, project)):
            raise Conflict(f"there is a token {name!r} already; revoke it first, or choose another name")
        tokens.put(
            db,
            project,
            name=name,
            secret=secret,
            role=role,
            made_by=made_by,
            now=now,
            expires_at=None if life is None else now + life,
        )
        detail = {"name": name, "role": role.value}
        audit.write(
            db, project, actor=made_by or name, action="token", category=None, detail=detail, undo=None, now=now
        )
    return secret


def clean_name(name: str) -> str:
    """Give a name in the form in which it is kept; raises InputError for none or a long one.

    >>> clean_name("  Lin   Wei ")
    'Lin Wei'
    """
    cleaned = " ".join("".join(each if each.isprintable() else " " for each in name).split())
    if not cleaned:
        raise InputError("a name is needed")
    if len(cleaned) > NAME_LIMIT:
        raise InputError(f"the name has {len(cleaned)} characters, {NAME_LIMIT} are allowed")
    return cleaned


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="kea.sign-in-link")


def _file_name(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", errors="replace")).hexdigest()


def _sweep(folder: Path) -> None:
    """Remove the files of links that nobody used in time."""
    oldest = time.time() - LINK_LIFE.total_seconds() - 60
    for file in folder.iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
