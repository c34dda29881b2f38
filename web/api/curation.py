"""Changing categories: label, ignore, merge, split, attach, undo. Every act is kept and can be taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.errors import InputError
from web.api.bases import Basis, bound
from web.api.models import CategoryOut, Shape, SolutionIn, SolutionOut
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(tags=["curation"])

Id = Annotated[str, Field(max_length=40, examples=["KE-34"])]


SEEN = "The solution that the category had when you looked, empty for none; 409 where it has another one by now."


class DoneOut(Shape):
    """What an act led to; ``audit_id`` is what ``POST /undo`` takes."""

    audit_id: int
    category: CategoryOut
    solution: SolutionOut | None = None

    @classmethod
    def of(cls, done: Done) -> DoneOut:
        """Show what was done."""
        return cls.model_validate(done)


class ChangeIn(Shape):
    """What to change; members that are left out stay as they are."""

    label: Annotated[str | None, Field(description="Empty takes the label off.", examples=["Table not found"])] = None
    reason: Annotated[str, Field(max_length=500)] = ""
    basis: Basis = None
    ignored: Annotated[bool | None, Field(strict=True, description="Puts the category aside as noise.")] = None


class MergeIn(Shape):
    """Categories to put into this one; their ids stay as aliases."""

    others: Annotated[list[Id], Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(max_length=500)] = ""
    basis: Basis = None


class SplitIn(Shape):
    """Templates that become a category of their own."""

    template_ids: Annotated[list[Annotated[str, Field(examples=["T-34"])]], Field(min_length=1, max_length=1000)]
    label: Annotated[str | None, Field(max_length=200)] = None
    reason: Annotated[str, Field(max_length=500)] = ""
    basis: Basis = None


class MoveTemplateIn(Shape):
    """Where a template goes."""

    category_id: Id
    reason: Annotated[str, Field(max_length=500)] = ""
    basis: Basis = None


class AttachIn(SolutionIn):
    """The category's solution; ``based_on`` is the version that you saw, null where you saw none."""

    based_on: Annotated[int | None, Field(ge=1, lt=2**62, strict=True, examples=[1])] = None
    solution_id: Annotated[
        str | None,
        Field(
            max_length=40,
            examples=["S-3"],
            description="The solution that you saw; 409 where the category has another one by now.",
        ),
    ] = None


class ApartIn(Shape):
    """Another category that is a different error."""

    other: Id
    reason: Annotated[str, Field(max_length=500)] = ""
    basis: Basis = None


class LinkIn(Shape):
    """A solution that is there already."""

    solution_id: Annotated[str, Field(examples=["S-3"])]
    seen: Annotated[str | None, Field(max_length=40, examples=["S-1"], description=SEEN)] = None


class UndoIn(Shape):
    """The act to take back."""

    audit_id: Annotated[int, Field(ge=1, lt=2**62, strict=True, examples=[7])]


@router.patch("/categories/{category_id}", summary="Label or ignore a category")
def change_category(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, change: ChangeIn) -> DoneOut:
    """Change the label, or whether the category is ignored; one of them at a time."""
    given = change.model_fields_set
    store = parts.knowledge.store
    if "label" in given and "ignored" not in given:
        with bound(parts, project, change.basis, category_id) as basis:
            label = change.label or ""
            done = curation.label(store, project, category_id, label, reason=change.reason, basis=basis, actor=who.name)
        return DoneOut.of(done)
    if given == {"ignored"} and change.ignored is not None:
        return DoneOut.of(curation.ignore(store, project, category_id, ignored=change.ignored, actor=who.name))
    raise InputError(
        "give either label, with reason and basis, or ignored; each is an act that can be taken back by itself"
    )


@router.post("/categories/{category_id}/merge", summary="Merge other categories into one")
def merge_categories(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, merge: MergeIn) -> DoneOut:
    """Put categories into this one; kept as must-link, so that no clustering takes them apart."""
    store = parts.knowledge.store
    with bound(parts, project, merge.basis, category_id, *merge.others) as basis:
        done = curation.merge(
            store, project, category_id, merge.others, reason=merge.reason, basis=basis, actor=who.name
        )
    return DoneOut.of(done)


@router.post("/categories/{category_id}/split", summary="Split templates off a category")
def split_category(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, split: SplitIn) -> DoneOut:
    """Make a category of templates; kept as cannot-link. The answer shows the new category."""
    store = parts.knowledge.store
    with bound(parts, project, split.basis, category_id) as basis:
        done = curation.split(
            store,
            project,
            category_id,
            split.template_ids,
            label=split.label,
            reason=split.reason,
            basis=basis,
            actor=who.name,
        )
    return DoneOut.of(done)


@router.post("/templates/{template_id}/move", summary="Move a template into another category")
def move_template(parts: PartsOf, project: ProjectOf, who: WhoOf, template_id: str, to: MoveTemplateIn) -> DoneOut:
    """Put a template into another category; kept as must-link there and as cannot-link to where it was."""
    store = parts.knowledge.store
    with bound(parts, project, to.basis, to.category_id) as basis:
        done = curation.move(store, project, template_id, to.category_id, reason=to.reason, basis=basis, actor=who.name)
    return DoneOut.of(done)


@router.post("/categories/{category_id}/apart", summary="Keep another category apart")
def keep_apart(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, apart: ApartIn) -> DoneOut:
    """Say that two categories are different errors; kept as cannot-link, and not proposed again."""
    with bound(parts, project, apart.basis, category_id, apart.other) as basis:
        done = curation.keep_apart(
            parts.knowledge.store,
            project,
            category_id,
            apart.other,
            reason=apart.reason,
            basis=basis,
            actor=who.name,
        )
    return DoneOut.of(done)


@router.put("/categories/{category_id}/solution", summary="Write a category's solution")
def attach_solution(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, words: AttachIn) -> DoneOut:
    """Write the first version or the next one; 409 where somebody saved meanwhile."""
    text = words.text()
    store = parts.knowledge.store
    done = curation.attach(
        store, project, category_id, text, based_on=words.based_on, seen=words.solution_id, actor=who.name
    )
    return DoneOut.of(done)


@router.post("/categories/{category_id}/solution", summary="Attach a solution that is there already")
def link_solution(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, link: LinkIn) -> DoneOut:
    """Give the category a solution in place of the one it has."""
    store = parts.knowledge.store
    done = curation.link(store, project, category_id, link.solution_id, seen=link.seen, actor=who.name)
    return DoneOut.of(done)


@router.delete("/categories/{category_id}/solution", summary="Take the solution off a category")
def detach_solution(
    parts: PartsOf,
    project: ProjectOf,
    who: WhoOf,
    category_id: str,
    seen: Annotated[str | None, Query(max_length=40, examples=["S-1"], description=SEEN)] = None,
) -> DoneOut:
    """Take it off; the solution itself stays."""
    return DoneOut.of(curation.detach(parts.knowledge.store, project, category_id, seen=seen, actor=who.name))


@router.post("/undo", summary="Take an act back")
def undo_act(parts: PartsOf, project: ProjectOf, who: WhoOf, undo: UndoIn) -> DoneOut:
    """Take an act back exactly; 409 where something newer builds on it."""
    return DoneOut.of(curation.undo(parts.knowledge.store, project, undo.audit_id, actor=who.name))
