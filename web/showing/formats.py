"""Numbers and times as a reader writes them: in their language and time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton
from babel.numbers import format_decimal
from markupsafe import Markup

from web.showing.language import CHINESE, Translator
from web.showing.scores import two_places

ZONE_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Formats:
    """The habits of one reader at one moment."""

    translator: Translator
    zone: tzinfo
    now: datetime

    @property
    def locale(self) -> str:
        """The locale's name as Babel knows it."""
        return self.translator.language

    def number(self, value: int) -> str:
        """Write a whole number with its separators."""
        return str(format_decimal(value, locale=self.locale))

    def percent(self, value: float) -> str:
        """Write a share of 1 as whole percent; 100 % only for what is certain."""
        whole = int(value * 100 + 0.5)
        return f"{min(whole, 99) if value < 1 else whole} %"

    def sure(self, chance: float) -> str:
        """Write a chance as whole percent, cut off, as in chats: below a threshold must not look equal to it.

        >>> formats = Formats(Translator("en", {}), UTC, datetime(2026, 1, 1, tzinfo=UTC))
        >>> formats.sure(0.879), formats.sure(0.29), formats.sure(1.0)
        ('87 %', '29 %', '100 %')
        """
        return f"{int(chance * 100 + 1e-9)} %"

    def score(self, value: float) -> str:
        """Write a similarity as it stands beside its threshold: cut off, so that what is below one does not look equal.

        >>> formats = Formats(Translator("en", {}), UTC, datetime(2026, 1, 1, tzinfo=UTC))
        >>> formats.score(0.86), formats.score(0.8799), formats.score(1.0)
        ('.86', '.87', '1.00')
        """
        return two_places(value).removeprefix("0")

    def full(self, at: datetime) -> str:
        """Write a time with all that is known of it."""
        return str(format_datetime(at, "medium", tzinfo=self.zone, locale=self.locale))

    def moment(self, at: datetime) -> str:
        """Write a time as short as the day allows: the hour today, day and hour this year, else the date."""
        there, here = at.astimezone(self.zone), self.now.astimezone(self.zone)
        if there.date() == here.date():
            return f"{there:%H:%M}"
        if there.year != here.year:
            return str(format_skeleton("yMMMd", at, tzinfo=self.zone, locale=self.locale))
        return f"{self.day(at)} {there:%H:%M}"

    def written(self, at: str) -> str:
        """Write a time that was kept as text, in ISO 8601."""
        return self.moment(datetime.fromisoformat(at))

    def clock(self, at: datetime) -> str:
        """Write the time of day."""
        return f"{at.astimezone(self.zone):%H:%M:%S}"

    def day(self, at: datetime) -> str:
        """Write the day; in Chinese with a space around the digits, as in all sentences."""
        if self.locale == CHINESE:
            there = at.astimezone(self.zone)
            return f"{there.month} 月 {there.day} 日"
        return str(format_skeleton("MMMd", at, tzinfo=self.zone, locale=self.locale))

    def ago(self, at: datetime) -> Markup:
        """Tell how long ago something was; beyond four weeks its day."""
        _ = self.translator.text
        seconds = max(0, int((self.now - at).total_seconds()))
        if seconds < 60:
            return _("%(n)s s ago", n=seconds)
        if seconds < 3600:
            return _("%(n)s min ago", n=seconds // 60)
        if seconds < 48 * 3600:
            return _("%(n)s h ago", n=seconds // 3600)
        if seconds < 28 * 86400:
            return _("%(n)s d ago", n=seconds // 86400)
        return Markup("%s") % (self.day(at) if self.now - at < timedelta(days=300) else self.moment(at))

    def time(self, at: datetime, shown: object) -> Markup:
        """Put a written time into the page with its exact value."""
        iso = at.astimezone(UTC).isoformat(timespec="seconds")
        return Markup('<time datetime="{}" title="{}">{}</time>').format(iso, self.full(at), shown)

    def since(self, at: datetime) -> Markup:
        """Put how long ago something was into the page."""
        return self.time(at, self.ago(at))

    def at(self, at: datetime) -> Markup:
        """Put a short time into the page."""
        return self.time(at, self.moment(at))


def read_zone(name: str) -> tzinfo:
    """Find a time zone by the name that a browser gives; UTC for one that is not there.

    >>> str(read_zone("Asia/Shanghai")), str(read_zone("../etc/passwd"))
    ('Asia/Shanghai', 'UTC')
    """
    if not name or len(name) > ZONE_LIMIT:
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return UTC
