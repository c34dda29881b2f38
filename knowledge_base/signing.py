"""How a project's texts are signed now: under its users' rules, and under earlier ones while templates follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection

from knowledge_base.signature import Signer
from knowledge_base.signature.custom.project_signer import ProjectSigner, sign_under
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signature.limits import SIGNATURE_VERSION
from knowledge_base.store.grouping import templates
from knowledge_base.store.grouping.templates import TemplateRef
from knowledge_base.store.rules import rule_sets
from knowledge_base.types import Signature

MOST_UNDER_WAY = 4
"""Changes of rules that templates may not follow yet; every lookup of an unseen line tries all of them."""


@dataclass(frozen=True, slots=True)
class Signing:
    """The rules that hold, and the earlier ones that stored templates may still be found by, newest first.

    ``number`` is that of the change; -1 where there never was one. ``is_outdated`` tells that templates are known by
    another version of Kea's own rules alone, which cannot be run any more: they have to be signed anew first.
    """

    number: int
    rules: RuleSet
    older: tuple[RuleSet, ...]
    is_outdated: bool

    @property
    def all_rules(self) -> tuple[RuleSet, ...]:
        """All rules to look a text up by, in their order."""
        return (self.rules, *self.older)


def read_signing(db: Connection, project: str) -> Signing:
    """Read how a project's texts are signed."""
    stored = rule_sets.newest(db, project, MOST_UNDER_WAY + 1)
    if not stored:
        return Signing(-1, RuleSet(), (), rule_sets.other_version(db, project, SIGNATURE_VERSION) is not None)
    first = stored[0]
    older: dict[str, RuleSet] = {}
    is_outdated = first.is_outdated
    for before, each in pairwise(stored):
        if before.is_finished:
            break
        if each.is_outdated:
            is_outdated = True  # an upgrade that somebody is at, or that was killed
        elif each.version != first.version:
            older.setdefault(each.version, each.rules)
    return Signing(first.number, first.rules, tuple(older.values()), is_outdated)


def signatures_of(signing: Signing, text: str) -> tuple[Signature, ...]:
    """Sign a text under all rules that it may be known by; the first one is its signature."""
    return tuple(sign_under(rules, text) for rules in signing.all_rules)


def find_all_signed(db: Connection, project: str, signed: Sequence[Collection[Signature]]) -> list[TemplateRef | None]:
    """Give for each text the template of the first of its signatures that is known; one look-up for each version."""
    wanted: dict[str, list[str]] = {}
    for signatures in signed:
        for each in signatures:
            wanted.setdefault(each.version, []).append(each.fingerprint)
    known = {version: templates.find(db, project, version, prints) for version, prints in wanted.items()}
    return [
        next((ref for each in signatures if (ref := known[each.version].get(each.fingerprint)) is not None), None)
        for signatures in signed
    ]


def find_signed(db: Connection, project: str, signatures: Collection[Signature]) -> TemplateRef | None:
    """Give the template of the first signature that is known."""
    for each in signatures:
        found = templates.find(db, project, each.version, [each.fingerprint]).get(each.fingerprint)
        if found is not None:
            return found
    return None


class ProjectSigning:
    """Signs the lines of one project and follows the changes of its rules. Not safe to be shared by threads."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.signer = ProjectSigner(RuleSet())
        self.is_outdated = False
        self._number = -1
        self._older: tuple[ProjectSigner, ...] = ()
        self._marks: tuple[tuple[int, str, bool], ...] | None = None

    def follow(self, db: Connection) -> None:
        """Come up to the rules as they are in this transaction."""
        marks = rule_sets.marks(db, self.project, MOST_UNDER_WAY + 1)
        if marks == self._marks and not self.is_outdated:
            return
        signing = read_signing(db, self.project)
        if signing.rules != self.signer.rules:
            self.signer = ProjectSigner(signing.rules, Signer())
        self._older = tuple(ProjectSigner(rules) for rules in signing.older)
        self._number, self.is_outdated, self._marks = signing.number, signing.is_outdated, marks

    def holds(self, db: Connection) -> bool:
        """Tell whether the rules are still those that were followed.

        Asked with the project held, before templates are made under them.
        """
        marks = rule_sets.marks(db, self.project, 1)
        return (marks[0][0] if marks else -1) == self._number

    def sign_before(self, texts: Mapping[str, str]) -> dict[str, tuple[Signature, ...]]:
        """Sign texts, given by their fingerprints, under the earlier rules that templates may still be found by."""
        found: dict[str, tuple[Signature, ...]] = {}
        for signer in self._older:
            for fingerprint, signature in zip(texts, signer.sign_all(list(texts.values())), strict=True):
                found[fingerprint] = (*found.get(fingerprint, ()), signature)
        return found

    def adopt(self, db: Connection, before: Mapping[str, Collection[Signature]]) -> dict[str, TemplateRef]:
        """Let unseen fingerprints stand for the templates that earlier signatures of their texts lead to.

        Gives the templates that they stand for now: somebody else may have been faster. The caller holds the project.
        """
        known = {each: ref for each, old in before.items() if (ref := find_signed(db, self.project, old)) is not None}
        for fingerprint, ref in known.items():
            templates.add_fingerprints(db, self.project, ref.template, [(self.signer.version, fingerprint)])
        return templates.find(db, self.project, self.signer.version, known)
