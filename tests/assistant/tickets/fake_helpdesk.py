"""A ticket system without a preset: signed timestamps, notes of plain text."""

from __future__ import annotations

import base64
import hmac
import json
import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tests.assistant.tickets.fake_server import Call, FakeApi, Told

TOKEN = "key-of-the-tests"
SECRET = b"a third secret of the tests"
LONGEST = 20_000
NOTES = re.compile(r"/api/tickets/([^/]+)/notes")


class FakeHelpdesk(FakeApi):
    throttling = Told(429, {"error": "throttled"}, {"Retry-After": "2"})

    def answer(self, call: Call) -> Told:
        if call.headers.get("x-api-key") != TOKEN:
            return Told(401, {"error": "no key"})
        found = NOTES.fullmatch(call.path)
        if found is None:
            return self.refusing
        if call.method == "GET":
            return Told(200, {"notes": [note for note in self.notes if note["ticket"] == found[1]]})
        note = call.json()["note"]
        if len(note["text"]) > LONGEST or not isinstance(note["private"], bool):
            return Told(422, {"error": "bad note"})
        self.notes.append({"id": len(self.notes), "ticket": found[1], **note})
        return Told(201, {"note": self.notes[-1]})


def ticket_event(
    *, ticket: str, subject: str, text: str = "", author: str = "ana", url: str = "https://desk.example"
) -> dict[str, Any]:
    return {
        "type": "ticket.created",
        "url": url,
        "ticket": {"id": ticket, "subject": subject, "text": text, "by": author, "self": url, "notes_url": url},
    }


def signed(event: dict[str, Any], at: datetime | None = None, secret: bytes = SECRET) -> tuple[dict[str, str], bytes]:
    body = json.dumps(event).encode()
    stamp = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hmac.new(secret, stamp.encode() + body, sha256).digest()
    headers = {
        "content-type": "application/json",
        "x-desk-signature": base64.b64encode(digest).decode(),
        "x-desk-timestamp": stamp,
    }
    return headers, body
