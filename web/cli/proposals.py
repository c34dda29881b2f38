"""``kea proposals``: what the machine would merge, split or label; agreeing to it, and saying that it is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project, login_name
from web.showing.scores import two_places

if TYPE_CHECKING:
    from knowledge_base.store.grouping.briefs import Brief
    from knowledge_base.store.grouping.proposal_values import Proposal
    from knowledge_base.store.store import Store

proposals = typer.Typer(
    help="What Kea would merge, split or label: list it with its grounds, accept it, or dismiss it for ever.",
    no_args_is_help=True,
)
ProposalId = Annotated[str, typer.Argument(metavar="ID", help="A proposal such as P-12.")]
Actor = Annotated[str, typer.Option(help="The name that the act stands under; yours by default.")]


@proposals.command("list")
def list_(
    kind: Annotated[list[str] | None, typer.Option(help="Only these: merge, split, label.")] = None,
    category: Annotated[str | None, typer.Option(help="Only those about a category, such as KE-12.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Lines at most.")] = 50,
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """List what is proposed now, best first."""
    from knowledge_base.errors import InputError
    from knowledge_base.store.grouping import categories
    from knowledge_base.store.grouping import proposals as store_proposals
    from knowledge_base.store.grouping.briefs import briefs
    from knowledge_base.store.grouping.proposal_values import ProposalKind
    from knowledge_base.store.grouping.proposals import Chosen
    from knowledge_base.store.projects import require_project
    from web.cli.output import print_json

    strange = [each for each in kind or () if each not in set(ProposalKind)]
    if strange:
        raise InputError(f"{strange[0]!r} is no kind of proposal: use merge, split or label")
    kinds = tuple(ProposalKind(each) for each in kind or ())
    with _store() as store, store.read() as db:
        require_project(db, project)
        number = None if category is None else categories.resolve_public(db, project, category)
        found = store_proposals.list_proposals(db, project, Chosen(kinds, category=number), limit=limit)
        known = briefs(db, project, [number for each in found for number in (each.left, each.right)])
    if as_json:
        print_json([_document(each) for each in found])
    elif not found:
        typer.echo("Nothing is proposed.")
    else:
        for each in found:
            typer.echo("\n".join(_lines(each, known)))


@proposals.command("accept")
def accept(
    proposal: ProposalId,
    into: Annotated[str | None, typer.Option(help="Of a merge: the category to keep.")] = None,
    actor: Actor = "",
    project: Project = DEFAULT_PROJECT,
) -> None:
    """Merge, split, or take label and solution over, as a proposal says."""
    from knowledge_base import curation

    with _store() as store:
        done = curation.accept(store, project, proposal, into=into, actor=actor or login_name())
    typer.echo(f"{proposal}: accepted; see {done.category.id}, where it can be undone")


@proposals.command("dismiss")
def dismiss(proposal: ProposalId, actor: Actor = "", project: Project = DEFAULT_PROJECT) -> None:
    """Say that a proposal is wrong: its templates are kept apart (merge, label) or together (split) from now on."""
    from knowledge_base import curation

    with _store() as store:
        done = curation.dismiss(store, project, proposal, actor=actor or login_name())
    typer.echo(f"{proposal}: dismissed; see {done.category.id}, where it can be undone")


@contextmanager
def _store() -> Iterator[Store]:
    from knowledge_base.settings import read_settings
    from knowledge_base.store.store import Store

    with Store(read_settings().url) as store:
        yield store


def _lines(proposal: Proposal, known: dict[int, Brief]) -> list[str]:
    grounds = proposal.grounds
    # What an older Kea proposed does not tell its threshold.
    scores = two_places(proposal.score) + (f" (from {two_places(grounds.threshold)})" if grounds.threshold else "")
    both = [known[number] for number in dict.fromkeys((proposal.left, proposal.right)) if number in known]
    lines = [f"{proposal.public_id:8} {proposal.kind:6} {scores}  {' + '.join(each.id for each in both)}"]
    lines += [f"         {each.id}: {_printable(each.label or each.template)[:100]}" for each in both]
    if grounds.going:
        from knowledge_base.ids import Prefix, public_id

        lines.append(
            f"         would go: {', '.join(public_id(Prefix.TEMPLATE, each.template) for each in grounds.going)}"
        )
    for name, words in (
        ("in common", (*grounds.codes, *_in_words(grounds.concepts), *grounds.words)),
        ("contradicts", _in_words(grounds.against)),
    ):
        if words:
            lines.append(f"         {name}: {_printable(', '.join(words))[:200]}")
    return lines


def _in_words(concepts: Iterable[str]) -> list[str]:
    """Write names of concepts as people say them."""
    return [each.replace("-", " ") for each in concepts]


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)


def _document(proposal: Proposal) -> dict[str, object]:
    from knowledge_base.ids import Prefix, public_id

    grounds = proposal.grounds
    return {
        "id": proposal.public_id,
        "kind": proposal.kind,
        "left": public_id(Prefix.CATEGORY, proposal.left),
        "right": public_id(Prefix.CATEGORY, proposal.right),
        "score": proposal.score,
        "threshold": grounds.threshold,
        "runner_up": None if grounds.runner_up is None else public_id(Prefix.CATEGORY, grounds.runner_up),
        "runner_up_score": grounds.runner_up_score,
        "words": list(grounds.words),
        "codes": list(grounds.codes),
        "concepts": list(grounds.concepts),
        "against": list(grounds.against),
        "templates": [public_id(Prefix.TEMPLATE, each.template) for each in grounds.going],
        "at": proposal.at,
    }
