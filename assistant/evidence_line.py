"""Why an answer was chosen, in one line that a person understands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.harmless import without_controls
from knowledge_base.features.cleaning import cleaned, words
from knowledge_base.features.stop_words import BOILERPLATE, NEGATIONS, STOP
from knowledge_base.scrub import scrub
from knowledge_base.types import Answer, Evidence, Named

LONGEST = 200
MOST_WORDS, MOST_CODES, MOST_CONCEPTS = 3, 2, 3
LONGEST_PIECE = 40

_EMPTY = STOP | BOILERPLATE | NEGATIONS


@dataclass(frozen=True, slots=True)
class _Phrases:
    """All that the line says in one language; ``{}`` are filled by ``str.format``."""

    seen: str
    seen_once: str
    known: str
    learnt: str
    question: str
    code: str
    codes: str
    concepts: str
    wording: str
    words: str
    alike: str
    against: str
    quoted: str
    comma: str
    semicolon: str


_ENGLISH = _Phrases(
    seen="The very same line was seen {} times, last on {}",
    seen_once="The very same line was seen once, on {}",
    known="The very same line is known",
    learnt="People said that this question means {}",
    question="like a question that people said means {}",
    code="same error code {}",
    codes="same error codes {}",
    concepts="both are about: {}",
    wording=" (there “{}”)",
    words="words in common: {}",
    alike="alike in meaning, no word in common",
    against="but this speaks of “{}”, the known error of “{}”",
    quoted="“{}”",
    comma=", ",
    semicolon="; ",
)
_CHINESE = _Phrases(
    seen="一模一样的报错出现过 {} 次，最近一次在 {}",
    seen_once="一模一样的报错在 {} 出现过一次",
    known="一模一样的报错已有记录",
    learnt="有人确认过，这样提问指的就是 {}",
    question="与一个已确认属于 {} 的提问相似",
    code="错误码相同：{}",
    codes="错误码相同：{}",
    concepts="都涉及：{}",
    wording="（已知错误里写作“{}”）",
    words="相同的词：{}",
    alike="意思相近，没有相同的词",
    against="但这里说的是“{}”，已知错误说的是“{}”",
    quoted="“{}”",
    comma="、",
    semicolon="；",
)


def answer_line(answer: Answer, language: str) -> str:
    """Say why an answer was chosen; empty where there is nothing to say. See :func:`evidence_line`."""
    if answer.evidence is None or not answer.candidates:
        return ""
    return evidence_line(answer.evidence, answer.candidates[0].category_id, language)


def evidence_line(evidence: Evidence, category_id: str, language: str) -> str:
    """Say why a category was chosen, in ``LONGEST`` characters at most.

    What it quotes is scrubbed and has no control characters; it may still hold mark-up of any kind.

    >>> evidence_line(Evidence("similarity", ("replica",), ("ORA-00942",)), "KE-1", "en")
    'Same error code ORA-00942; words in common: “replica”'
    >>> evidence_line(Evidence("learnt"), "KE-1", "zh")
    '有人确认过，这样提问指的就是 KE-1'
    """
    said = _CHINESE if language.startswith("zh") else _ENGLISH
    certain = _certain(said, evidence, category_id)
    if certain:
        return certain
    against = _against(said, evidence, language)
    room = LONGEST - (len(said.semicolon) + len(against) if against else 0)
    parts: list[str] = []
    for part in _in_common(said, evidence, category_id, language):
        # Each of them comes in a long and a short form; what has room in neither is left out.
        fitting = next((one for one in part if len(said.semicolon.join([*parts, one])) <= room), None)
        parts += [fitting] if fitting else []
    line = said.semicolon.join([*(parts or [said.alike]), *([against] if against else [])])
    return line[:1].upper() + line[1:]


def _certain(said: _Phrases, evidence: Evidence, category_id: str) -> str:
    if evidence.kind == "learnt":
        return said.learnt.format(category_id)
    if evidence.kind != "exact":
        return ""
    if not evidence.seen or evidence.last_seen is None:
        return said.known
    day = evidence.last_seen.date().isoformat()
    return said.seen_once.format(day) if evidence.seen == 1 else said.seen.format(f"{evidence.seen:,}", day)


def _in_common(said: _Phrases, evidence: Evidence, category_id: str, language: str) -> Iterable[Sequence[str]]:
    """Give what both have in common, the most telling first, each in forms of which the first is the longest."""
    if evidence.is_question:
        yield (said.question.format(category_id),)
    codes = [_safe(code) for code in evidence.codes[:MOST_CODES]]
    if codes:
        yield ((said.code if len(codes) == 1 else said.codes).format(said.comma.join(codes)),)
    concepts = evidence.concepts[:MOST_CONCEPTS]
    if concepts:
        short = said.concepts.format(said.comma.join(called(each, language) for each in concepts))
        wording = _wording(evidence, concepts)
        yield (short + said.wording.format(wording), short) if wording else (short,)
    shown = _unsaid(evidence)[:MOST_WORDS]
    quoted = [said.quoted.format(word) for word in shown]
    if quoted:
        yield [said.words.format(said.comma.join(quoted[:most])) for most in range(len(quoted), 0, -1)]


def called(concept: Named, language: str) -> str:
    """Give the name of a concept in a language; English where it has none in Chinese.

    >>> called(Named("table", "table", "表"), "zh"), called(Named("table", "table"), "zh")
    ('表', 'table')
    """
    return _safe((concept.chinese if language.startswith("zh") else "") or concept.english)


def _against(said: _Phrases, evidence: Evidence, language: str) -> str:
    if evidence.against is None:
        return ""
    return said.against.format(*(called(each, language) for each in evidence.against))


def _wording(evidence: Evidence, concepts: Sequence[Named]) -> str:
    """Give the words in which the matched text says a concept, if they are others than its name."""
    for each in concepts:
        wording = evidence.wordings.get(each.name, "")
        if wording and wording.lower() not in each.english and each.english not in wording.lower():
            return _safe(wording)
    return ""


def _unsaid(evidence: Evidence) -> list[str]:
    """Leave out words that codes and concepts have named already, and those that say nothing."""
    marked = [evidence.matched[each.start : each.end] for each in evidence.matched_marks if each.kind != "word"]
    named = [*evidence.codes, *marked, *(name for each in evidence.concepts for name in (each.english, each.chinese))]
    told = {word for text in named for word in words(cleaned(text))} | _EMPTY
    chinese = "".join(named)
    shown = (word for word in evidence.words if word not in told and (word.isascii() or word not in chinese))
    return [_safe(word) for word in shown]


def _safe(text: str) -> str:
    return _cut(" ".join(without_controls(scrub(text)).split()))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_PIECE else f"{text[: LONGEST_PIECE - 1]}…"
