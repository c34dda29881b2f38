"""The doors of chats and ticket systems: their requests are signed, not signed in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from assistant.ports import WebhookRequest
from knowledge_base.errors import NotFound
from web.project import PartsOf

FOLDER = "/hooks/"
router = APIRouter(tags=["hooks"])


@router.post(FOLDER + "{channel}", summary="An event of a chat or ticket system", include_in_schema=False)
async def receive(channel: str, request: Request, parts: PartsOf) -> Response:
    """Hand a request to the platform's adapter; 404 where it is not configured."""
    webhook = parts.desk.webhook(channel)
    if webhook is None:
        raise NotFound(f"there is no channel {channel[:40]!r}; docs/channels.md tells how one is set up")
    body = await request.body()
    told = await run_in_threadpool(
        webhook.receive, WebhookRequest(dict(request.headers), body, dict(request.query_params))
    )
    return Response(told.body, told.status, media_type=told.content_type)
