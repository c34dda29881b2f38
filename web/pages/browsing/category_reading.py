"""Reads what a category's page shows, in one state of the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import audit
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import FeedbackSum
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import categories, category_services, category_sums, template_reading
from knowledge_base.store.grouping.category_services import ServiceCount
from knowledge_base.store.intake import samples
from knowledge_base.store.rules.keep_rules import rules_of
from knowledge_base.store.solving import drafts, solutions
from knowledge_base.types import Category, Outcome, Solution, Template, Why
from web.drawing.sparkline import Bar
from web.pages.browsing.care import read_part
from web.pages.browsing.category_context import CategoryPage, Draft, Joined, LabelClash, Member, Sample, Thresholds
from web.pages.browsing.category_writing import compare_with, read_kept
from web.pages.browsing.proposed import find_proposed
from web.pages.browsing.related import find_related
from web.pages.browsing.volume import read_volume
from web.pages.opening import Opened
from web.showing.segments import line_segments, template_segments

MEMBERS_SHOWN = 50
SAMPLES_SHOWN = 6
EXPLAINED_LIMIT = 20_000
QUESTIONS_SHOWN = 20
HISTORY_SHOWN, HISTORY_MOST = 12, 500
HEALTH_WIDTH = 400


def read_page(
    db: Connection,
    page: Opened,
    category_id: str,
    *,
    range_name: str,
    done: int | None,
    draft: Draft | None,
    conflict: str,
    refused: str,
    clash: LabelClash | None = None,
    stale: str = "",
    all_history: bool = False,
) -> CategoryPage:
    """Read the page; with a draft the editor is open, with a clash that of the label. Raises NotFound."""
    project, formats = page.project, page.visit.formats
    number = categories.resolve_public(db, project, category_id)
    category = categories.get(db, project, number)
    members = template_reading.templates_in(db, project, number, MEMBERS_SHOWN)
    solution = _solution(db, project, category)
    written = tuple(solutions.get(db, project, each) for each in drafts.of_category(db, project, number))
    versions = solutions.history(db, project, number_of(Prefix.SOLUTION, solution.id)) if solution else []
    asked = questions.of_category(db, project, number, limit=QUESTIONS_SHOWN)
    feedback = questions.feedback_of(db, project, number)
    proposed = find_proposed(db, project, category)
    most = HISTORY_MOST if all_history else HISTORY_SHOWN
    acts = audit.of_category(db, project, number, limit=most + 1)
    _ = formats.translator.text
    present = solution or next(iter(written), None)
    if draft is None and page.visit.may("engineer"):
        draft = read_kept(db, page, number, present)
    return CategoryPage(
        category=category,
        template=template_segments(members[0].text if members else category.template),
        members=tuple(Member(each, template_segments(each.text)) for each in members),
        joined=_joined(members),
        volume=read_volume(db, project, number, range_name=range_name, versions=versions, formats=formats),
        range=range_name,
        ranges=(("hour", _("Hour")), ("day", _("Day")), ("week", _("Week")), ("14d", _("14 d"))),
        samples=tuple(read_samples(db, project, number, members, page.visit.language)),
        questions=tuple(asked),
        feedback=feedback,
        health=_health(feedback),
        waiting=sum(each.outcome is Outcome.KNOWN_UNSOLVED for each in asked),
        solution=solution,
        drafts=written,
        shared_with=tuple(each for each in solution.category_ids if each != category.id) if solution else (),
        history=tuple(acts[:most]),
        more_history=len(acts) > most and not all_history,
        proposed=proposed,
        related=find_related(db, project, category, members=members, proposed=proposed, solution=solution),
        services=tuple(_services(db, project, number)),
        care=read_part(db, page, number),
        rules=rules_of(db, project, number),
        thresholds=Thresholds(page.parts.settings.propose_threshold, page.parts.settings.group_threshold),
        done=_entry(db, project, done),
        editing=draft is not None,
        draft=draft or _draft_of(solution, written),
        conflict=conflict,
        refused=refused,
        clash=clash,
        stale=stale,
        meanwhile=compare_with(present, draft) if draft and (conflict or draft.is_behind) else None,
    )


def _services(db: Connection, project: str, number: int) -> Sequence[ServiceCount]:
    kept = category_sums.crowded_services(db, project, number)
    return category_services.services_of(db, project, number) if kept is None else kept


def _solution(db: Connection, project: str, category: Category) -> Solution | None:
    if category.solution_id is None:
        return None
    return solutions.get(db, project, number_of(Prefix.SOLUTION, category.solution_id))


def _draft_of(solution: Solution | None, written: Sequence[Solution]) -> Draft:
    if solution is not None:
        return Draft(solution.title, solution.cause, solution.body, solution.version, seen=solution.id)
    found = next(iter(written), None)
    if found is None:
        return Draft()
    return Draft(found.title, found.cause, found.body, found.version, found.id, found.id)


def _entry(db: Connection, project: str, number: int | None) -> Entry | None:
    try:
        return None if number is None else audit.get(db, project, number)
    except NotFound:
        return None


def _joined(members: Sequence[Template]) -> Joined:
    scored = [each.reason for each in members if each.reason.why is Why.SIMILARITY]
    put = [each.reason for each in members if each.reason.why is Why.PERSON]
    return Joined(
        by_score=len(scored),
        by_code=sum(each.reason.why is Why.CODE for each in members),
        by_word=sum(each.reason.why is Why.CARDINALITY for each in members),
        by_rule=sum(each.reason.why is Why.RULE for each in members),
        by_people=len(put),
        lowest=min((each.score for each in scored), default=0.0),
        threshold=max((each.threshold for each in scored), default=0.0),
        people=tuple(dict.fromkeys(each.actor for each in put if each.actor)),
    )


def read_samples(
    db: Connection,
    project: str,
    number: int,
    members: Sequence[Template],
    language: str,
    *,
    limit: int = SAMPLES_SHOWN,
) -> list[Sample]:
    """Read the newest lines of a category, with the values marked that its templates leave open.

    Those of a crowded one are of the most frequent templates.
    """
    texts = {number_of(Prefix.TEMPLATE, each.id): each.text for each in members}
    is_crowded = category_sums.is_crowded(db, project, number)
    templates = list(texts) if is_crowded else categories.templates_of(db, project, number)
    shown = []
    for line in samples.samples_of(db, project, templates, limit):
        chinese = any("\u4e00" <= each <= "\u9fff" for each in line.text)
        foreign = "" if chinese == (language == "zh") else "zh-CN" if chinese else "en"
        pieces = line_segments(line.text, texts.get(line.template, ""))
        text = line.text if len(line.text) <= EXPLAINED_LIMIT else ""
        shown.append(Sample(line.at, line.service, text, pieces, foreign))
    return shown


def _health(feedback: FeedbackSum) -> tuple[Bar, ...]:
    parts = ((feedback.helpful, "good"), (feedback.no_word, "none"), (feedback.not_helpful, "bad"))
    total = sum(n for n, _ in parts)
    bars, place = [], 0.0
    for n, css in parts:
        width = n / total * HEALTH_WIDTH if total else 0.0
        if width:
            bars.append(Bar(round(place, 1), 0, round(max(1.0, width - 2), 1), 8, css))
        place += width
    return tuple(bars)
