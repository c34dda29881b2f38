"""How a raw line is read, step by step."""

from __future__ import annotations

from fastapi import APIRouter

from knowledge_base.recognising import explain_in
from web.api.explain_shapes import ExplanationOut
from web.api.lookup import LookupIn
from web.project import PartsOf, ProjectOf

router = APIRouter(tags=["logs"])


@router.post("/explain", summary="Explain how a raw line is read")
def explain(parts: PartsOf, project: ProjectOf, line: LookupIn) -> ExplanationOut:
    """Tell header, masks with their rules, template, key and fingerprint, and what it is recognised as and why.

    Nothing is kept; secrets do not come back.
    """
    return ExplanationOut.of(*explain_in(parts.knowledge, project, line.text))
