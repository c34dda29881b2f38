"""``kea cluster``: the template of each line, without a knowledge base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

STANDARD_OUTPUT = Path("-")


def cluster(
    file: Annotated[Path, typer.Argument(help="A log, gzip too; - reads standard input.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="JSON lines, one for each line of the log; - for standard output.")
    ] = STANDARD_OUTPUT,
    multiline: Annotated[str, typer.Option(help="off: one row for each line; auto: one for each event.")] = "auto",
    rules: Annotated[
        Path | None, typer.Option(help="Masking rules as `kea rules export` writes them (docs/rules.md).")
    ] = None,
) -> None:
    """Group the lines of a log by their templates; nothing is stored.

    Rows are in the order of the lines: {"line", "template_id", "template"}.
    """
    from ingest.joining import JoinMode
    from ingest.sources.file import FileSource
    from ingest.sources.stream import StreamSource
    from ingest.stateless import group_lines
    from knowledge_base.settings import read_settings
    from web.cli.output import row, writing
    from web.cli.progress import counting
    from web.cli.rule_files import read_rules

    if multiline not in ("auto", "off"):
        raise typer.BadParameter(f"{multiline!r} is none of auto, off", param_hint="--multiline")
    source = StreamSource(0, title="standard input") if str(file) == "-" else FileSource(file)
    limit = read_settings().max_event_bytes
    own = None if rules is None else read_rules(rules)
    with counting("lines") as tick:
        grouped = group_lines(source, mode=JoinMode(multiline), max_event_bytes=limit, tick=tick, rules=own)
    with writing(output) as out:
        for line, template in grouped.rows():
            out.write(row({"line": line, "template_id": template.id, "template": template.text}))
