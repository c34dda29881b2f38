"""What an act would move, worked out and not done: the first half of a what-if, before any question is asked again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from assistant.what_if.acts import Act, Adopt, Apart, Dismiss, Keep, Label, Merge, Move, Rules, Split
from knowledge_base.curation.foreseeing.foreseeing import (
    Foreseen,
    foresee_adopt,
    foresee_merge,
    foresee_move,
    foresee_split,
)
from knowledge_base.curation.foreseeing.foreseen_lines import MovedLines, moved_lines
from knowledge_base.curation.foreseeing.foreseen_rules import ForeseenRules, foresee_rules
from knowledge_base.curation.foreseeing.foreseen_saying import Saying, foresee_apart, foresee_dismiss, foresee_label
from knowledge_base.curation.keeping.keep_foreseeing import foresee_keep
from knowledge_base.curation.masking.rule_preview import Preview
from knowledge_base.store.store import Store

NO_LINES = MovedLines(moved=0, of=0, templates=0, seen=0, examples=())
NOTHING = Foreseen(homes={}, merged={}, solutions={}, before={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What an act would move, worked out in ``seconds``; ``is_complete`` if all that is stored was looked at.

    ``preview`` tells of other rules which templates would read otherwise, ``saying`` what would be said where nothing
    moves, and no question needs to be asked again.
    """

    lines: MovedLines
    seconds: float
    is_complete: bool
    preview: Preview | None = None
    saying: Saying | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """An act that was tried: what it would move, and where things would be; ``rules`` where it is about those."""

    moves: Moves
    foreseen: Foreseen
    rules: ForeseenRules | None = None


def what_moves(store: Store, project: str, act: Act) -> Moves:
    """Tell what an act would move; nothing is written, and no lock is held. Raises what the act would raise."""
    return try_act(store, project, act).moves


def try_act(store: Store, project: str, act: Act, *, timer: Callable[[], float] = time.monotonic) -> Tried:
    """Try an act; raises what it would raise."""
    began = timer()
    if isinstance(act, Rules):
        rules = foresee_rules(store, project, act.rules, most_templates=act.most_templates, most_recent=act.most_recent)
        moves = Moves(
            lines=rules.lines,
            seconds=_since(began, timer),
            is_complete=rules.is_complete,
            preview=rules.preview,
        )
        return Tried(moves, rules.foreseen, rules)
    with store.read() as db:
        if isinstance(act, Label | Apart | Dismiss):
            saying = _said(store, db, project, act)
            moves = Moves(lines=NO_LINES, seconds=_since(began, timer), is_complete=True, saying=saying)
            return Tried(moves, NOTHING)
        foreseen = _foreseen(store, db, project, act)
        lines = moved_lines(db, project, foreseen)
    return Tried(Moves(lines=lines, seconds=_since(began, timer), is_complete=True), foreseen)


def _said(store: Store, db: Connection, project: str, act: Label | Apart | Dismiss) -> Saying:
    match act:
        case Label():
            return foresee_label(store, db, project, act.category_ids, act.label)
        case Apart():
            return foresee_apart(store, db, project, act.category_id, act.other)
        case Dismiss():
            return foresee_dismiss(store, db, project, act.proposal_id)


def _foreseen(store: Store, db: Connection, project: str, act: Merge | Split | Move | Adopt | Keep) -> Foreseen:
    match act:
        case Merge():
            return foresee_merge(store, db, project, act.into, act.others)
        case Split():
            return foresee_split(store, db, project, act.category_id, act.template_ids)
        case Move():
            return foresee_move(store, db, project, act.template_id, act.into)
        case Adopt():
            return foresee_adopt(store, db, project, act.category_id, act.other)
        case Keep():
            return foresee_keep(db, project, act.plan)


def _since(began: float, timer: Callable[[], float]) -> float:
    return round(timer() - began, 3)
