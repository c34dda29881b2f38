"""GitHub as Kea meets it: signed webhooks out, comments in."""

from __future__ import annotations

import hmac
import json
import re
from hashlib import sha256
from typing import Any

from tests.assistant.tickets.fake_server import Call, FakeApi, Told

TOKEN = "ghp_of-the-tests"
SECRET = b"webhook secret of the tests"
LONGEST = 65_536
COMMENTS = re.compile(r"/repos/acme/billing/issues/(\d+)/comments")


class FakeGitHub(FakeApi):
    """One repository, acme/billing, in which every issue exists."""

    throttling = Told(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "3"})
    refusing = Told(410, {"message": "This issue was deleted"})

    def answer(self, call: Call) -> Told:
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            return Told(401, {"message": "Bad credentials"})
        if "user-agent" not in call.headers:
            return Told(403, {"message": "Request forbidden by administrative rules."})
        found = COMMENTS.fullmatch(call.path)
        if found is None:
            return Told(404, {"message": "Not Found"})
        return self._post(call, found[1]) if call.method == "POST" else self._list(call, found[1])

    def _post(self, call: Call, issue: str) -> Told:
        body = call.json().get("body")
        if not isinstance(body, str) or not body.strip():
            return Told(422, {"message": "Validation Failed", "errors": [{"code": "missing_field", "field": "body"}]})
        if len(body) > LONGEST:
            return Told(422, {"message": "Validation Failed", "errors": [{"message": "body is too long"}]})
        note = {"id": 9000 + len(self.notes), "issue": issue, "body": body, "user": {"login": "kea-bot"}}
        self.notes.append(note)
        return Told(201, note)

    def _list(self, call: Call, issue: str) -> Told:
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", call.query.get("since", "")):
            return Told(422, {"message": "since is no time"})
        size = min(int(call.query.get("per_page", "30")), 100)
        begin = (int(call.query.get("page", "1")) - 1) * size
        notes = [note for note in self.notes if note["issue"] == issue]
        return Told(200, notes[begin : begin + size])


def user(login: str, kind: str = "User") -> dict[str, str]:
    return {"login": login, "type": kind}


def issue_event(
    *, number: int, title: str, body: str | None = None, login: str = "ana", kind: str = "User",
    action: str = "opened", url: str = "https://api.github.example",
) -> dict[str, Any]:  # fmt: skip
    """What is sent when an issue was opened (edited, labeled …); everything that is a URL is ``url``."""
    issue = {
        "id": 700_000 + number, "number": number, "title": title, "body": body, "user": user(login, kind),
        "url": url, "html_url": url, "comments_url": url, "repository_url": url, "labels_url": url,
    }  # fmt: skip
    repository = {
        "id": 5, "name": "billing", "full_name": "acme/billing", "owner": user("acme", "Organization"),
        "url": url, "html_url": url, "comments_url": url, "issues_url": url, "issue_comment_url": url,
    }  # fmt: skip
    return {"action": action, "issue": issue, "repository": repository, "sender": user(login, kind)}


def comment_event(
    *, number: int, comment: int, body: str, login: str = "ana", kind: str = "User", action: str = "created",
    pull_request: bool = False,
) -> dict[str, Any]:  # fmt: skip
    event = issue_event(number=number, title="It fails", login=login, kind=kind, action=action)
    if pull_request:
        event["issue"]["pull_request"] = {"url": "https://api.github.example"}
    event["comment"] = {"id": 800_000 + comment, "body": body, "user": user(login, kind)}
    return event


def signed(event: dict[str, Any], kind: str, secret: bytes = SECRET) -> tuple[dict[str, str], bytes]:
    """Give the headers (names in lower case, as the server hands them on) and the body of a delivery."""
    body = json.dumps(event).encode()
    headers = {
        "content-type": "application/json",
        "x-github-event": kind,
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "x-hub-signature-256": "sha256=" + hmac.new(secret, body, sha256).hexdigest(),
    }
    return headers, body
