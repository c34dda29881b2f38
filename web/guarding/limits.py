"""How often somebody may do what costs much or could be guessed, counted in the database for all processes together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from knowledge_base.errors import KeaError, TooOften
from knowledge_base.settings import Settings
from knowledge_base.store.accounts import trials
from knowledge_base.store.store import Store


class Limit(StrEnum):
    """What is counted together."""

    SIGN_IN = "sign-in"
    LEAVE = "leave for the provider"
    RETURN = "return from the provider"
    ASK = "ask"
    FEEDBACK = "feedback"


LIMITED: Mapping[str, Limit] = {
    "POST /sign-in": Limit.SIGN_IN,
    "POST /sign-in/password": Limit.SIGN_IN,
    "GET /sign-in/oidc": Limit.LEAVE,
    "GET /sign-in/oidc/callback": Limit.RETURN,
    "POST /account/password": Limit.SIGN_IN,
    "POST /ask": Limit.ASK,
    "POST /api/v1/ask": Limit.ASK,
    "POST /feedback": Limit.FEEDBACK,
    "POST /api/v1/feedback": Limit.FEEDBACK,
}
"""The routes that are counted. A foreign page can bring about any GET, so none counts as a password that is tried."""
BY_ADDRESS = frozenset({Limit.SIGN_IN, Limit.LEAVE, Limit.RETURN})
"""What counts for an address, whoever is signed in there."""


class DatabaseStorage(Storage):
    """Keeps the counts of ``limits`` in Kea's own database."""

    STORAGE_SCHEME = ["kea"]  # noqa: RUF012 - declared so by the base class

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong in the database."""
        return KeaError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and tell how often that was within the time."""
        now = self.store.clock()
        with self.store.write() as db:
            count = trials.add(db, key, now=now, life=timedelta(seconds=expiry), amount=amount)
            if count == amount:  # a new time begins: seldom enough to tidy up
                trials.sweep(db, now)
            return count

    def get(self, key: str) -> int:
        """Tell how often that was."""
        with self.store.read() as db:
            return trials.read(db, key, self.store.clock())[0]

    def get_expiry(self, key: str) -> float:
        """Tell when it is forgotten, in seconds since the epoch."""
        now = self.store.clock()
        with self.store.read() as db:
            return (trials.read(db, key, now)[1] or now).timestamp()

    def check(self) -> bool:
        """Whether the database answers."""
        with self.store.read():
            return True

    def reset(self) -> int | None:
        """Forget what is over; what counts stays."""
        with self.store.write() as db:
            trials.sweep(db, self.store.clock())
        return None

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self.store.write() as db:
            trials.clear(db, key)


class Limits:
    """Counts what somebody does and refuses what is too much; 0 in the settings means no limit."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._limiter = FixedWindowRateLimiter(DatabaseStorage(store))
        self._store = store
        self._allowed = {
            **dict.fromkeys(BY_ADDRESS, settings.sign_ins_per_minute),
            Limit.ASK: settings.questions_per_minute,
            Limit.FEEDBACK: settings.questions_per_minute,
        }

    def count(self, limit: Limit, who: str) -> None:
        """Count once; raises TooOften with the seconds to wait."""
        allowed = self._allowed[limit]
        if not allowed:
            return
        item = RateLimitItemPerMinute(allowed)
        if not self._limiter.hit(item, limit.value, who):
            over = self._limiter.get_window_stats(item, limit.value, who).reset_time
            wait = min(max(1, round(over - self._store.clock().timestamp())), 60)
            raise TooOften(f"that was more than {allowed:,} times within a minute; try again in {wait} s", wait)
