"""Who takes care of a category and until when it is put off: what can be chosen, and what a page shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy import Connection

from knowledge_base.errors import InputError
from knowledge_base.store.grouping import assignments
from knowledge_base.store.grouping.assignments import Care
from web.identity.session import Who
from web.pages.opening import Opened

NOBODY = "-"
"""Stands for no owner in a form; no name is a dash alone."""
Snoozes = tuple[tuple[str, Markup, str], ...]


@dataclass(frozen=True, slots=True)
class CarePart:
    """The owner and the snooze of one category, and the names and times that can be chosen instead."""

    owner: str
    snoozed_until: datetime | None
    people: tuple[str, ...]
    snoozes: Snoozes

    @property
    def who(self) -> Who | None:
        """The owner with initials."""
        return Who(self.owner) if self.owner else None


def read_part(db: Connection, page: Opened, number: int) -> CarePart:
    """Read what a category's page shows of it; only those who may choose get a choice."""
    care = assignments.read_care(db, page.project, [number]).get(number, Care())
    until = care.snoozed_until
    if not page.visit.may("engineer"):
        return CarePart(care.owner, _ahead(page, until), (), ())
    return CarePart(care.owner, _ahead(page, until), people_for(db, page), snoozes_for(page))


def people_for(db: Connection, page: Opened) -> tuple[str, ...]:
    """Name whom a category can be given to: the reader first."""
    others = [each for each in assignments.people(db, page.project) if each != page.actor]
    return (page.actor, *others)


def snoozes_for(page: Opened) -> Snoozes:
    """Offer times to put something off to, in the reader's zone: value, name, and when that is."""
    formats = page.visit.formats
    _ = formats.translator.text
    here = formats.now.astimezone(formats.zone)
    tomorrow = _morning(here + timedelta(days=1))
    offered: Sequence[tuple[Markup, datetime]] = (
        (_("For 4 hours"), here + timedelta(hours=4)),
        (_("Until tomorrow"), tomorrow),
        (_("Until Monday"), _morning(here + timedelta(days=7 - here.weekday()))),
        (_("For two weeks"), _morning(here + timedelta(days=14))),
    )
    return tuple((at.isoformat(timespec="minutes"), name, formats.moment(at)) for name, at in offered)


def read_time(written: str, page: Opened) -> datetime:
    """Read a time; one without a zone is the reader's. Raises InputError."""
    try:
        at = datetime.fromisoformat(written.strip())
    except ValueError:
        raise InputError("choose until when it is put off, such as 2026-11-30 09:00") from None
    return at.replace(tzinfo=page.visit.formats.zone) if at.tzinfo is None else at


def _ahead(page: Opened, until: datetime | None) -> datetime | None:
    return until if until is not None and until > page.parts.clock() else None


def _morning(day: datetime) -> datetime:
    return day.replace(hour=9, minute=0, second=0, microsecond=0)
