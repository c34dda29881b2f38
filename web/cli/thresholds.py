"""``kea thresholds``: from which confidence a project answers and suggests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name

if TYPE_CHECKING:
    from knowledge_base.curation.thresholds import ThresholdsHeld


def thresholds(
    answer: Annotated[float | None, typer.Option(min=0, max=1, help="Confidence from which Kea answers.")] = None,
    suggest: Annotated[float | None, typer.Option(min=0, max=1, help="Confidence from which Kea suggests.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Let those of the settings hold again.")] = False,
    undo: Annotated[
        int | None, typer.Option(metavar="ACT", min=1, help="Take a change back, by the number that it printed.")
    ] = None,
    actor: Annotated[str, typer.Option(help="The name that it stands under; yours by default.")] = "",
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Show the confidences from which Kea answers and suggests, or change them for one project."""
    from knowledge_base.curation.thresholds import Edit, change_thresholds, read_thresholds, undo_thresholds
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store
    from web.cli.output import print_json

    is_edit = answer is not None or suggest is not None
    if sum((is_edit, reset, undo is not None)) > 1:
        raise typer.BadParameter("give new thresholds, --reset or --undo, one of the three", param_hint="thresholds")
    settings = read_settings()
    name = actor or login_name()
    with Store(settings.url) as store:
        if undo is not None:
            held = undo_thresholds(store, project, undo, settings, actor=name)
        elif is_edit or reset:
            held = change_thresholds(store, project, Edit(answer, suggest, reset), settings, actor=name)
        else:
            held = read_thresholds(store, project, settings)
    if as_json:
        limits = held.thresholds
        print_json(
            {"answer": limits.answer, "suggest": limits.suggest, "is_own": held.is_own, "audit_id": held.audit_id}
        )
    else:
        typer.echo(told(held))


def told(held: ThresholdsHeld) -> str:
    """Say which thresholds hold, and what takes a change back."""
    limits = held.thresholds
    whose = "this project's own" if held.is_own else "those of the settings"
    line = f"answers from {limits.answer:g}, suggests from {limits.suggest:g} ({whose})"
    return line if held.audit_id is None else f"{line}; `kea thresholds --undo {held.audit_id}` takes it back"
