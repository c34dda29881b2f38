"""The signed cookie of a browser that has signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

COOKIE = "kea_session"
LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Who:
    """Who is asking. ``project`` is set for a program, whose token is good for that project alone."""

    name: str
    project: str | None = None

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


def write_session(key: str, name: str) -> str:
    """Write the cookie's value."""
    return _signer(key).dumps({"name": name})


def read_session(key: str, value: str) -> Who | None:
    """Read the cookie's value; None for one that is forged or older than 30 days."""
    try:
        data = _signer(key).loads(value, max_age=int(LIFE.total_seconds()))
    except BadData:
        return None
    name = data.get("name") if isinstance(data, dict) else None
    return Who(name) if isinstance(name, str) and name else None


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="kea.session")
