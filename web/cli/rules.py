"""``kea rules``: masking rules of a project's users."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name

if TYPE_CHECKING:
    from knowledge_base.curation.masking.rule_changes import Edit
    from knowledge_base.curation.masking.rule_preview import Preview
    from knowledge_base.signature.custom.user_rules import Example, RuleSet, UserRule
    from knowledge_base.store.store import Store

rules = typer.Typer(
    help="Masking rules of a project: what is variable in its lines, and what stays. docs/rules.md has an example.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="The rule's name.")]
Mask = Annotated[
    str | None, typer.Option("--mask", metavar="KIND", help="Put this placeholder in place of it: id, user, str ...")
]
Keep = Annotated[bool, typer.Option("--keep", help="Leave it as it is, digits and all.")]
Contains = Annotated[str | None, typer.Option(help="Try the rule only on lines that contain this; makes it fast.")]
Examples = Annotated[
    list[str] | None,
    typer.Option(
        "--example", metavar="'TEXT => TEMPLATE'", help="What has to come of a line; checked at every change."
    ),
]
At = Annotated[int | None, typer.Option("--at", min=1, help="Its position; 1 is tried first.")]
Force = Annotated[bool, typer.Option("--force", help="Also where it masks nearly all of most samples.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not show what would change, and do not ask.")]
Actor = Annotated[str, typer.Option(help="The name that the change stands under; yours by default.")]


@rules.command("list")
def list_(project: Project = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """List the rules in the order in which they are tried, and how far the templates follow them."""
    from knowledge_base.store import projects
    from knowledge_base.store.rules import rule_sets
    from knowledge_base.store.rules.rule_documents import document_of
    from web.cli.output import print_json
    from web.cli.rules_output import rule_lines, state_line

    with _store() as store, store.read() as db:
        projects.require_project(db, project)
        found = rule_sets.newest(db, project)
    present = found[0].rules.rules if found else ()
    if as_json:
        print_json([document_of(rule) for rule in present])
        return
    for position, rule in enumerate(present, 1):
        typer.echo("\n".join(rule_lines(position, rule)))
    typer.echo(state_line(found[0] if found else None))


@rules.command("kept")
def kept(project: Project = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """List the rules that keep templates in a category, in the order in which they are tried."""
    from knowledge_base.store import projects
    from knowledge_base.store.rules import keep_rules
    from web.cli.output import print_json
    from web.cli.rules_output import kept_line

    with _store() as store, store.read() as db:
        projects.require_project(db, project)
        found = keep_rules.read(db, project)
    if as_json:
        documents = keep_rules.documents(found)
        print_json([{"rule": rule.public, **each} for rule, each in zip(found, documents, strict=True)])
        return
    for position, rule in enumerate(found, 1):
        typer.echo(kept_line(position, rule))
    if not found:
        typer.echo("No rule keeps a category; the page Rules and the API add them.")


@rules.command("add")
def add(
    name: Name,
    pattern: Annotated[str, typer.Argument(help="What is meant, in RE2 syntax: all of it, or its first group.")],
    mask: Mask = None,
    keep: Keep = False,
    contains: Contains = None,
    example: Examples = None,
    at: At = None,
    force: Force = False,
    yes: Yes = False,
    actor: Actor = "",
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Add a rule, after showing what it would change."""
    from knowledge_base.curation.masking.rule_changes import adding
    from knowledge_base.signature.custom.user_rules import Action, UserRule

    if bool(mask) == keep:
        raise typer.BadParameter("give either --mask KIND or --keep")
    rule = UserRule(
        name=name,
        pattern=pattern,
        action=Action.KEEP if keep else Action.MASK,
        kind=mask or "",
        contains=contains or "",
        examples=_examples(example or []),
    )
    _change(project, adding(rule, position=at), "add", name, actor=actor, force=force, yes=yes)


