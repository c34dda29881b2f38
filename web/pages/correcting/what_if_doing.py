"""Carries out a correction that was shown, if everything is still as it was then."""

from __future__ import annotations

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.store.store import Store
from web.replaying.replays import Wanted


def carry_out(store: Store, project: str, wanted: Wanted, *, reason: str, actor: str) -> list[Done]:
    """Do what was shown, in one transaction. Raises what the act raises, StaleVersion among it."""
    basis, category = wanted.basis, wanted.category
    match wanted.kind:
        case "dismiss":
            return [
                curation.dismiss(
                    store, project, wanted.proposal, shown=category or None, reason=reason, basis=basis, actor=actor
                )
            ]
        case "label":
            named = [category, *wanted.others]
            return curation.label_all(store, project, named, wanted.label, reason=reason, basis=basis, actor=actor)
        case "apart":
            other = wanted.others[0]
            return [curation.keep_apart(store, project, category, other, reason=reason, basis=basis, actor=actor)]
        case _ if wanted.proposal or wanted.kind == "adopt":
            into = category if wanted.kind == "merge" else None
            return [
                curation.accept(store, project, wanted.proposal, into=into, reason=reason, basis=basis, actor=actor)
            ]
        case "merge":
            return [curation.merge(store, project, category, wanted.others, reason=reason, basis=basis, actor=actor)]
        case "move":
            template = wanted.templates[0]
            return [curation.move(store, project, template, category, reason=reason, basis=basis, actor=actor)]
    return [
        curation.split(
            store,
            project,
            category,
            wanted.templates,
            label=wanted.label or None,
            reason=reason,
            basis=basis,
            actor=actor,
        )
    ]
