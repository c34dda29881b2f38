"""From a question to what it may be about: retrieve candidates in every way, then judge them by a small model."""

from knowledge_base.matching.marks import marks, other_wordings
from knowledge_base.matching.match import Found, Match, one_for_each_solution
from knowledge_base.matching.matcher import Compared, Matcher, Opened
from knowledge_base.matching.query import Query, Signed, form_of, prepare, sign_question

__all__ = [
    "Compared",
    "Found",
    "Match",
    "Matcher",
    "Opened",
    "Query",
    "Signed",
    "form_of",
    "marks",
    "one_for_each_solution",
    "other_wordings",
    "prepare",
    "sign_question",
]
