"""The chats and ticket systems that Kea answers in."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from assistant.ports import Adapter
from web.api.models import Shape
from web.hooks import FOLDER
from web.project import PartsOf, ProjectOf
from web.running.background import Fare

router = APIRouter(prefix="/channels", tags=["channels"])


class ChannelOut(Shape):
    """A channel that is set up for the project."""

    name: str = Field(examples=["slack"])
    webhook: str | None = Field(description="Where the platform sends its events to.", examples=["/hooks/slack"])
    connected: bool | None = Field(description="Whether our own connection to it is up; null where there is none.")

    @classmethod
    def of(cls, adapter: Adapter, fare: Fare) -> ChannelOut:
        """Show an adapter."""
        name = adapter.channel.name
        return cls(
            name=name,
            webhook=None if adapter.webhook is None else FOLDER + name,
            connected=None if adapter.connection is None else fare.connected.get(name, False),
        )


@router.get("", summary="List channels")
def list_channels(parts: PartsOf, project: ProjectOf) -> list[ChannelOut]:
    """List the channels whose questions are about the project."""
    fare = parts.background.fare()
    return [ChannelOut.of(each, fare) for each in parts.desk.adapters if each.project == project]
