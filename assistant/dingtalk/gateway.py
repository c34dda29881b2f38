"""Asks DingTalk's gateway for a Stream connection.

The SDK does this with a blocking call that has no time limit, in the loop that is to be stopped, at an
address that is fixed for the whole process. So it is done here, with the same document.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx2
from dingtalk_stream import ChatbotMessage, Credential  # type: ignore[import-untyped]
from dingtalk_stream.version import VERSION_STRING  # type: ignore[import-untyped]

from knowledge_base.errors import Unavailable

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where to connect to, once, and with what secret."""

    endpoint: str
    ticket: str = field(repr=False)


async def ask_for_ticket(credential: Credential, api: httpx2.URL) -> Ticket:
    """Register for the robot's messages.

    Raises Unavailable saying what to do.
    """
    body = {
        "clientId": credential.client_id,
        "clientSecret": credential.client_secret,
        "subscriptions": [{"type": "CALLBACK", "topic": ChatbotMessage.TOPIC}],
        "ua": f"dingtalk-sdk-python/v{VERSION_STRING}-union",
        "localIp": "",
    }
    try:
        async with asyncio.timeout(SECONDS), httpx2.AsyncClient(timeout=SECONDS) as client:
            response = await client.post(api.join("v1.0/gateway/connections/open"), json=body)
            found: Any = response.json() if response.status_code == 200 else None
    except (TimeoutError, httpx2.HTTPError) as error:
        raise Unavailable(f"the gateway cannot be reached ({type(error).__name__}); is the network up?") from None
    except ValueError:
        found = {}
    if found is None:
        raise Unavailable(
            f"the gateway answers {response.status_code}; check KEA_DINGTALK_CLIENT_ID and "
            "KEA_DINGTALK_CLIENT_SECRET, and that the app's robot is in Stream mode"
        )
    endpoint, ticket = (found.get("endpoint"), found.get("ticket")) if isinstance(found, dict) else (None, None)
    if not (isinstance(endpoint, str) and isinstance(ticket, str) and _is_fit(endpoint, api)):
        raise Unavailable("the gateway's answer names no endpoint that could be used; check KEA_DINGTALK_API_URL")
    return Ticket(endpoint, ticket)


def _is_fit(endpoint: str, api: httpx2.URL) -> bool:
    """Whether an endpoint is a WebSocket that is encrypted where the gateway is."""
    return endpoint.startswith("wss://") or (endpoint.startswith("ws://") and api.scheme == "http")
