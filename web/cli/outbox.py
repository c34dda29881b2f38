"""``kea outbox``: what was sent to chats and tickets, and what needs somebody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project

if TYPE_CHECKING:
    from knowledge_base.store.messages.outbox import OutgoingDelivery
    from knowledge_base.store.store import Store

outbox = typer.Typer(
    help="Replies to chats and tickets: list those that need somebody, send them again, or dismiss them.",
    no_args_is_help=True,
)
DeliveryId = Annotated[list[str], typer.Argument(metavar="ID...", help="Deliveries such as D-12.")]


@outbox.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also what was sent, waits or was dismissed.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Lines at most.")] = 50,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """List dead deliveries (refused, or tried too often) and uncertain ones (nobody can tell), newest first."""
    from knowledge_base.store.messages import outbox as store_outbox
    from web.cli.output import print_json

    with _store() as store, store.read() as db:
        states = () if everything else store_outbox.NEEDS_SOMEBODY
        found = store_outbox.list_deliveries(db, project, states=states, limit=limit)
    if as_json:
        print_json([_document(each) for each in found])
    elif not found:
        typer.echo("Nothing was sent yet." if everything else "Nothing needs you: no delivery is dead or uncertain.")
    else:
        for each in found:
            typer.echo("\n".join(_lines(each)))


@outbox.command("resend")
def resend(ids: DeliveryId, project: Project = DEFAULT_PROJECT) -> None:
    """Send deliveries again; a running `kea serve` does it within a second."""
    from knowledge_base.store.messages import outbox as store_outbox

    with _store() as store:
        for each in ids:
            with store.write() as db:
                store_outbox.resend(db, project, each, store.clock())
            typer.echo(f"{each}: waits to be sent again")


@outbox.command("dismiss")
def dismiss(ids: DeliveryId, project: Project = DEFAULT_PROJECT) -> None:
    """Take deliveries off the list, without sending them."""
    from knowledge_base.store.messages import outbox as store_outbox

    with _store() as store:
        for each in ids:
            with store.write() as db:
                store_outbox.dismiss(db, project, each)
            typer.echo(f"{each}: dismissed")


@contextmanager
def _store() -> Iterator[Store]:
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store

    with Store(read_settings().url) as store:
        yield store


def _lines(delivery: OutgoingDelivery) -> list[str]:
    at = delivery.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    headline = str(delivery.payload.get("headline", ""))
    lines = [f"{delivery.public_id:8} {delivery.state:9} {delivery.channel:10} {at}  {_printable(headline)[:80]}"]
    if delivery.error and delivery.state != "sent":
        lines.append(f"         {_printable(delivery.error)[:200]}")
    return lines


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)


def _document(delivery: OutgoingDelivery) -> dict[str, object]:
    from knowledge_base.ids import Prefix, public_id

    return {
        "id": delivery.public_id,
        "channel": delivery.channel,
        "kind": delivery.kind,
        "state": delivery.state,
        "headline": delivery.payload.get("headline", ""),
        "question_id": None if delivery.question is None else public_id(Prefix.QUESTION, delivery.question),
        "attempts": delivery.attempts,
        "error": delivery.error,
        "created_at": delivery.created_at,
        "sent_at": delivery.sent_at,
    }
