"""``kea serve``: the pages, the API and the pipeline."""

from __future__ import annotations

from typing import Annotated

import typer

from web.cli.options import DEFAULT_PROJECT


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; KEA_HOST, else 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; KEA_PORT, else 8080. 0 takes a free one.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that answer; KEA_WORKERS, else 1.")
    ] = None,
    demo_if_empty: Annotated[bool, typer.Option("--demo-if-empty", help="Load the sample into an empty home.")] = False,
) -> None:
    """Serve the pages and the API, and cluster what comes in."""
    from web.cli.threads import use_one_thread

    use_one_thread()
    from knowledge_base.settings import read_settings
    from web.cli.logs import log_to_standard_error
    from web.running.serving import bind, run

    log_to_standard_error()
    chosen = {"host": host, "port": port, "workers": workers}
    settings = read_settings(**{name: value for name, value in chosen.items() if value is not None})
    if demo_if_empty:
        from web.cli.demo import demo

        demo(project=DEFAULT_PROJECT, lines=20_000, days=14, seed=1, if_empty=True, as_json=False)
    listener = bind(settings)
    run(settings, listener)
