"""How large a request's body may be; what is larger is refused while it arrives, never held in memory."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1_000_000
LOGS_LIMIT = 16_000_000
LOGS_PATH = "/api/v1/logs"
IMPORT_LIMIT = 2_000_000_000
IMPORT_PATH = "/api/v1/data/import"
UPLOAD_PATH = "/settings/data/import"


def limit_of(path: str, kind: bytes) -> int:
    """Tell how many bytes a request to this path with this content type may bring.

    A file in a form goes to the disk; any other form is held in memory.
    """
    if path == IMPORT_PATH or (path == UPLOAD_PATH and kind.lower().startswith(b"multipart/form-data")):
        return IMPORT_LIMIT
    return LOGS_LIMIT if path == LOGS_PATH else BODY_LIMIT


class LimitBodies:
    """Refuses a body beyond the limit with 413, also where it did not announce its length."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that is counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        limit = limit_of(scope["path"], headers.get(b"content-type", b""))
        announced = headers.get(b"content-length", b"0")
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            if announced.isdigit() and int(announced[:20]) > limit:
                raise too_large(limit)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise too_large(limit)
            return message

        await self.app(scope, counted, send)


def too_large(limit: int) -> HTTPException:
    """Make the refusal."""
    return HTTPException(413, f"The body has more than {limit:,} bytes; send it in parts.")