@rules.command("edit")
def edit(
    name: Name,
    pattern: Annotated[str | None, typer.Option(help="Another pattern.")] = None,
    mask: Mask = None,
    keep: Keep = False,
    contains: Contains = None,
    example: Examples = None,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Switch it on or off.")] = None,
    force: Force = False,
    yes: Yes = False,
    actor: Actor = "",
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Change what is given of a rule; the examples that are given take the place of all that it had."""
    from knowledge_base.curation.masking.rule_changes import editing

    if mask and keep:
        raise typer.BadParameter("give either --mask KIND or --keep")

    def changed(rule: UserRule) -> UserRule:
        from dataclasses import replace

        from knowledge_base.signature.custom.user_rules import Action

        if mask or keep:
            rule = replace(rule, action=Action.KEEP if keep else Action.MASK, kind=mask or "")
        return replace(
            rule,
            pattern=rule.pattern if pattern is None else pattern,
            contains=rule.contains if contains is None else contains,
            enabled=rule.enabled if enabled is None else enabled,
            examples=rule.examples if example is None else _examples(example),
        )

    _change(project, editing(name, changed), "edit", name, actor=actor, force=force, yes=yes)


@rules.command("remove")
def remove(name: Name, yes: Yes = False, actor: Actor = "", project: Project = DEFAULT_PROJECT) -> None:
    """Remove a rule."""
    from knowledge_base.curation.masking.rule_changes import removing

    _change(project, removing(name), "remove", name, actor=actor, force=False, yes=yes)


@rules.command("move")
def move(
    name: Name,
    position: Annotated[int, typer.Argument(min=1, help="Its new position; 1 is tried first.")],
    yes: Yes = False,
    actor: Actor = "",
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Try a rule earlier or later."""
    from knowledge_base.curation.masking.rule_changes import moving

    _change(project, moving(name, position), "move", name, actor=actor, force=False, yes=yes)


@rules.command("preview")
def preview(
    file: Annotated[Path, typer.Argument(help="All rules as they would be, as `kea rules export` writes them.")],
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Show what other rules would change; nothing is kept."""
    from dataclasses import asdict

    from knowledge_base.curation.masking.rule_changes import changed_rules, setting
    from web.cli.output import print_json
    from web.cli.rule_files import read_rules
    from web.cli.rules_output import preview_lines

    given = read_rules(file)
    with _store() as store:
        before, behind = changed_rules(store, project, setting(given.rules), force=True)
        found = _preview(store, project, before, behind)
    if as_json:
        print_json(asdict(found))
    else:
        typer.echo("\n".join(preview_lines(found)))


@rules.command("history")
def history(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Changes at most.")] = 20,
    project: Project = DEFAULT_PROJECT,
) -> None:
    """List the changes of the rules, newest first."""
    from knowledge_base.store import projects
    from knowledge_base.store.rules import rule_sets
    from web.cli.rules_output import change_lines

    with _store() as store, store.read() as db:
        projects.require_project(db, project)
        found = rule_sets.newest(db, project, limit)
    for each in found:
        typer.echo("\n".join(change_lines(each)))
    if not found:
        typer.echo("Nobody changed anything yet.")


@rules.command("undo")
def undo(
    audit_id: Annotated[int, typer.Argument(metavar="ACT", help="The number that the change printed.")],
    actor: Actor = "",
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Put the rules back that held before a change."""
    from knowledge_base.curation.masking.rule_changes import undo_rules
    from web.cli.rules_output import state_line

    with _store() as store:
        done = undo_rules(store, project, audit_id, actor=actor or login_name())
    typer.echo(f"Taken back. {state_line(done.stored)}")


@rules.command("migrate")
def migrate(project: Project = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """Sign the stored templates anew under the present rules now; `kea serve` and `kea ingest` do it by and by."""
    from dataclasses import asdict

    from knowledge_base.curation.masking.resigning import Resigner
    from knowledge_base.store import projects
    from knowledge_base.store.intake import sample_walk
    from web.cli.output import print_json
    from web.cli.progress import counting

    with _store() as store:
        with store.read() as db:
            projects.require_project(db, project)
            total = sample_walk.count_templates(db, project)
        with counting("templates", total=total) as tick:
            done = Resigner(store, project).run(tick)
    if as_json:
        print_json(asdict(done))
    else:
        typer.echo(
            f"{done.templates:,} templates were signed anew, {done.joined:,} categories came together,"
            f" {done.conflicts:,} may not (`kea rules history` names them)."
        )


@rules.command("export")
def export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; standard output by default.")] = None,
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Write the rules as JSON lines, one rule in each, in their order."""
    from knowledge_base.store import projects
    from knowledge_base.store.rules import rule_sets
    from knowledge_base.store.rules.rule_documents import document_of
    from web.cli.output import row, writing

    with _store() as store, store.read() as db:
        projects.require_project(db, project)
        present = rule_sets.present(db, project)
    with writing(output) as out:
        for rule in present.rules:
            out.write(row(document_of(rule)))


@rules.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON lines as `kea rules export` writes them; - is standard input.")],
    force: Force = False,
    yes: Yes = False,
    actor: Actor = "",
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Put the rules of a file in place of all that are there."""
    from knowledge_base.curation.masking.rule_changes import setting
    from web.cli.rule_files import read_rules

    given = read_rules(file)
    _change(project, setting(given.rules), "import", f"{len(given.rules)} rules", actor=actor, force=force, yes=yes)


def _change(project: str, edit: Edit, action: str, subject: str, *, actor: str, force: bool, yes: bool) -> None:
    from knowledge_base.curation.masking.rule_changes import change_rules, changed_rules
    from web.cli.rules_output import preview_lines, state_line

    with _store() as store:
        if not yes:
            before, behind = changed_rules(store, project, edit, force=force)
            typer.echo("\n".join(preview_lines(_preview(store, project, before, behind))))
            typer.confirm("Change the rules?", abort=True)
        done = change_rules(
            store, project, edit, action=action, subject=subject, actor=actor or login_name(), force=force
        )
    typer.echo(f"{state_line(done.stored)} `kea rules undo {done.audit_id}` takes it back.")


def _preview(store: Store, project: str, before: RuleSet, behind: RuleSet) -> Preview:
    from knowledge_base.curation.masking.rule_preview import sign_anew
    from web.cli.progress import counting

    with counting("templates and recent lines") as tick:
        return sign_anew(store, project, before, behind, tick=tick).preview


@contextmanager
def _store() -> Iterator[Store]:
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store

    with Store(read_settings().url) as store:
        yield store


def _examples(given: list[str]) -> tuple[Example, ...]:
    from knowledge_base.signature.custom.user_rules import Example

    found = []
    for each in given:
        text, arrow, template = each.partition(" => ")
        if not arrow:
            raise typer.BadParameter(f"{each[:80]!r}: write the line, ' => ', and its template", param_hint="--example")
        found.append(Example(text, template))
    return tuple(found)
