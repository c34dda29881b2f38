"""``kea calibrate``: chooses thresholds by what people said of answers."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name


def calibrate(
    precision: Annotated[float, typer.Option(min=0.5, max=0.999, help="Share of answers that has to be right.")] = 0.97,
    suggest_precision: Annotated[
        float, typer.Option(min=0.1, max=0.999, help="Share of suggestions that has to be right.")
    ] = 0.7,
    apply: Annotated[bool, typer.Option("--apply", help="Let the project use what is proposed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    actor: Annotated[str, typer.Option(help="The name that it stands under; yours by default.")] = "",
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Answer again what people judged, tell how good the answers are, and propose thresholds. Changes nothing alone."""
    from assistant.calibrating import Untaught, count_cases, replay
    from assistant.calibrating import calibrate as weigh
    from knowledge_base.curation.thresholds import Edit, ThresholdsHeld, change_thresholds, read_thresholds
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.calibrating import document, lines
    from web.cli.output import print_json
    from web.cli.progress import counting
    from web.cli.thresholds import told

    settings = read_settings()
    with KnowledgeBase(settings) as knowledge:
        store = knowledge.store
        held = read_thresholds(store, project, settings)
        with counting("judged questions", total=count_cases(store, project)) as tick:
            replayed = replay(store, project, Untaught(knowledge, project), tick=tick)
        found = weigh(replayed, held.thresholds, answer_precision=precision, suggest_precision=suggest_precision)
        if not as_json:
            typer.echo("\n".join(lines(found)))
        done: ThresholdsHeld | None = None
        if apply and found.proposed is not None:
            if not yes and sys.stdin.isatty():
                typer.confirm("Use the proposed thresholds?", abort=True, err=as_json)
            wanted = Edit(found.proposed.answer, found.proposed.suggest)
            grounds = {"judged": found.judged, "right": found.after.answered.right, "wrong": found.after.answered.wrong}
            done = change_thresholds(
                store,
                project,
                wanted,
                settings,
                actor=actor or login_name(),
                based_on=held.thresholds,
                grounds=grounds,
            )
    if as_json:
        print_json({**document(found), "audit_id": None if done is None else done.audit_id})
    elif done is not None:
        typer.echo(told(done))
    elif apply:
        typer.echo("Nothing was changed: no other thresholds are proposed.")
    elif found.proposed is not None:
        typer.echo("Nothing was changed; --apply uses what is proposed.")
