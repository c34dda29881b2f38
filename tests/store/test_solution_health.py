"""Whether solutions help, by what people say and by what becomes of the lines; the list that is narrowed by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from knowledge_base import curation
from knowledge_base.curation.solving import reviewing
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.solution_details import AppliesTo, Details, Link, Variant
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import NewQuestion
from knowledge_base.store.intake import ingestion
from knowledge_base.store.intake.counts import minute_of
from knowledge_base.store.intake.ingestion import StoredLine
from knowledge_base.store.solving import solution_health, solution_list, solutions
from knowledge_base.store.solving.solution_health import Health, Measured
from knowledge_base.store.solving.solution_list import SolutionFilter, Stage
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.store.tables import MinuteCountRow, SolutionRow
from knowledge_base.types import Outcome, SolutionState, Verdict
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import new_template
from web.running.solution_health_loop import SolutionHealthLoop

DAY = timedelta(days=1)
NOW = START + 10 * DAY
"""Ten days after everything was published."""


def category(store: Store, name: str, at: Sequence[datetime] = ()) -> str:
    """Make a category with a line at each of these times."""
    with store.write() as db:
        kept = ingestion.ensure_templates(db, MINE, [new_template(name, service="etl")], START)
        lines = [StoredLine(name, each, "etl", name) for each in at or [START - 30 * DAY]]
        ingestion.keep_batch(db, MINE, lines, kept, ring_size=10, samples_per_template=5)
    return public_id(Prefix.CATEGORY, kept[name].category)


def solved(store: Store, category_id: str, title: str = "Free it", details: Details | None = None) -> int:
    text = SolutionText(title, "", "do", details)
    done = curation.attach(store, MINE, category_id, text, actor="Mei")
    assert done.solution is not None
    return number_of(Prefix.SOLUTION, done.solution.id)


def say(store: Store, solution: int, verdict: Verdict, user: str, *, version: int = 1) -> None:
    new = NewQuestion("api", "", user, "what?", "f", Outcome.ANSWERED, 1.0, None, None, solution, version, {})
    with store.write() as db:
        asked = questions.record(db, MINE, new, START)
        questions.give_feedback(db, MINE, asked, user=user, verdict=verdict, comment="", now=START)


def measured(store: Store, solution: int, now: datetime = NOW) -> Measured:
    with store.read() as db:
        return solution_health.measure(db, MINE, [solution], now)[solution]


def test_lines_that_come_on_after_publishing_are_told(store: Store) -> None:
    before = [START - timedelta(hours=h) for h in range(1, 41)]
    after = [NOW - timedelta(hours=h) for h in range(1, 40)]
    stays = solved(store, category(store, "stays", [*before, *after]))
    falls = solved(store, category(store, "falls", [*before, *after[:10], START - 8 * DAY, START + DAY]))
    rare = solved(store, category(store, "rare", [*before[:5], *after]))
    assert measured(store, stays) == Measured(before=40, after=39)
    assert (measured(store, stays).mark, measured(store, stays).change) == (Health.VOLUME, -2)
    assert (measured(store, falls), measured(store, falls).mark) == (Measured(before=40, after=10), Health.HELPS)
    assert (measured(store, rare).mark, measured(store, rare).change) == (Health.NONE, None)
    assert measured(store, stays, START + 6 * DAY) == Measured(), "nothing is told in the first week"


def test_lines_of_all_its_categories_count_and_a_new_version_begins_anew(store: Store) -> None:
    before = [START - timedelta(hours=h) for h in range(1, 16)]
    first, second = category(store, "a", before), category(store, "b", before)
    number = solved(store, first)
    curation.link(store, MINE, second, public_id(Prefix.SOLUTION, number), actor="Mei")
    assert measured(store, number).before == 30
    with store.write() as db:
        text = SolutionText("Free it", "", "do this")
        solutions.revise(db, MINE, number, text, author="Mei", now=START + 9 * DAY, based_on=1)
    assert measured(store, number) == Measured()


def test_feedback_that_turned_bad_is_told_of_the_newest_version_alone(store: Store) -> None:
    number = solved(store, category(store, "a"))
    for user in ("ana", "bo"):
        say(store, number, Verdict.NOT_HELPFUL, user)
    assert measured(store, number).mark is Health.NONE
    say(store, number, Verdict.NOT_HELPFUL, "cy")
    say(store, number, Verdict.HELPFUL, "dee")
    assert measured(store, number).mark is Health.FEEDBACK
    with store.write() as db:
        solutions.revise(db, MINE, number, SolutionText("Other", "", ""), author="Mei", now=START, based_on=1)
    found = measured(store, number)
    assert (found.helpful, found.not_helpful, found.recent_not_helpful, found.mark) == (1, 3, 0, Health.NONE)
    for user in ("ana", "bo", "cy"):
        say(store, number, Verdict.HELPFUL, user, version=2)
    assert measured(store, number).mark is Health.HELPS


def find(store: Store, wanted: SolutionFilter | None = None, *, project: str = MINE) -> list[str]:
    with store.read() as db:
        page = solution_list.find(db, project, wanted or SolutionFilter(), limit=50)
        return [each.title for each in page.items]


def test_the_list_is_narrowed_and_paged(store: Store) -> None:
    etl = Details("en", (AppliesTo("etl", "≥ 3"),))
    homes = [category(store, name) for name in ("a", "b", "c")]
    first = solved(store, homes[0], "First 100% full", etl)
    second = solved(store, homes[1], "Second")
    draft = curation.draft(store, MINE, homes[2], SolutionText("Third", "", "do", etl), actor="Mei").solution
    assert draft is not None
    assert find(store) == ["Third", "Second", "First 100% full"], "what was changed last comes first"
    assert find(store, project=OTHER) == []
    assert find(store, SolutionFilter(service="etl")) == ["Third", "First 100% full"]
    assert find(store, SolutionFilter(stage=Stage.DRAFT)) == ["Third"]
    assert find(store, SolutionFilter(text="100% FIRST")) == ["First 100% full"]
    assert find(store, SolutionFilter(text="%")) == ["First 100% full"]
    assert find(store, SolutionFilter(text=f"s-{second}")) == ["Second"]
    assert find(store, SolutionFilter(text=homes[0])) == ["First 100% full"]
    text = SolutionText("Third", "", "do", etl)
    reviewing.ask_review(store, MINE, draft.id, text, based_on=1, actor="Mei")
    assert find(store, SolutionFilter(stage=Stage.REVIEW)) == ["Third"]
    assert find(store, SolutionFilter(stage=Stage.DRAFT)) == []
    with store.write() as db:
        marks = {first: Measured(recent_not_helpful=3), second: Measured(before=50, after=50)}
        solution_health.keep(db, MINE, marks, NOW)
    assert find(store, SolutionFilter(failing=True)) == ["Second", "First 100% full"]
    assert find(store, SolutionFilter(health=Health.VOLUME)) == ["Second"]
    with store.read() as db:
        counted = solution_list.counts(db, MINE)
        assert (counted.total, counted.stages[Stage.PUBLISHED], counted.stages[Stage.REVIEW]) == (3, 2, 1)
        pages, cursor = [], None
        for _ in range(3):
            page = solution_list.find(db, MINE, SolutionFilter(), limit=1, cursor=cursor)
            pages += [each.title for each in page.items]
            cursor = page.cursor
        assert (pages, cursor) == (["Third", "Second", "First 100% full"], None)
        with pytest.raises(InputError):
            solution_list.find(db, MINE, SolutionFilter(), limit=1, cursor="x")
        assert solution_health.waiting(db, MINE, older_than=NOW + DAY, limit=9) == [first, second]
        assert solution_health.waiting(db, MINE, older_than=NOW, limit=9) == []


def test_the_loop_measures_what_waited_and_a_draft_has_no_health(store: Store) -> None:
    before = [START - timedelta(hours=h) for h in range(1, 41)]
    number = solved(store, category(store, "a", before))
    loop = SolutionHealthLoop(store)
    assert loop.step()
    assert not loop.step(), "it was measured just now"
    with store.write() as db:
        assert solution_list.counts(db, MINE).marks[Health.NONE] == 1
        solution_health.keep(db, MINE, {number: Measured(before=40, after=39)}, NOW)
        assert solution_health.measure_one(db, MINE, number, NOW).mark is Health.VOLUME, "as it was counted"
        assert solution_health.measure_one(db, MINE, number, NOW + DAY).mark is Health.HELPS, "counted anew"
    unpublished = curation.unpublish(store, MINE, public_id(Prefix.SOLUTION, number), actor="Mei")
    with store.write() as db:
        assert sum(solution_list.counts(db, MINE).marks.values()) == 0
        solution_health.keep(db, MINE, {number: Measured(before=40, after=39)}, NOW)
        assert sum(solution_list.counts(db, MINE).marks.values()) == 0, "it was measured before it became a draft"
    assert not loop.step()
    curation.undo(store, MINE, unpublished.audit_id, actor="Mei")
    assert loop.step()


def test_turning_back_and_undo_keep_when_it_was_published(store: Store) -> None:
    number = solved(store, category(store, "a", [START - timedelta(hours=h) for h in range(1, 41)]))
    before = NOW - 9 * DAY
    minutes = {"published_minute": minute_of(before), "first_published_minute": minute_of(before)}
    mine = (col(SolutionRow.project) == MINE, col(SolutionRow.id) == number)
    with store.write() as db:
        db.execute(update(SolutionRow).where(*mine).values(minutes))
    for is_revised in (False, True):
        done = curation.unpublish(store, MINE, public_id(Prefix.SOLUTION, number), actor="Mei")
        if is_revised:
            text = SolutionText("Free it", "", "do this")
            reviewing.save(store, MINE, f"S-{number}", text, based_on=1, publish=False, actor="Mei")
        curation.undo(store, MINE, done.audit_id, actor="Mei")
        with store.read() as db:
            wanted = (col(SolutionRow.published_minute), col(SolutionRow.first_published_minute))
            published, first = db.execute(select(*wanted).where(*mine)).one()
        assert first == minute_of(before)
        assert (published == minute_of(before)) is not is_revised, "a version that nobody got before is new"


def test_a_project_that_cannot_be_measured_stops_no_other(store: Store) -> None:
    broken = solved(store, category(store, "a", [START - hour for hour in (DAY / 24, DAY / 12, DAY / 8)]))
    with store.write() as db:
        db.execute(update(SolutionRow).where(col(SolutionRow.id) == broken).values(published_minute=0))
        db.execute(update(MinuteCountRow).values(lines=2**62))
        kept = ingestion.ensure_templates(db, OTHER, [new_template("b", service="etl")], START)
    other = public_id(Prefix.CATEGORY, kept["b"].category)
    done = curation.attach(store, OTHER, other, SolutionText("Free it", "", "do"), actor="Mei")
    assert done.solution is not None
    with pytest.raises(Exception, match=r"\w"):
        SolutionHealthLoop(store).step()
    with store.read() as db:
        assert not solution_health.waiting(db, OTHER, older_than=START, limit=9)


def test_details_are_kept_with_each_version_and_carried_over(store: Store) -> None:
    details = Details("en", (AppliesTo("etl"),), (Link("https://a.example/x"),), (Variant("zh", "磁盘已满"),))
    number = solved(store, category(store, "a"), details=details)
    with store.write() as db:
        solutions.revise(db, MINE, number, SolutionText("Short", "", ""), author="Ravi", now=START, based_on=1)
        assert solutions.get(db, MINE, number).details == details
        none = SolutionText("Short", "", "", Details())
        solutions.revise(db, MINE, number, none, author="Ravi", now=START, based_on=2)
        assert solutions.get(db, MINE, number).details == Details()
        found = solutions.get(db, MINE, number, 2)
    assert (found.said_in("zh").title, found.said_in("en").title) == ("磁盘已满", "Short")
    assert found.state is SolutionState.PUBLISHED
    assert find(store, SolutionFilter(service="etl")) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: Link("javascript:alert(1)"),
        lambda: Link("https://"),
        lambda: Link("https://a b"),
        lambda: Link("http://[", "x"),
        lambda: AppliesTo(" ", "3"),
        lambda: Variant("fr", "Titre"),
        lambda: Variant("zh", " "),
        lambda: Details("zh", variants=(Variant("zh", "一"),)),
        lambda: Details(links=(Link("https://a.example"),) * 51),
    ],
)
def test_what_cannot_be_meant_is_refused(make: object) -> None:
    with pytest.raises(InputError):
        make()  # type: ignore[operator]
