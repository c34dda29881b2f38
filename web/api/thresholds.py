"""The two confidences from which a project answers and suggests."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from knowledge_base.curation import thresholds
from knowledge_base.curation.thresholds import Edit, ThresholdsHeld
from knowledge_base.store.asking.thresholds import Thresholds
from web.api.curation import UndoIn
from web.api.models import Shape
from web.parts import Parts
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(prefix="/thresholds", tags=["thresholds"])


class ThresholdsSeen(Shape):
    """The thresholds that somebody saw before they changed them."""

    answer: Annotated[float, Field(ge=0, le=1, strict=True, examples=[0.9])]
    suggest: Annotated[float, Field(ge=0, le=1, strict=True, examples=[0.6])]


class ThresholdsIn(Shape):
    """What to change; what is left out or null stays as it holds now. ``suggest`` may not be above ``answer``."""

    answer: Annotated[
        float | None, Field(ge=0, le=1, strict=True, description="Confidence from which Kea answers.", examples=[0.9])
    ] = None
    suggest: Annotated[
        float | None, Field(ge=0, le=1, strict=True, description="Confidence from which Kea suggests.", examples=[0.6])
    ] = None
    seen: ThresholdsSeen | None = Field(
        default=None,
        description="Those that held when you looked: 409 where others hold by now, so that nobody's change is lost.",
    )


class ThresholdsOut(Shape):
    """The thresholds that hold."""

    answer: float = Field(description="Confidence from which Kea answers.", examples=[0.9])
    suggest: float = Field(description="Confidence from which Kea suggests.", examples=[0.6])
    is_own: bool = Field(description="Whether the project has its own; else those of the settings hold.")
    audit_id: int | None = Field(
        description="What `POST /thresholds/undo` takes; null where nothing was changed.", examples=[7]
    )

    @classmethod
    def of(cls, held: ThresholdsHeld) -> ThresholdsOut:
        """Show what holds."""
        limits = held.thresholds
        return cls(answer=limits.answer, suggest=limits.suggest, is_own=held.is_own, audit_id=held.audit_id)


@router.get("", summary="Show the thresholds")
def show_thresholds(parts: PartsOf, project: ProjectOf) -> ThresholdsOut:
    """Show the confidences from which the project answers and suggests."""
    return ThresholdsOut.of(thresholds.read_thresholds(parts.knowledge.store, project, parts.settings))


@router.put("", summary="Change the thresholds")
def change_thresholds(parts: PartsOf, project: ProjectOf, who: WhoOf, wanted: ThresholdsIn) -> ThresholdsOut:
    """Give the project thresholds of its own; questions are answered by them from now on."""
    seen = None if wanted.seen is None else Thresholds(wanted.seen.answer, wanted.seen.suggest)
    return _change(parts, project, Edit(wanted.answer, wanted.suggest), who.name, seen)


@router.delete("", summary="Let the thresholds of the settings hold again")
def reset_thresholds(parts: PartsOf, project: ProjectOf, who: WhoOf) -> ThresholdsOut:
    """Take the project's own thresholds away; `KEA_ANSWER_THRESHOLD` and `KEA_SUGGEST_THRESHOLD` hold then."""
    return _change(parts, project, Edit(reset=True), who.name)


@router.post("/undo", summary="Take a change of the thresholds back")
def undo_change(parts: PartsOf, project: ProjectOf, who: WhoOf, undo: UndoIn) -> ThresholdsOut:
    """Let those hold again that held before; 409 where they were changed again meanwhile."""
    store = parts.knowledge.store
    held = thresholds.undo_thresholds(store, project, undo.audit_id, parts.settings, actor=who.name)
    return ThresholdsOut.of(held)


def _change(parts: Parts, project: str, edit: Edit, actor: str, seen: Thresholds | None = None) -> ThresholdsOut:
    store = parts.knowledge.store
    held = thresholds.change_thresholds(store, project, edit, parts.settings, actor=actor, based_on=seen)
    return ThresholdsOut.of(held)
