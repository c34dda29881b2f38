"""``kea recluster``: clusters a whole project anew under what people said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name

if TYPE_CHECKING:
    from ingest.clustering.reclustering import Applied
    from ingest.clustering.reclustering.summary import Move, Summary

SHOWN, SHOWN_JSON = 20, 10_000


def recluster(
    project: Project = DEFAULT_PROJECT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would move; nothing is written.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    undo: Annotated[
        int | None, typer.Option(metavar="ACT", help="Take one back, by the number that it printed.")
    ] = None,
    partly: Annotated[
        bool, typer.Option("--partly", help="With --undo: also where newer acts hold some of it.")
    ] = False,
    actor: Annotated[str, typer.Option(help="The name that it stands under; yours by default.")] = "",
    as_json: AsJson = False,
) -> None:
    """Cluster all templates anew, after showing what would move. What people labelled, merged, split or moved stays."""
    if partly and undo is None:
        raise typer.BadParameter("only together with --undo", param_hint="--partly")
    if undo is not None:
        if dry_run:
            raise typer.BadParameter("--undo has no dry run", param_hint="--dry-run")
        _undo(project, undo, actor=actor, partly=partly, as_json=as_json)
        return
    from dataclasses import asdict

    from ingest.clustering.reclustering import apply_plan, plan_reclustering
    from ingest.clustering.reclustering.summary import summarise
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.settings import read_settings
    from knowledge_base.store import projects
    from web.cli.output import print_json
    from web.cli.progress import counting

    with KnowledgeBase(read_settings()) as knowledge:
        with knowledge.store.read() as db:
            projects.require_project(db, project)
            total = projects.living_templates(db, project)
        with (
            counting("templates embedded and compared", total=2 * total) as tick,
            plan_reclustering(knowledge, project, tick) as plan,
        ):
            most = SHOWN_JSON if as_json else SHOWN
            told = summarise(plan, knowledge.settings.group_threshold, most=most)
            if not as_json:
                typer.echo("\n".join(_lines(told)))
            done: Applied | None = None
            if not dry_run and told.moved_templates:
                if not yes:
                    typer.confirm("Move them?", abort=True, err=as_json)
                done = apply_plan(knowledge, plan, actor=actor or login_name())
    if as_json:
        print_json({**asdict(told), "done": None if done is None else asdict(done)})
    elif done is not None:
        typer.echo("\n".join(_done(done)))


def _undo(project: str, act: int, *, actor: str, partly: bool, as_json: bool) -> None:
    from dataclasses import asdict

    from knowledge_base.curation.grouping.unrearranging import undo_recluster
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store
    from web.cli.output import print_json
    from web.cli.progress import counting

    with Store(read_settings().url) as store, counting("templates") as tick:
        back = undo_recluster(store, project, act, actor=actor or login_name(), partly=partly, tick=tick)
    if as_json:
        print_json(asdict(back))
        return
    typer.echo(f"Taken back: {back.templates:,} templates are where they were.")
    for each in back.refused[:SHOWN]:
        typer.echo(f"  left as it is: {each}")


def _lines(told: Summary) -> list[str]:
    if not told.moved_templates:
        return [f"All {told.templates:,} templates are where they belong; {told.categories_before:,} categories."]
    lines = [
        f"{told.moved_templates:,} of {told.templates:,} templates would move ({told.moved_lines:,} lines):"
        f" {told.categories_before:,} categories become {told.categories_after:,}, {told.new_categories:,} new."
    ]
    for merged in told.merged:
        lines.append(f"  {', '.join(merged.merged[:8])} into {merged.into or 'a new one'}  ({merged.lines:,} lines)")
    for split in told.split:
        into = ", ".join(each or "a new one" for each in split.into[:8])
        lines.append(f"  {split.category_id} divided: {into}  ({split.lines:,} lines)")
    lines += [_move(each) for each in told.moves]
    more = told.moved_templates - len(told.moves)
    return [*lines, f"  and {more:,} more templates; --json names up to {SHOWN_JSON:,}"] if more else lines


def _move(each: Move) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in each.text)[:80]
    score, before = each.why.get("score"), each.why.get("runner_up_score")
    nearness = "like nothing there" if score is None else f"{score} alike"
    was = "" if each.why.get("runner_up") is None else f", {before} where it is"
    return f"  {each.template_id} {each.source} -> {each.to or 'new'}  {each.lines:,} lines, {nearness}{was}  {text}"


def _done(done: Applied) -> list[str]:
    lines = [
        f"{done.templates:,} templates were moved, {done.merged:,} categories merged, {done.created:,} made."
        + (f" `kea recluster --undo {done.audit_id}` takes it back." if done.audit_id is not None else "")
    ]
    if done.skipped_templates:
        lines.append(f"{done.skipped_templates:,} templates were left alone, for people changed something meanwhile:")
        lines += [f"  {each}" for each in done.skipped[:SHOWN]]
    return lines
