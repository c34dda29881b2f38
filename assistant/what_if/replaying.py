"""Asking stored questions again under an act that was not done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from assistant.answering import outcome_of
from assistant.reading import asked_in
from assistant.what_if.acts import Act
from assistant.what_if.moving import Moves, Tried, try_act
from assistant.what_if.world import World, known_then, world_of
from knowledge_base.curation.foreseeing.foreseeing import shown
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import Match, prepare, sign_question
from knowledge_base.matching.exact import Known, known
from knowledge_base.matching.judging import Weighed
from knowledge_base.matching.match import judged_matches, weighed_candidates
from knowledge_base.matching.ranking import match_model
from knowledge_base.pairs.profile import Profile
from knowledge_base.signing import read_signing
from knowledge_base.store import projects
from knowledge_base.store.asking import learnt, questions, thresholds
from knowledge_base.store.asking.questions import AskedQuestion
from knowledge_base.store.grouping import categories
from knowledge_base.store.representing import backends
from knowledge_base.types import Outcome, Verdict

BUDGET_SECONDS = 5.0
MOST_QUESTIONS = 2_000
MOST_SHOWN = 10
TEXT_SHOWN = 300
_AT_ONCE = 100
_ANSWERS = frozenset({Outcome.ANSWERED, Outcome.SUGGESTED})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a question gets; category and solution are None where there is none to show, the category may be ``new``."""

    outcome: Outcome
    confidence: float
    category_id: str | None
    solution_id: str | None

    @property
    def said(self) -> tuple[Outcome, str | None, str | None]:
        """What counts as a change where it differs."""
        return self.outcome, self.category_id, self.solution_id


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """A question that would get another answer; the text is scrubbed, and cut. ``verdict`` is the asker's, if any."""

    question_id: str
    text: str
    verdict: Verdict | None
    before: Reply
    after: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAnswers:
    """``changed`` of ``of`` questions would get another answer, asked again now; those that cost most come first.

    Of those, ``gained`` get an answer and had none, ``lost`` have none then, and ``confirmed`` were said to be helpful.
    """

    changed: int
    of: int
    gained: int
    lost: int
    confirmed: int
    examples: tuple[ChangedAnswer, ...]


UNCHANGED = ChangedAnswers(changed=0, of=0, gained=0, lost=0, confirmed=0, examples=())


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf(Moves):
    """What an act would change: what moves, and which answers. All that is stored was looked at if ``is_complete``."""

    answers: ChangedAnswers


def what_if(
    knowledge: KnowledgeBase,
    project: str,
    act: Act,
    *,
    budget: float = BUDGET_SECONDS,
    timer: Callable[[], float] = time.monotonic,
) -> WhatIf:
    """Tell what an act would change; nothing is written, and no lock is held.

    Questions are asked again as it is and as it would be, first those about what would move, then the newest, until
    ``budget`` seconds are over. Raises what the act would raise, and ModelUnavailable.
    """
    began = timer()
    tried = try_act(knowledge.store, project, act, timer=timer)
    moves = tried.moves
    answers, is_complete = UNCHANGED, True
    if moves.saying is None:
        answers, is_complete = _asked_again(knowledge, project, tried, lambda: timer() - began > budget)
    return WhatIf(
        lines=moves.lines,
        preview=moves.preview,
        saying=moves.saying,
        answers=answers,
        seconds=round(timer() - began, 3),
        is_complete=moves.is_complete and is_complete,
    )


def _asked_again(
    knowledge: KnowledgeBase, project: str, tried: Tried, is_late: Callable[[], bool]
) -> tuple[ChangedAnswers, bool]:
    """Ask questions again until it is late; tell also whether all of them were."""
    world = world_of(knowledge.store, project, tried, knowledge.embedder_of(project))
    found = _Replay(knowledge, project, world)
    examples: list[ChangedAnswer] = []
    looked_at = changed = gained = lost = confirmed = 0
    is_complete = True
    for question in _questions(knowledge, project, sorted({*world.foreseen.homes, *world.foreseen.about})):
        if looked_at >= MOST_QUESTIONS or (looked_at and is_late()):
            is_complete = False
            break
        looked_at += 1
        before, after = found.replies(question.text)
        if before.said == after.said:
            continue
        changed += 1
        gained += before.outcome not in _ANSWERS and after.outcome in _ANSWERS
        lost += before.outcome in _ANSWERS and after.outcome not in _ANSWERS
        confirmed += question.verdict is Verdict.HELPFUL
        examples.append(ChangedAnswer(question.id, question.text[:TEXT_SHOWN], question.verdict, before, after))
    first = tuple(sorted(examples, key=_weight)[:MOST_SHOWN])
    answers = ChangedAnswers(
        changed=changed, of=looked_at, gained=gained, lost=lost, confirmed=confirmed, examples=first
    )
    return answers, is_complete


