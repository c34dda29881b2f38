"""``kea what-if``: what a merge, a split or a move would change, before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project

if TYPE_CHECKING:
    from assistant.what_if import Act, WhatIf
    from assistant.what_if.replaying import Reply


def what_if(
    act: Annotated[str, typer.Argument(metavar="ACT", help="merge, split or move.")],
    ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID...",
            help="merge: the category that stays, then the others; split: a category, then templates of it; move: a"
            " template, then the category that it goes to.",
        ),
    ],
    budget: Annotated[float, typer.Option(min=0.1, help="Seconds after which no more questions are asked again.")] = 30,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Show which lines would move and which answers would change; nothing is written. Rules: `kea rules preview`."""
    from dataclasses import asdict

    from assistant.what_if import what_if as try_act
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.output import print_json

    wanted = _act(act, ids)
    with KnowledgeBase(read_settings()) as knowledge:
        found = try_act(knowledge, project, wanted, budget=budget)
    if as_json:
        print_json(asdict(found))
    else:
        typer.echo("\n".join(_lines(found)))


def _act(act: str, ids: list[str]) -> Act:
    from assistant.what_if import Merge, Move, Split

    if len(ids) < 2 or (act == "move" and len(ids) > 2):
        raise typer.BadParameter("give two ids, or more for merge and split", param_hint="ID...")
    match act:
        case "merge":
            return Merge(ids[0], ids[1:])
        case "split":
            return Split(ids[0], ids[1:])
        case "move":
            return Move(ids[0], ids[1])
        case _:
            raise typer.BadParameter(f"{act[:40]!r} is not merge, split or move", param_hint="ACT")


def _lines(found: WhatIf) -> list[str]:
    lines, answers = found.lines, found.answers
    told = [f"{lines.moved:,} of {lines.of:,} stored lines would move, of {lines.templates:,} templates."]
    told += [f"  {each.before} -> {each.after}  {_printable(each.text)}" for each in lines.examples]
    told.append(
        f"{answers.changed:,} of {answers.of:,} questions would get another answer: {answers.gained:,} gain one,"
        f" {answers.lost:,} lose theirs, {answers.confirmed:,} were confirmed."
    )
    told += [f"  {_said(each.before)} -> {_said(each.after)}  {_printable(each.text)}" for each in answers.examples]
    if not found.is_complete:
        told.append("Not all questions were looked at; --budget gives it more seconds.")
    return told


def _said(reply: Reply) -> str:
    return " ".join(each for each in (reply.outcome, reply.category_id, reply.solution_id) if each)


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)[:100]
