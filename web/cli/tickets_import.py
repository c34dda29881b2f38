"""``kea import --tickets``: drafts of solutions from what old tickets say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from web.cli import EXIT_REJECTED_ROWS

if TYPE_CHECKING:
    from assistant.old_tickets.importing import TicketImport, Unmatched

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was said at the command line."""

    form: str | None
    chosen: tuple[str, ...]
    unmatched: Path | None
    also_solved: bool
    dry_run: bool


def import_tickets(file: Path, wanted: Wanted, *, project: str, actor: str, as_json: bool) -> None:
    """Import a file of tickets and print what came of it; ends with code 3 where rows could not be used."""
    from assistant.answering import Assistant
    from assistant.old_tickets.columns import read_choices
    from assistant.old_tickets.importing import TicketImporter, document
    from assistant.old_tickets.reading import FORMATS, read_tickets
    from knowledge_base.errors import InputError
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from web.cli.output import print_json
    from web.cli.progress import counting

    form = wanted.form or ("csv" if file.suffix.lower() in (".csv", ".tsv") else "jsonl")
    if form not in FORMATS:
        raise InputError(f"{form[:40]!r} is no format of tickets: use jsonl or csv")
    chosen = read_choices(wanted.chosen)
    with (
        KnowledgeBase(read_settings()) as knowledge,
        _opened(file) as stream,
        _writing_unmatched(wanted.unmatched) as unmatched,
        counting("tickets matched") as tick,
    ):
        done = TicketImporter(Assistant(knowledge), project, actor=actor).run(
            read_tickets(stream, form=form, chosen=chosen, name=str(file)),
            dry_run=wanted.dry_run,
            also_solved=wanted.also_solved,
            unmatched=unmatched,
            watch=lambda step, more: tick(more) if step == "matched" else None,
        )
    if as_json:
        print_json(document(done))
    else:
        _print(done, dry_run=wanted.dry_run)
    if done.rejected:
        for line, reason in done.first_rejected:
            print(f"kea: {file}, line {line}: {reason}", file=sys.stderr)
        if done.rejected > len(done.first_rejected):
            print(f"kea: and {done.rejected - len(done.first_rejected):,} more rows", file=sys.stderr)
        sys.exit(EXIT_REJECTED_ROWS)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """Open a file that can be sought; standard input is kept on disk meanwhile."""
    import shutil
    import tempfile

    from knowledge_base.errors import UnreadableInput

    if str(file) == "-":
        with tempfile.TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            kept.seek(0)
            yield kept
        return
    try:
        stream = file.open("rb")
    except FileNotFoundError:
        raise UnreadableInput(f"{file} is not there; check the name") from None
    except (PermissionError, IsADirectoryError) as error:
        raise UnreadableInput(f"{file} cannot be read: {error.strerror}") from None
    with stream:
        yield stream


@contextmanager
def _writing_unmatched(path: Path | None) -> Iterator[Callable[[Unmatched], None]]:
    from web.cli.output import row, writing

    if path is None:
        yield lambda _ticket: None
        return
    with writing(path) as out:

        def write(ticket: Unmatched) -> None:
            values: dict[str, object] = {
                "line": ticket.line,
                "id": ticket.id,
                "title": ticket.title,
                "question": ticket.question,
                "resolution": ticket.resolution,
                "nearest": ticket.nearest,
                "confidence": round(ticket.confidence, 4),
            }
            out.write(row(values))

        yield write


def _print(done: TicketImport, *, dry_run: bool) -> None:
    verb = "would be drafted" if dry_run else "drafted"
    typer.echo(f"{done.tickets:,} tickets; {_count(len(done.drafts), 'solution')} {verb}")
    for each in done.drafts[:SHOWN]:
        said = f"{_count(each.tickets, 'ticket')}, {_count(each.resolutions, 'resolution')}"
        typer.echo(f"  {each.solution or '':8}{each.category:9} {_line(each.title)[:90]}  ({said})")
    if len(done.drafts) > SHOWN:
        typer.echo(f"  and {len(done.drafts) - SHOWN:,} more: kea solutions list --state draft")
    for count, said in (
        (done.present, "categories left out: these very tickets were drafted before"),
        (done.solved, "categories left out: they have a solution; --also-solved drafts for them too"),
        (done.worthless, "tickets left out: the resolution says nothing, such as done, or closed, no reply"),
        (done.repeated, "tickets left out: they are there twice"),
        (done.rejected, "rows left out: they cannot be used, as told below"),
        (done.unmatched, "tickets left out: no known error is surely meant"),
    ):
        if count:
            typer.echo(f"{count:,} {said}")
    for ticket in done.first_unmatched:
        near = f"  (nearest {ticket.nearest}, {ticket.confidence:.0%})" if ticket.nearest else ""
        name = f"{ticket.id}  " if ticket.id else ""
        typer.echo(f"  line {ticket.line}: {name}{_line(ticket.title or ticket.question)[:80]}{near}")
    if done.unmatched > len(done.first_unmatched):
        typer.echo(f"  and {done.unmatched - len(done.first_unmatched):,} more: --unmatched FILE writes them all")
    if done.drafts and not dry_run:
        typer.echo("Nobody gets a draft: read it on its category's page and publish it, or kea solutions publish ID")


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