def _weight(changed: ChangedAnswer) -> int:
    """Put first what was said to be helpful, then what loses an answer or gets another one, then what gains one."""
    if changed.verdict is Verdict.HELPFUL:
        return 0
    return 1 if changed.before.outcome in _ANSWERS else 2


def _questions(knowledge: KnowledgeBase, project: str, moving: Sequence[int]) -> Iterator[AskedQuestion]:
    """Give the questions that were answered by what would move, then all others, each newest first."""
    seen: set[str] = set()
    for start in range(0, len(moving), 500):
        with knowledge.store.read() as db:
            part = questions.recent(db, project, limit=MOST_QUESTIONS, about=moving[start : start + 500])
        seen |= {each.id for each in part}
        yield from part
    before: int | None = None
    while True:
        with knowledge.store.read() as db:
            part = questions.recent(db, project, limit=_AT_ONCE, before=before)
        yield from (each for each in part if each.id not in seen)
        if len(part) < _AT_ONCE:
            return
        before = number_of(Prefix.QUESTION, part[-1].id)


class _Replay:
    """Asks questions twice: of the project as it is, and as it would be. A text that comes again is asked once."""

    def __init__(self, knowledge: KnowledgeBase, project: str, world: World) -> None:
        self._knowledge = knowledge
        self._project = project
        self._world = world
        self._known: dict[str, tuple[Reply, Reply]] = {}
        with knowledge.store.read() as db:
            projects.require_project(db, project)
            self._signing = read_signing(db, project)
            used = backends.state(db, project).used
            self._thresholds = thresholds.of_project(db, project, knowledge.settings)
        self._opened = knowledge.opened(project, used)

    def replies(self, text: str) -> tuple[Reply, Reply]:
        """Give what a text gets now, and what it would get."""
        if text not in self._known:
            self._known[text] = self._ask(text)
        return self._known[text]

    def _ask(self, text: str) -> tuple[Reply, Reply]:
        world, project, opened = self._world, self._project, self._opened
        asked = asked_in(text)
        signed = sign_question(asked.text, self._signing, around=asked.around, verbatim=text)
        other = (
            signed
            if world.signing is None
            else sign_question(asked.text, world.signing, around=asked.around, verbatim=text)
        )
        query = prepare(signed, opened.embedder, opened.judge)
        query_then = query if other is signed else prepare(other, opened.embedder, opened.judge)
        with self._knowledge.store.read() as db:
            here = known(db, project, signed)
            home = world.foreseen.category
            there = (
                known(db, project, signed, home=home)
                if world.signing is None
                else known_then(db, project, other, world, form=signed.form)
            )
            refused = learnt.refused(db, project, signed.form)
            refused_then = learnt.refused(db, project, signed.form, home=home)
            near, remedies = self._knowledge.matcher.shelves(db, project, opened, frozenset())
            weigh = partial(weighed_candidates, db, project, judge=opened.judge, read=self._knowledge.matcher.profiles)
            before = [] if here else self._judged(*weigh(query, near, remedies, refused=refused))
            after = (
                []
                if there
                else self._judged(
                    *weigh(
                        query_then,
                        world.near(near),
                        remedies,
                        refused=refused_then,
                        changed=world.foreseen.solutions,
                    )
                )
            )
            found = {each.category for each in (*here, *there)} | {each.category for each in (*before, *after)}
            solved = categories.solutions_of(db, project, sorted(found))
        behind: dict[int, int] = dict(solved)
        for number, solution in world.foreseen.solutions.items():
            if solution is None:
                behind.pop(number, None)
            else:
                behind[number] = solution
        return self._reply(here, before, solved), self._reply(there, after, behind)

    def _judged(self, asked: Profile | None, weighed: list[Weighed]) -> list[Match]:
        return judged_matches(asked, weighed, self._opened.judge, match_model())

    def _reply(self, certain: Sequence[Known], judged: Sequence[Match], solutions: Mapping[int, int]) -> Reply:
        """Choose as an answer does."""
        if certain:
            category, sure = certain[0].category, 1.0
        elif judged:
            category, sure = judged[0].category, judged[0].score
        else:
            return Reply(Outcome.UNKNOWN, 0.0, None, None)
        solution = solutions.get(category)
        outcome = outcome_of(sure, solved=solution is not None, thresholds=self._thresholds)
        if outcome is Outcome.UNKNOWN:
            return Reply(outcome, sure, None, None)
        named = None if solution is None else public_id(Prefix.SOLUTION, solution)
        return Reply(outcome, sure, shown(category), named)
