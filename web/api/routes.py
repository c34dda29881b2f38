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
    exchange,
    explain,
    learning,
    logs,
    lookup,
    people,
    projects,
    proposals,
    queue,
    recluster,
    rules,
    solutions,
    status,
    templates,
    thresholds,
    tokens,
    what_if,
)
from web.api.models import ProblemOut
from web.problems import MEDIA_TYPE

_PROBLEMS = {
    400: "The input cannot be used",
    401: "Not signed in",
    403: "Not allowed with this role",
    404: "Not in this project",
    409: "The state has changed meanwhile",
    413: "The body is too large",
    422: "The request does not have the right shape",
    429: "Asked too often",
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
    queue,
    channels,
    deliveries,
    people,
    tokens,
    exchange,
    projects,
    status,
):
    router.include_router(resource.router)
