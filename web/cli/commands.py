"""The list of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from web.cli import (
    ask,
    backup,
    calibrate,
    cluster,
    demand,
    demo,
    doctor,
    evaluate,
    exchange,
    explain,
    ingest,
    lookup,
    outbox,
    proposals,
    questions,
    recluster,
    reindex,
    retention,
    rules,
    serve,
    signin,
    solutions,
    thresholds,
    users,
    what_if,
)

app = typer.Typer(
    name="kea",
    help="Kea, the known error assistant: groups error logs into categories and answers with their solutions.",
    epilog="KEA_HOME names the data folder (~/.kea), KEA_DATABASE_URL another database.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"kea {version('kea-assistant')}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


app.command("serve")(serve.serve)
app.command("ingest")(ingest.ingest)
app.command("cluster")(cluster.cluster)
app.command("lookup")(lookup.lookup)
app.command("explain")(explain.explain)
app.command("ask")(ask.ask)
app.command("evaluate")(evaluate.evaluate)
app.command("demand")(demand.demand)
app.command("hand-over")(demand.hand_over)
app.command("export")(exchange.export)
app.command("import")(exchange.import_)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("forget")(retention.forget)
app.command("demo")(demo.demo)
app.command("reindex")(reindex.reindex)
app.command("recluster")(recluster.recluster)
app.command("what-if")(what_if.what_if)
app.command("thresholds")(thresholds.thresholds)
app.command("calibrate")(calibrate.calibrate)
app.add_typer(rules.rules, name="rules")
app.add_typer(outbox.outbox, name="outbox")
app.add_typer(proposals.proposals, name="proposals")
app.add_typer(questions.questions, name="questions")
app.add_typer(solutions.solutions, name="solutions")
app.command("doctor")(doctor.doctor)
app.command("sign-in-link")(signin.sign_in_link)
app.command("token")(signin.token)
app.add_typer(signin.tokens, name="tokens")
app.add_typer(users.users, name="user")
