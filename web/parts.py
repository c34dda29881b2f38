"""What the routes work with, put together once by ``create_app``."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from assistant.answering import Assistant
from assistant.desk import Desk
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.store import Clock
from web.live.feed import LiveFeed
from web.running.background import Background
from web.showing.rendering import Renderer


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one running Kea."""

    settings: Settings
    clock: Clock
    key: str
    knowledge: KnowledgeBase
    assistant: Assistant
    desk: Desk
    background: Background
    renderer: Renderer
    live: LiveFeed


async def parts_of(request: Request) -> Parts:
    """Give the parts of the app that a request came to."""
    parts: Parts = request.app.state.parts
    return parts
