"""Reads the fields of a solution's editor as a browser sends them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from knowledge_base.curation.solving.solution_form import SolutionForm


async def _read_form(request: Request) -> SolutionForm:
    async with request.form() as form:  # closes what somebody may have sent as a file
        return SolutionForm.read((name, value) for name, value in form.multi_items() if isinstance(value, str))


FormOf = Annotated[SolutionForm, Depends(_read_form)]
