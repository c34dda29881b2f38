"""The list of questions that everybody asked: by how they stand, by words, by person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from markupsafe import Markup
from starlette.responses import Response

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.asking import question_pages
from knowledge_base.store.asking.question_pages import COUNTED, QuestionFilter, Standing, find_questions
from knowledge_base.store.asking.questions import AskedQuestion
from knowledge_base.store.grouping.briefs import Brief, briefs
from web.pages.opening import Opened, PageOf
from web.showing.formats import Formats
from web.showing.visit import Visit

PAGE_SIZE = 30
TEXT_LIMIT = 200

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """The list and what it is narrowed to; ``named`` tells of the categories that the rows are about."""

    wanted: QuestionFilter
    standings: tuple[tuple[str, Markup, str], ...]
    rows: tuple[AskedQuestion, ...]
    named: Mapping[str, Brief]
    waiting: str
    following: str | None

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return self.wanted != QuestionFilter()

    def parameters(self) -> dict[str, str]:
        """Give the parameters of the address."""
        standing = self.wanted.standing
        return {
            "q": self.wanted.text,
            "state": standing.value if standing else "",
            "who": self.wanted.user,
            "channel": self.wanted.channel,
        }

    def address(self, visit: Visit, **changed: str) -> str:
        """Write the address of the list with some filters changed, from its first page on."""
        return visit.url("/questions", **(self.parameters() | changed))


@router.get("/questions")
def show_questions(
    page: PageOf,
    q: Annotated[str, Query()] = "",
    state: Annotated[str, Query()] = "",
    who: Annotated[str, Query()] = "",
    channel: Annotated[str, Query()] = "",
    cursor: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show the list, or its part for the script that swaps it; a parameter that is none counts as not given."""
    wanted = QuestionFilter(
        text=_plain(q),
        standing=Standing(state) if state in [each.value for each in Standing] else None,
        user=_plain(who),
        channel=_plain(channel),
    )
    template = "questions_list.html" if page.visit.fragment else "questions.html"
    return page.show(template, _load(page, wanted, _before(cursor)))


def _load(page: Opened, wanted: QuestionFilter, before: int | None) -> QuestionsPage:
    with page.parts.knowledge.store.read() as db:
        found = find_questions(db, page.project, wanted, limit=PAGE_SIZE + 1, before=before)
        rows = tuple(found[:PAGE_SIZE])
        counts = question_pages.open_counts(db, page.project)
        numbers = {number_of(Prefix.CATEGORY, each.category_id) for each in rows if each.category_id}
        named = {each.id: each for each in briefs(db, page.project, numbers).values()}
    formats = page.visit.formats
    shown = QuestionsPage(
        wanted=wanted,
        standings=tuple(
            (standing.value, name, capped(formats, counts[standing]) if standing in counts else "")
            for standing, name in names_of_standings(formats).items()
        ),
        rows=rows,
        named=named,
        waiting=capped(formats, counts[Standing.ESCALATED]),
        following=None,
    )
    if len(found) <= PAGE_SIZE:
        return shown
    following = shown.address(page.visit, cursor=rows[-1].id)
    return QuestionsPage(wanted, shown.standings, rows, named, shown.waiting, following)


def names_of_standings(formats: Formats) -> dict[Standing, Markup]:
    """Say how a question stands, in the order of what there is to do about it."""
    _ = formats.translator.text
    return {
        Standing.ESCALATED: _("Handed over"),
        Standing.UNKNOWN: _("Not known"),
        Standing.KNOWN_UNSOLVED: _("No solution yet"),
        Standing.NOT_HELPFUL: _("Did not help"),
        Standing.SUGGESTED: _("Suggested"),
        Standing.ANSWERED: _("Answered, no word"),
        Standing.CONFIRMED: _("Confirmed"),
        Standing.CLOSED: _("Closed"),
    }


def capped(formats: Formats, count: int, most: int = COUNTED) -> str:
    """Write a count that was stopped at a limit."""
    return f"{formats.number(most - 1)}+" if count >= most else formats.number(count)


def _before(cursor: str) -> int | None:
    try:
        return number_of(Prefix.QUESTION, cursor) if cursor else None
    except NotFound:
        return None


def _plain(text: str) -> str:
    return " ".join(text[:TEXT_LIMIT].replace("\x00", " ").split())
