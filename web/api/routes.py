"""All resources of ``/api/v1``."""

from fastapi import APIRouter

from web.api import (
    ask,
    categories,
    channels,
    curation,
    deliveries,
    demand,
    drafts,
    explain,
    learning,
    logs,
    lookup,
    projects,
    proposals,
    recluster,
    rules,
    solutions,
    status,
    templates,
    thresholds,
    what_if,
)
from web.api.models import ProblemOut
from web.problems import MEDIA_TYPE

_PROBLEMS = {
    400: "The input cannot be used",
    401: "Not signed in",
    404: "Not in this project",
    409: "The state has changed meanwhile",
    413: "The body is too large",
    422: "The request does not have the right shape",
    503: "The database or the model cannot be used now",
}

router = APIRouter(
    prefix="/api/v1",
    responses={
        status: {
            "description": description,
            "model": ProblemOut,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
        }
        for status, description in _PROBLEMS.items()
    },
)
for resource in (
    ask,
    learning,
    logs,
    lookup,
    explain,
    categories,
    templates,
    curation,
    proposals,
    what_if,
    recluster,
    rules,
    thresholds,
    solutions,
    drafts,
    demand,
    channels,
    deliveries,
    projects,
    status,
):
    router.include_router(resource.router)
