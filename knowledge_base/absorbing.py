"""Templates that were never seen as such and are known all the same: but for a word where any word may stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from knowledge_base.signature.wildcards.candidates import double_hashes, wildcards
from knowledge_base.signing import find_all_signed
from knowledge_base.store import projects
from knowledge_base.store.grouping import facts, templates
from knowledge_base.store.grouping import wildcards as known_wildcards
from knowledge_base.store.grouping.templates import NewTemplate, TemplateRef
from knowledge_base.store.intake import ingestion
from knowledge_base.types import FactKind, Signature


def resembling(db: Connection, project: str, texts: Mapping[str, str]) -> dict[str, TemplateRef]:
    """Find the templates that texts of templates, by any name, have but for a variable word.

    A place at which people keep two templates apart is none: there the word matters.
    """
    depth = known_wildcards.deepest(db, project) if texts else 0
    if not depth:
        return {}
    places = {name: places_of(text, depth=depth) for name, text in texts.items()}
    known = known_wildcards.find(db, project, (place for each in places.values() for place in each))
    apart = places_apart(db, project, {place: each.ref.template for place, each in known.items()})
    found: dict[str, TemplateRef] = {}
    for name, candidates in places.items():
        open_ = [known[place] for place in candidates if place in known and place not in apart]
        if open_:
            found[name] = min(open_, key=lambda each: (-each.depth, each.ref.template)).ref
    return found


def known_as(db: Connection, project: str, signed: Sequence[Sequence[Signature]]) -> list[TemplateRef | None]:
    """Tell which template each text is known as, by one of its signatures, newest first, or by a variable word."""
    found = find_all_signed(db, project, signed)
    missing = {str(place): signed[place][0].template for place, ref in enumerate(found) if ref is None}
    alike = resembling(db, project, missing)
    return [ref or alike.get(str(place)) for place, ref in enumerate(found)]


def places_of(text: str, *, depth: int) -> tuple[int, ...]:
    """List the places by which a template's text may be known, where keys have up to ``depth`` variable places."""
    places = tuple(each.hash for each in wildcards(text))
    return places if depth < 2 else places + double_hashes(text)


def places_apart(db: Connection, project: str, places: Mapping[int, int]) -> set[int]:
    """Tell at which places people keep a template apart from the one that the place leads to."""
    leading = set(places.values())
    kept = [fact for fact in facts.about(db, project, leading) if fact.kind is FactKind.CANNOT_LINK]
    if not kept:
        return set()
    texts = templates.texts(db, project, sorted({number for fact in kept for number in (fact.left, fact.right)}))
    closed: set[tuple[int, int]] = set()
    for fact in kept:
        for mine, other in ((fact.left, fact.right), (fact.right, fact.left)):
            if mine in leading:
                closed |= {(place, mine) for place in places_of(texts.get(other, ""), depth=2)}
    return {place for place, template in places.items() if (place, template) in closed}


def give_templates(
    db: Connection, project: str, unseen: Sequence[NewTemplate], alike: Mapping[str, TemplateRef], now: datetime
) -> dict[str, TemplateRef]:
    """Give fingerprints that were not found their templates: the one that they resemble, which they join, or a new one.

    ``alike`` has what was found by :func:`resembling`, before the caller's transaction: looking takes a while.
    """
    if not unseen:
        return {}
    projects.lock(db, project)
    version = unseen[0].version
    found = templates.find(db, project, version, [each.fingerprint for each in unseen])
    living = known_wildcards.living(db, project, {ref.template for ref in alike.values()})
    joining: dict[int, list[tuple[str, str]]] = {}
    for each in unseen:
        ref = alike.get(each.fingerprint)
        if each.fingerprint not in found and ref is not None and ref.template in living:
            joining.setdefault(ref.template, []).append((version, each.fingerprint))
            found[each.fingerprint] = living[ref.template]
    for template, fingerprints in joining.items():
        templates.add_fingerprints(db, project, template, fingerprints)
    rest = [each for each in unseen if each.fingerprint not in found]
    return found | ingestion.ensure_templates(db, project, rest, now)
