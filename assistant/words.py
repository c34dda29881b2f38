"""Feedback, and the wish for a person, in words: the same in every chat and ticket, whether or not it has buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.types import Verdict

_FEEDBACK = re.compile(
    r"""\s* (?:@?kea [\s,:：，]*)?
    (?: (?P<no> not\ helpful | unhelpful | did\ ?n['’o]t\ help | 没有?用 | 无用 | 没有?帮助 | 👎 | -1 )
      | (?P<yes> helpful | (?:that\ |it\ )?helped | 有用 | 有帮助 | 👍 | \+1 ) )
    (?:\ufe0f | [\U0001F3FB-\U0001F3FF])?
    [\s,:：，]* (?P<question> q-\d{1,18} )?
    [\s.!。！]*""",
    re.IGNORECASE | re.VERBOSE,
)
_HAND_OVER = re.compile(
    r"""\s* (?:@?kea [\s,:：，]*)?
    (?: (?:please\ )? hand\ ?(?:it\ )?over (?:\ to\ a\ (?:person|human))?
      | (?:请)? 转?人工 (?:服务|客服|处理)? )
    [\s,:：，]* (?P<question> q-\d{1,18} )?
    [\s.!。！]*""",
    re.IGNORECASE | re.VERBOSE,
)
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of an answer; without a question's id they mean their last one."""

    verdict: Verdict
    question_id: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Somebody wants a person to look at a question; without its id they mean their last one."""

    question_id: str = ""


def read_hand_over(text: str) -> HandOver | None:
    """Read a text as the wish for a person; None where it is anything else.

    >>> read_hand_over("hand over q-12")
    HandOver(question_id='Q-12')
    >>> read_hand_over("转人工"), read_hand_over("hand over the disk of node 12")
    (HandOver(question_id=''), None)
    """
    found = _HAND_OVER.fullmatch(text) if len(text) <= LONGEST else None
    return None if found is None else HandOver((found["question"] or "").upper())


def read_feedback(text: str) -> Feedback | None:
    """Read a text as feedback; None where it is anything else.

    >>> read_feedback("Helpful q-12")
    Feedback(verdict=<Verdict.HELPFUL: 'helpful'>, question_id='Q-12')
    >>> read_feedback("没用").verdict
    <Verdict.NOT_HELPFUL: 'not_helpful'>
    >>> read_feedback("not helpful: error 12") is None
    True
    """
    if len(text) > LONGEST:
        return None
    found = _FEEDBACK.fullmatch(text)
    if found is None:
        return None
    verdict = Verdict.HELPFUL if found["yes"] else Verdict.NOT_HELPFUL
    return Feedback(verdict, (found["question"] or "").upper())
