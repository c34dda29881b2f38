"""What a text is recognised as, and by what: for people who want to see it, nothing is kept.

An exact fingerprint needs no model. Only where it is not known are similar ones looked for.
"""

from __future__ import annotations

from knowledge_base.errors import ModelUnavailable
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import Match
from knowledge_base.recognised import Candidate, How, Recognised
from knowledge_base.signature import Explanation, explain
from knowledge_base.signature.custom.project_signer import sign_under
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signing import read_signing
from knowledge_base.store.asking import thresholds
from knowledge_base.store.grouping import categories, template_reading
from knowledge_base.store.solving import solutions
from knowledge_base.types import Category, Evidence, Solution


def explain_in(knowledge: KnowledgeBase, project: str, text: str) -> tuple[Explanation, Recognised]:
    """Explain a text under a project's rules, and recognise it; raises NotFound for a project that is not there."""
    with knowledge.store.read() as db:
        threshold = thresholds.of_project(db, project, knowledge.settings).suggest
        rules = read_signing(db, project).rules
    return explain(text, rules=rules, now=knowledge.clock()), _recognise(knowledge, project, text, rules, threshold)


def _recognise(knowledge: KnowledgeBase, project: str, text: str, rules: RuleSet, threshold: float) -> Recognised:
    found = knowledge.lookup(project, text)
    if found.template is not None and found.category is not None:
        same = sign_under(rules, found.template.text).fingerprint == found.signature.fingerprint
        evidence = Evidence("exact", matched=found.template.text)
        best = Candidate(found.category, found.template, _solution(knowledge, project, found.category), 1.0, evidence)
        return Recognised(How.EXACT if same else How.JOINED, best, None, threshold)
    try:
        matches = knowledge.match(project, text, limit=2).matches
    except ModelUnavailable as error:
        return Recognised(How.NOTHING, None, None, threshold, str(error))
    candidates = [_candidate(knowledge, project, match) for match in matches]
    best_match = candidates[0] if candidates else None
    return Recognised(
        _how(best_match, threshold), best_match, candidates[1] if len(candidates) > 1 else None, threshold
    )


def _how(best: Candidate | None, threshold: float) -> How:
    if best is None or best.confidence < threshold:
        return How.NOTHING
    return {"exact": How.LINE, "learnt": How.LINE, "code": How.CODE}.get(best.evidence.kind, How.SIMILARITY)


def _candidate(knowledge: KnowledgeBase, project: str, match: Match) -> Candidate:
    with knowledge.store.read() as db:
        category = categories.get(db, project, match.category)
        wanted = [] if match.template is None else [match.template]
        template = next(iter(template_reading.read_templates(db, project, wanted)), None) if wanted else None
    solution = _solution(knowledge, project, category)
    return Candidate(category, template, solution, match.score, match.evidence)


def _solution(knowledge: KnowledgeBase, project: str, category: Category) -> Solution | None:
    if category.solution_id is None:
        return None
    with knowledge.store.read() as db:
        return solutions.get(db, project, number_of(Prefix.SOLUTION, category.solution_id))
