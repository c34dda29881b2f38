"""``kea backup`` and ``kea restore``: all of the database in one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from web.cli.options import AsJson


def backup(
    file: Annotated[Path, typer.Argument(help="Where it is written; what is there is replaced once it is whole.")],
    as_json: AsJson = False,
) -> None:
    """Write all of the database to a file, as it is now; `kea serve` may run meanwhile."""
    from knowledge_base.exchange.backups import back_up
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store, utc_now
    from web.cli.output import console, print_json

    settings = read_settings()
    with Store(settings.url) as store, _showing("backup") as progress:
        done = back_up(store, settings, file, utc_now(), progress)
    if as_json:
        print_json({"file": str(file), **done.model_dump(mode="json", by_alias=True)})
    else:
        console().print(f"{file}: {file.stat().st_size:,} bytes; `kea restore {file}` puts it back")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `kea backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Put it in place of all that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty database, whole or not at all."""
    from knowledge_base.exchange import backups
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store
    from web.cli.output import console, print_json

    with Store(read_settings().url) as store, _showing("restore") as progress:
        done = backups.restore(store, file, progress, force=force)
    if as_json:
        print_json(done.model_dump(mode="json", by_alias=True))
        return
    console().print(f"restored as of {done.at:%Y-%m-%d %H:%M:%S %Z}")
    console().print(
        "Accounts, passwords, roles and tokens are those of that time: take away again what was revoked since."
        " Everybody signs in anew. Deliveries that were due are sent only by hand: `kea outbox`.",
        markup=False,
    )
    if done.settings:
        console().print("It was made with these settings, which are read from the environment:")
        for name, value in done.settings.items():
            console().print(f"  {name}={value}", markup=False)


@contextmanager
def _showing(label: str) -> Iterator[Callable[[int, int], None]]:
    from web.cli.progress import counting

    with counting(label, total=100) as tick:
        shown = 0

        def progress(done: int, total: int) -> None:
            nonlocal shown
            percent = 100 * done // max(total, 1)
            tick(percent - shown)
            shown = percent

        yield progress
