"""The signed cookie of a browser that has signed in, and who is asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from knowledge_base.roles import EVERYWHERE, Role, role_in
from knowledge_base.types import DEFAULT_PROJECT

COOKIE = "kea_session"
LIFE = timedelta(days=30)
BY_LINK: Mapping[str, Role] = {EVERYWHERE: Role.ADMIN}
"""What a browser may do that came in by a one-time link: whoever makes one can run commands where Kea runs."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who is asking. ``project`` is set for a program, whose token is good for that project alone.

    ``person`` is the number of whom has an account, ``session`` the secret of the browser's session.
    """

    name: str
    project: str | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    person: int | None = None
    session: str = field(default="", repr=False)

    @property
    def initials(self) -> str:
        """One or two letters for the round mark.

        >>> Who("Lin Wei").initials
        'LW'
        >>> Who("陈洁").initials
        '陈'
        """
        words = self.name.split()
        letters = words[0][:1] + (words[-1][:1] if len(words) > 1 else "")
        return letters.upper()

    @property
    def key(self) -> str:
        """What tells whoever asks from all others."""
        return f"person {self.person}" if self.person is not None else f"{self.project or ''} {self.name}"

    @property
    def home(self) -> str:
        """The project that is meant where none is named."""
        if self.project is not None:
            return self.project
        if self.role_in(DEFAULT_PROJECT) is not None or not self.roles:
            return DEFAULT_PROJECT
        return min(self.roles)

    def role_in(self, project: str) -> Role | None:
        """Tell the role in a project; None where there is none."""
        if self.project is not None and project != self.project:
            return None
        return role_in(self.roles, project)

    def may(self, least: Role, project: str) -> bool:
        """Whether the role in a project covers another one."""
        role = self.role_in(project)
        return role is not None and role.covers(least)


@dataclass(frozen=True, slots=True)
class Cookie:
    """What a cookie says: a name, and the secret of a session."""

    name: str
    secret: str


def write_session(key: str, name: str, secret: str) -> str:
    """Write the cookie's value."""
    return _signer(key).dumps({"name": name, "secret": secret})


def read_session(key: str, value: str) -> Cookie | None:
    """Read the cookie's value; None for one that is forged, older than 30 days or of no session."""
    try:
        data = _signer(key).loads(value, max_age=int(LIFE.total_seconds()))
    except BadData:
        return None
    name, secret = (data.get("name"), data.get("secret")) if isinstance(data, dict) else (None, None)
    return Cookie(name, secret) if isinstance(name, str) and name and isinstance(secret, str) and secret else None


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="kea.session")
