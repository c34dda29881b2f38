"""How a signature came about, for the page and the command line that show it.

The steps of :func:`~knowledge_base.signature.signer.sign` are followed one by one with the places where
things stood. What they lead to is compared with the signature itself, so that an explanation never tells
another template than the one that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from knowledge_base.scrub import scrub
from knowledge_base.signature.codes import error_codes, exception_classes
from knowledge_base.signature.custom.project_signer import sign_under
from knowledge_base.signature.custom.user_rules import RuleSet, UserRule
from knowledge_base.signature.headers.header import header_span
from knowledge_base.signature.headers.reading import read_header
from knowledge_base.signature.keying import fingerprint_of, key_of
from knowledge_base.signature.kinds import FAMILY_OF, KINDS, PLACEHOLDER
from knowledge_base.signature.limits import MAX_LINE, MAX_TEXT
from knowledge_base.signature.masks.keep_rules import KEEP_RULES
from knowledge_base.signature.masks.mask_rules import MASK_RULES
from knowledge_base.signature.steps import message_of, sign
from knowledge_base.signature.traces import is_frame
from knowledge_base.signature.tracing.explanation import MASKING, Explanation, Limit, Stage, Step
from knowledge_base.signature.tracing.following import Note, follow_filling, follow_reduction, follow_rules
from knowledge_base.signature.tracing.following_lines import follow_lines
from knowledge_base.signature.tracing.following_message import begin, follow_message, secrets_of, text_without_secrets
from knowledge_base.signature.tracing.following_user_rules import follow_user_rules, put_back
from knowledge_base.signature.tracing.tracking import Tracked, based_on, follow_cut, joined, whole

MAX_STEPS = 1_000
_MAX_ROUNDS = 6
_EXAMPLE_OF = {rule.name: rule.cases[0] for rule in MASK_RULES} | {rule.name: rule.cases[0] for rule in KEEP_RULES}
_MEANING_OF = {kind.name: kind.meaning for kind in KINDS}


def explain(text: str, *, rules: RuleSet | None = None, now: datetime | None = None) -> Explanation:
    """Explain the signature of a text, under users' rules if there are any.

    ``now`` gives the year of times that have none.

    >>> found = explain("2024-06-11 10:22:33 ERROR read of /data/a.csv failed after 31 s")
    >>> [(step.matched, step.placeholder, step.rule) for step in found.masks]
    [('/data/a.csv', '<path>', 'path'), ('31 s', '<duration>', 'duration')]
    """
    active = rules.active if rules else ()
    signature = sign_under(rules, text) if rules and active else sign(text)
    shown, json_line = text_without_secrets(text)
    start = begin(shown)
    steps = list(_steps(secrets_of(start.text), start, start.text))
    current = start
    for _ in range(_MAX_ROUNDS):
        message, notes = follow_message(current)
        steps += _steps(notes, current, start.text)
        made, notes = _follow_once(message, active)
        steps += _steps(notes, message, start.text)
        unchanged, current = made.text == current.text, based_on(made, message)
        if unchanged or current.text == signature.template or message_of(current.text) != current.text:
            break
    followed = current.text == signature.template
    if not followed:
        current, gaps = follow_cut(current, signature.template)
        followed = bool(gaps)
        steps += [Step(Stage.LIMIT, Limit.TEMPLATE.value, "", "") for _ in gaps[:1]]
    if followed:
        steps = _nested(steps, current)
    header = read_header(shown[:MAX_TEXT], now=now)
    key = key_of(signature.template)
    return Explanation(
        text=start.text[:MAX_TEXT],
        header=replace(header, message=scrub(header.message)),
        json_line=json_line,
        steps=tuple(steps[:MAX_STEPS]),
        more=max(0, len(steps) - MAX_STEPS),
        followed=followed,
        template=signature.template,
        key=key,
        fingerprint=fingerprint_of(key),
        version=signature.version,
        error_codes=error_codes(start.text),
        exception_classes=exception_classes(start.text),
    )


def _follow_once(message: Tracked, user_rules: Sequence[UserRule]) -> tuple[Tracked, list[Note]]:
    """Follow one round of masking; origins are places in the message."""
    given, rewritten, notes = follow_user_rules(whole(message.text), user_rules)
    reduced, more = follow_reduction(given)
    end = header_span(reduced.plain.text).end
    notes += [*more, *_header_notes(reduced.plain, end, message.text)]
    lines, line_notes = follow_lines(reduced.marked.part(end))
    notes += line_notes
    masked = list[Tracked]()
    for number, line in enumerate(lines):
        if not (number and is_frame(line.text)):
            line, line_notes = follow_rules(line, MASK_RULES)
            notes += line_notes
        masked.append(line)
    filled, line_notes = follow_filling(joined(masked), reduced, message.text)
    return (put_back(filled, rewritten) if rewritten else filled), notes + line_notes


def _header_notes(reduced: Tracked, end: int, message: str) -> Iterable[Note]:
    """Tell where the header stood, and where its parts did if they stand there once."""
    origin = reduced.origin(0, end)
    if not end or origin is None:
        return
    stop = origin[1]
    head = message[:stop]
    yield Note(Stage.HEADER, "header", origin, head, "")
    span = header_span(message[:MAX_LINE].split("\n", 1)[0])
    for name, part in (("time", span.stamp), ("level", span.level), ("service", span.where), ("host", span.host)):
        place = head.casefold().find(part.casefold()) if part else -1
        if place >= 0 and head.casefold().count(part.casefold()) == 1 and len(head) == len(head.casefold()):
            yield Note(Stage.HEADER, name, (place, place + len(part)), head[place : place + len(part)], "")


def _steps(notes: Iterable[Note], message: Tracked, text: str) -> Iterable[Step]:
    """Give notes their places in the text, and what is known of their rules."""
    for note in notes:
        origin = message.origin(*note.origin) if note.origin else None
        matched = note.before
        if origin and note.stage is not Stage.SECRET:
            matched = text[slice(*origin)]
        elif note.origin:
            matched = message.text[slice(*note.origin)] if note.stage is not Stage.SECRET else ""
        found = PLACEHOLDER.search(note.after) if note.stage in (*MASKING, Stage.SECRET) else None
        name = found[0][1:-1] if found else ""
        example = " → ".join(_EXAMPLE_OF[note.rule]) if note.rule in _EXAMPLE_OF else ""
        yield Step(
            stage=note.stage,
            rule=note.rule or _MEANING_OF.get(name, ""),
            matched=matched,
            placeholder=matched if note.stage is Stage.KEPT else note.after,
            start=origin[0] if origin else None,
            end=origin[1] if origin else None,
            family=FAMILY_OF.get(name),
            meaning=_MEANING_OF.get(name, ""),
            example=example,
            inside=note.stage is Stage.HEADER and note.rule != "header",
        )


def _is_mask(step: Step) -> bool:
    return step.stage in MASKING and step.placeholder != step.matched


def _nested(steps: list[Step], template: Tracked) -> list[Step]:
    """Tell which replacements are the ones that the template still shows."""
    last = {(step.start, step.end): number for number, step in enumerate(steps) if _is_mask(step)}
    outer = {
        last.get(origin)
        for match in PLACEHOLDER.finditer(template.text)
        if (origin := template.origin(match.start(), match.end()))
    }
    return [
        replace(step, inside=True) if _is_mask(step) and step.has_place and number not in outer else step
        for number, step in enumerate(steps)
    ]
