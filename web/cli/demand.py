"""``kea demand``: what people want solved, most wanted first; ``kea hand-over``: a question for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name

if TYPE_CHECKING:
    from knowledge_base.store.wanted.demand_values import Demand

TEXT_SHOWN = 70


def demand(
    kind: Annotated[list[str] | None, typer.Option(help="Only these: category, question.")] = None,
    service: Annotated[str, typer.Option(help="Only categories with lines of this service.")] = "",
    asked: Annotated[int | None, typer.Option(min=1, help="Only what was asked about in so many hours.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Lines at most.")] = 20,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """List what people want solved, most wanted first: categories without a solution, and unknown questions."""
    from datetime import timedelta

    from knowledge_base.demand_keeping import DemandKeeper
    from knowledge_base.errors import InputError
    from knowledge_base.settings import read_settings
    from knowledge_base.store.projects import require_project
    from knowledge_base.store.store import Store
    from knowledge_base.store.wanted.demand import Wanted, list_demand
    from knowledge_base.store.wanted.demand_values import DemandKind
    from web.cli.output import print_json

    strange = [each for each in kind or () if each not in set(DemandKind)]
    if strange:
        raise InputError(f"{strange[0]!r} is nothing that is wanted here: use category or question")
    with Store(read_settings().url) as store:
        with store.read() as db:
            require_project(db, project)
        DemandKeeper(store).settle(project)
        since = None if asked is None else store.clock() - timedelta(hours=asked)
        wanted = Wanted(tuple(DemandKind(each) for each in kind or ()), service, since)
        with store.read() as db:
            found = list_demand(db, project, wanted, limit=limit)
    if as_json:
        print_json([_document(each) for each in found])
    elif not found:
        typer.echo("Nothing is wanted: every category has a solution, and no question is open.")
    else:
        typer.echo(f"{'':10} {'demand':>8} {'people':>6} {'seen':>10} {'growth':>6} {'waiting':>7}")
        for each in found:
            typer.echo(_line(each))


def hand_over(
    question: Annotated[str, typer.Argument(metavar="ID", help="A question such as Q-12.")],
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Hand a question over to a person: it is listed as waiting, and engineers are told where that is set up."""
    from assistant.composing import Composer
    from assistant.handing_over import HandingOver
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings

    settings = read_settings()
    with KnowledgeBase(settings) as knowledge, knowledge.store.write() as db:
        handing_over = HandingOver(knowledge, Composer(settings.public_url))
        done = handing_over.hand_over(db, project, question, by=login_name())
    typer.echo(f"{done.question_id}: " + ("handed over to a person" if done.is_new else "waits for a person already"))


def _line(entry: Demand) -> str:
    counted = entry.counted
    numbers = (
        f"{entry.score:>8.1f} {counted.people:>6} {counted.seen:>10,} {entry.growth:>6.2f} {counted.handed_over:>7}"
    )
    text = "".join(each if each.isprintable() else " " for each in entry.label or entry.text)[: TEXT_SHOWN * 4]
    shown = " ".join(text.split())
    return f"{entry.id:10} {numbers}  {shown if len(shown) <= TEXT_SHOWN else shown[: TEXT_SHOWN - 1] + '…'}"


def _document(entry: Demand) -> dict[str, object]:
    counted = entry.counted
    return {
        "kind": entry.kind,
        "id": entry.id,
        "score": round(entry.score, 3),
        "people": counted.people,
        "seen": counted.seen,
        "seen_today": counted.day,
        "growth": round(entry.growth, 3),
        "handed_over": counted.handed_over,
        "asked_at": counted.asked_at,
        "label": entry.label,
        "text": entry.text,
        "services": list(entry.services),
    }
