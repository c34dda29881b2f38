"""What came of labelled questions, in numbers; pure functions over results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.evaluating.labelled import Labelled
from knowledge_base.measures import Bin, auroc, brier, reliability
from knowledge_base.types import Answer, Candidate, Evidence, Outcome

AMONG = 3


@dataclass(frozen=True, slots=True)
class Result:
    """How one question ended; ``rank`` is the place of the first right candidate, 0 for none; ``got`` is the best."""

    question: Labelled
    outcome: Outcome
    confidence: float
    rank: int
    got: Candidate | None

    @property
    def is_known(self) -> bool:
        """Whether the question is about something that is known."""
        return self.question.right is not None

    @property
    def is_wrong(self) -> bool:
        """Whether something is to be mended: the right one is not first, or a stranger is said to be known."""
        return self.rank != 1 if self.is_known else self.outcome in (Outcome.ANSWERED, Outcome.KNOWN_UNSOLVED)

    @property
    def evidence(self) -> Evidence | None:
        """Why the best candidate was chosen."""
        return None if self.got is None else self.got.evidence


@dataclass(frozen=True, slots=True)
class Scores:
    """Numbers of one group of questions; shares are None where nothing can be counted."""

    questions: int
    known: int
    strangers: int
    right_first: int
    right_among_three: int
    answered_right: int
    answered_wrong: int
    suggested_right: int
    unsolved_right: int
    strangers_answered: int
    auroc: float | None
    brier: float | None

    @property
    def answered(self) -> int:
        """How many questions were answered with a solution."""
        return self.answered_right + self.answered_wrong + self.strangers_answered

    def share(self, count: int) -> float | None:
        """Give a number as a share of the known questions."""
        return count / self.known if self.known else None

    @property
    def precision(self) -> float | None:
        """How many of the answers that were given are right."""
        return self.answered_right / self.answered if self.answered else None


def judge(question: Labelled, answer: Answer) -> Result:
    """Find the right one among the candidates of an answer."""
    right = question.right
    rank = 0
    if right is not None:
        rank = next(
            (
                place
                for place, each in enumerate(answer.candidates, 1)
                if each.category_id in right.categories or each.solution_id in right.solutions
            ),
            0,
        )
    got = answer.candidates[0] if answer.candidates else None
    return Result(question, answer.outcome, answer.confidence, rank, got)


def score(results: Sequence[Result]) -> Scores:
    """Count a group of results."""
    known = [each for each in results if each.is_known]
    first = [each for each in known if each.rank == 1]
    return Scores(
        questions=len(results),
        known=len(known),
        strangers=len(results) - len(known),
        right_first=len(first),
        right_among_three=sum(1 <= each.rank <= AMONG for each in known),
        answered_right=sum(each.outcome is Outcome.ANSWERED for each in first),
        answered_wrong=sum(each.outcome is Outcome.ANSWERED and each.rank != 1 for each in known),
        suggested_right=sum(each.outcome is Outcome.SUGGESTED for each in first),
        unsolved_right=sum(each.outcome is Outcome.KNOWN_UNSOLVED for each in first),
        strangers_answered=sum(each.outcome is Outcome.ANSWERED for each in results if not each.is_known),
        auroc=auroc([(each.confidence, each.is_known) for each in results]),
        brier=brier(_judged(results)),
    )


def reliability_of(results: Sequence[Result]) -> tuple[Bin, ...]:
    """Tell how often the first candidate was right, by confidence."""
    return reliability(_judged(results))


def grouped(results: Sequence[Result], name: Callable[[Labelled], str]) -> dict[str, Scores]:
    """Score the results by a name of their questions; those without one are left out."""
    groups: dict[str, list[Result]] = {}
    for each in results:
        if found := name(each.question):
            groups.setdefault(found, []).append(each)
    return {found: score(groups[found]) for found in sorted(groups)}


def _judged(results: Sequence[Result]) -> list[tuple[float, bool]]:
    return [(each.confidence, each.rank == 1) for each in results]
