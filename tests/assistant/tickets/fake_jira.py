"""Jira Cloud as Kea meets it: signed webhooks out, comments in Atlassian Document Format in."""

from __future__ import annotations

import base64
import hmac
import json
import re
from hashlib import sha256
from typing import Any

from tests.assistant.tickets.adf_rules import faults
from tests.assistant.tickets.fake_server import Call, FakeApi, Told

USER, TOKEN = "kea@acme.example", "token-of-the-tests"
SECRET = b"another secret of the tests"
LONGEST = 32_767
PAGE = 50
COMMENTS = re.compile(r"/rest/api/3/issue/(OPS-\d+)/comment")


class FakeJira(FakeApi):
    """One project, OPS, in which every issue exists. A page of comments has 50, whatever is asked for."""

    throttling = Told(429, {"errorMessages": ["rate limited"]}, {"Retry-After": "7", "X-RateLimit-Remaining": "0"})
    refusing = Told(404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]})

    def answer(self, call: Call) -> Told:
        pair = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {pair}":
            return Told(401, {"errorMessages": ["You are not authenticated."]})
        found = COMMENTS.fullmatch(call.path)
        if found is None:
            return self.refusing
        return self._post(call, found[1]) if call.method == "POST" else self._list(call, found[1])

    def _post(self, call: Call, key: str) -> Told:
        posted = call.json()
        wrong = faults(posted["body"])
        if wrong:
            return Told(400, {"errors": {"comment": f"INVALID_INPUT: {wrong}"}})
        if len(json.dumps(posted["body"], ensure_ascii=False)) > LONGEST:
            return Told(400, {"errors": {"comment": "CONTENT_LIMIT_EXCEEDED"}})
        note = {"id": str(40_000 + len(self.notes)), "key": key, **posted}
        self.notes.append(note)
        return Told(201, note)

    def _list(self, call: Call, key: str) -> Told:
        begin = int(call.query.get("startAt", "0"))
        notes = [note for note in self.notes if note["key"] == key]
        if call.query.get("orderBy") == "-created":
            notes.reverse()
        page = notes[begin : begin + PAGE]
        return Told(200, {"startAt": begin, "maxResults": PAGE, "total": len(notes), "comments": page})


def adf(*paragraphs: str) -> dict[str, Any]:
    blocks = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in paragraphs]
    return {"type": "doc", "version": 1, "content": blocks}


def issue_event(
    *, number: int, summary: str, description: object = None, account: str = "ana",
    event: str = "jira:issue_created", url: str = "https://acme.atlassian.example",
) -> dict[str, Any]:  # fmt: skip
    """What is sent when an issue was created; everything that is a URL is ``url``."""
    person = {"self": url, "accountId": account, "accountType": "atlassian", "avatarUrls": {"48x48": url}}
    fields = {
        "summary": summary, "description": description, "creator": person, "reporter": person,
        "project": {"self": url, "key": "OPS"}, "issuetype": {"self": url, "iconUrl": url},
    }  # fmt: skip
    issue = {"id": str(10_000 + number), "self": url, "key": f"OPS-{number}", "fields": fields}
    return {"timestamp": 1_700_000_000_000, "webhookEvent": event, "user": person, "issue": issue}


def comment_event(
    *, number: int, comment: int, body: object, account: str = "ana", account_type: str = "atlassian"
) -> dict[str, Any]:
    event = issue_event(number=number, summary="It fails", event="comment_created")
    author = {"accountId": account, "accountType": account_type}
    event["comment"] = {"id": str(20_000 + comment), "author": author, "body": body}
    return event


def signed(event: dict[str, Any], secret: bytes = SECRET) -> tuple[dict[str, str], bytes]:
    body = json.dumps(event).encode()
    headers = {
        "content-type": "application/json",
        "x-atlassian-webhook-identifier": "1",
        "x-hub-signature": "sha256=" + hmac.new(secret, body, sha256).hexdigest(),
    }
    return headers, body
