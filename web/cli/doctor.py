"""``kea doctor``: what is in order and how to mend what is not."""

from __future__ import annotations

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project


def doctor(project: Project = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """Check home, database, index, model, pages, KEA_SOURCE and channels; exit code 1 where something is wrong."""
    from knowledge_base.settings import read_settings
    from web.cli.output import console, print_json
    from web.diagnosis import examine

    findings = examine(read_settings(), project)
    if as_json:
        print_json([{"name": each.name, "ok": each.ok, "found": each.found, "mend": each.mend} for each in findings])
    else:
        out = console()
        for each in findings:
            mark = "[green]ok  [/green]" if each.ok else "[red]bad [/red]"
            out.print(f"{mark} {each.name:<10}", end="")
            out.print(each.found, markup=False)
            if each.mend:
                out.print(f"                {each.mend}", style="yellow", markup=False)
    raise typer.Exit(0 if all(each.ok for each in findings) else 1)
