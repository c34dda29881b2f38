"""What one correction or other rules would change, before it is done; nothing is written."""

from __future__ import annotations

from fastapi import APIRouter

from assistant.what_if import what_if
from knowledge_base.store.asking.questions import AskedQuestion
from web.api.what_if_acts import foreseen
from web.api.what_if_shapes import NamedOut, SayingOut, WhatIfIn, WhatIfOut
from web.project import PartsOf, ProjectOf

router = APIRouter(tags=["curation"])


@router.post("/what-if", summary="Show what an act would change")
def try_act(parts: PartsOf, project: ProjectOf, wanted: WhatIfIn) -> WhatIfOut:
    """Replay stored lines and recent questions under an act or other rules; nothing is kept.

    Refused with what the act itself would be refused with. `label`, `apart` and `dismiss` move no line and change no
    answer; `saying` tells what they do.
    """
    # What changes while the replay runs has to be noticed, so the state is read first.
    with parts.knowledge.store.read() as db:
        act, basis = foreseen(parts, db, project, wanted)
    found = what_if(parts.knowledge, project, act, budget=wanted.budget_seconds)
    members = {name: getattr(found, name) for name in ("lines", "answers", "seconds", "is_complete")}
    saying = None
    if found.saying:
        said = {name: getattr(found.saying, name) for name in ("questions", "kind", "links")}
        saying = SayingOut(
            examples=[NamedOut.model_validate(_named(each)) for each in found.saying.examples],
            proposals=list(found.saying.proposals),
            **said,
        )
    return WhatIfOut.model_validate({**members, "basis": basis, "saying": saying})


def _named(asked: AskedQuestion) -> dict[str, object]:
    return {"id": asked.id, "text": asked.text[:300], "category_id": asked.category_id}
