"""The drivers by which the conformance suite plays GitHub, Jira and a helpdesk that only the mapping file knows."""

from __future__ import annotations

import html
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import yaml
from markdown_it import MarkdownIt

from assistant import tickets
from assistant.ports import Accept, Adapter, WebhookRequest
from knowledge_base.errors import InputError, NotAllowed, Unavailable
from knowledge_base.settings import Settings
from tests.assistant.conformance.driver import Ack, DriverMaker, Seen
from tests.assistant.conformance.returning import Returning
from tests.assistant.tickets import fake_github, fake_helpdesk, fake_jira
from tests.assistant.tickets.adf_rules import shown
from tests.assistant.tickets.fake_server import FakeApi, Told

PATIENT, HASTY = 10.0, 1.5
"""Seconds of a single wait: of a test that is to get its answer, and of one that is to get none."""
Signed = tuple[dict[str, str], bytes]

HELPDESK: dict[str, Any] = {
    "signature": {"kind": "hmac-base64", "header": "X-Desk-Signature", "timestamp_header": "X-Desk-Timestamp"},
    "ticket": "ticket.id",
    "values": {"id": "ticket.id"},
    "created": {
        "when": {"type": "ticket.created"}, "text": ["ticket.subject", "ticket.text"], "author": "ticket.by",
    },
    "own": ["Kea"],
    "auth": {"kind": "header", "header": "X-Api-Key"},
    "note": {
        "path": "/api/tickets/{id}/notes",
        "body": {"note": {"text": "{text}", "private": "{internal}"}},
        "format": "text",
        "limit": fake_helpdesk.LONGEST,
        "receipt": "note.id",
        "find": {"path": "/api/tickets/{id}/notes", "items": "notes", "text": "text"},
    },
}  # fmt: skip


class TicketsDriver:
    """What the three have in common; the events and their signatures are each platform's own.

    ``make`` makes the adapter, with the seconds that it waits for an answer.
    """

    quiet = True
    markup = True
    forgeries: tuple[str, ...] = ("unsigned", "wrong")
    breaks = ("throttled", "error", "dropped", "slow", "refused", "away")
    readable = True
    limit = 0
    allowed_seconds = 3.0
    signature_header = ""

    def __init__(self, make: Callable[[float], Adapter], api: FakeApi) -> None:
        adapter = make(PATIENT)
        assert adapter.webhook is not None
        self.api = api
        self.webhook = adapter.webhook
        self._make = make
        self._channel = Returning(adapter.channel, api.come_back)
        self.adapter = replace(adapter, channel=self._channel)
        self._numbers: dict[str, int] = {}

    def event(self, text: str, *, number: int, user: str = "ana", url: str = "https://a.example") -> dict[str, Any]:
        raise NotImplementedError

    def sign(self, event: dict[str, Any], *, wrongly: bool = False, old: bool = False) -> Signed:
        raise NotImplementedError

    def echoes(self, text: str) -> list[dict[str, Any]]:
        raise NotImplementedError

    def ask(self, text: str, *, user: str = "ana", event: str = "") -> Ack:
        name = event or f"unnamed {len(self._numbers)}"
        number = self._numbers.setdefault(name, len(self._numbers) + 1)
        return self.post(self.sign(self.event(text, number=number, user=user)))

    def forge(self, kind: str, text: str) -> Ack:
        headers, body = self.sign(self.event(text, number=66), wrongly=kind == "wrong", old=kind == "old")
        if kind == "unsigned":
            del headers[self.signature_header]
        return self.post((headers, body))

    def replay(self, text: str) -> tuple[Ack, Ack]:
        request = self.sign(self.event(text, number=77))
        return self.post(request), self.post(request)

    def echo(self, text: str) -> Ack:
        acks = [self.post(self.sign(event)) for event in self.echoes(text)]
        return next((ack for ack in acks if not ack.ok), acks[0])

    def lure(self, text: str, url: str) -> Ack:
        return self.post(self.sign(self.event(text, number=88, url=url)))

    def break_next(self, how: str | Told) -> None:
        self.api.break_next(how)
        if how in ("slow", "dripping"):
            self._channel.let_next(self._make(HASTY).channel)

    def seen(self) -> list[Seen]:
        raise NotImplementedError

    def post(self, request: Signed) -> Ack:
        begun = monotonic()
        try:
            response = self.webhook.receive(WebhookRequest(*request))
        except (NotAllowed, InputError, Unavailable) as error:
            return Ack(False, monotonic() - begun, str(error))
        return Ack(response.status < 300, monotonic() - begun, response.body.decode())


class GitHubDriver(TicketsDriver):
    limit = fake_github.LONGEST
    signature_header = "x-hub-signature-256"

    def event(self, text: str, *, number: int, user: str = "ana", url: str = "https://a.example") -> dict[str, Any]:
        return fake_github.issue_event(number=number, title=text, login=user, url=url)

    def sign(self, event: dict[str, Any], *, wrongly: bool = False, old: bool = False) -> Signed:
        kind = "issue_comment" if "comment" in event else "issues"
        return fake_github.signed(event, kind, b"guessed" if wrongly else fake_github.SECRET)

    def echoes(self, text: str) -> list[dict[str, Any]]:
        marked = f"@kea {text}\n\n<!-- kea:default:D-1 -->"
        return [
            fake_github.issue_event(number=1, title=text, login="Kea-Bot"),
            fake_github.issue_event(number=2, title=text, login="other[bot]", kind="Bot"),
            fake_github.comment_event(number=3, comment=1, body=f"@kea {text}", login="kea-bot"),
            fake_github.comment_event(number=3, comment=2, body=f"@kea {text}", login="other[bot]", kind="Bot"),
            fake_github.comment_event(number=3, comment=3, body=marked, login="somebody"),
        ]

    def seen(self) -> list[Seen]:
        return [Seen(rendered(note["body"]), note["body"]) for note in self.api.notes]


class JiraDriver(TicketsDriver):
    markup = False
    limit = fake_jira.LONGEST
    signature_header = "x-hub-signature"

    def event(self, text: str, *, number: int, user: str = "ana", url: str = "https://a.example") -> dict[str, Any]:
        description = fake_jira.adf("Since this morning:", text) if number % 2 else text
        return fake_jira.issue_event(number=number, summary="", description=description, account=user, url=url)

    def sign(self, event: dict[str, Any], *, wrongly: bool = False, old: bool = False) -> Signed:
        return fake_jira.signed(event, b"guessed" if wrongly else fake_jira.SECRET)

    def echoes(self, text: str) -> list[dict[str, Any]]:
        own = f"@kea {text}"
        marked = fake_jira.adf(own, "kea:default:D-1")
        return [
            fake_jira.issue_event(number=1, summary=text, account="account-of-kea"),
            fake_jira.comment_event(number=2, comment=1, body=own, account="account-of-kea"),
            fake_jira.comment_event(number=2, comment=2, body=own, account_type="app"),
            fake_jira.comment_event(number=2, comment=3, body=marked),
        ]

    def seen(self) -> list[Seen]:
        return [Seen(shown(note["body"]), json.dumps(note, ensure_ascii=False)) for note in self.api.notes]


class HelpdeskDriver(TicketsDriver):
    markup = False
    forgeries = ("unsigned", "wrong", "old")
    limit = fake_helpdesk.LONGEST
    signature_header = "x-desk-signature"

    def event(self, text: str, *, number: int, user: str = "ana", url: str = "https://a.example") -> dict[str, Any]:
        return fake_helpdesk.ticket_event(ticket=f"t {number}/ä", subject="", text=text, author=user, url=url)

    def sign(self, event: dict[str, Any], *, wrongly: bool = False, old: bool = False) -> Signed:
        at = datetime.now(UTC) - timedelta(seconds=310) if old else None
        return fake_helpdesk.signed(event, at, b"guessed" if wrongly else fake_helpdesk.SECRET)

    def echoes(self, text: str) -> list[dict[str, Any]]:
        return [fake_helpdesk.ticket_event(ticket="1", subject=text, author="kea")]

    def seen(self) -> list[Seen]:
        return [Seen(note["text"], note["text"]) for note in self.api.notes]


def rendered(markdown: str) -> str:
    """Give what a reader sees of a comment on GitHub."""
    page = MarkdownIt("commonmark", {"html": True}).render(markdown)
    return html.unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", page, flags=re.DOTALL))


def adapter_of(
    entry: dict[str, Any], secret: bytes, token: str, accept: Accept, folder: Path, seconds: float = PATIENT
) -> Adapter:
    """Make the adapter of one entry, whose secrets are in files; ``seconds`` is how long it waits for an answer."""
    (folder / "signing").write_bytes(secret + b"\n")
    (folder / "token").write_text(token)
    entry = deepcopy(entry)
    entry["signature"] = {**entry.get("signature", {}), "secret_file": "signing"}
    entry["auth"] = {**entry.get("auth", {}), "secret_file": "token"}
    entry["note"] = {"timeout_seconds": seconds, **entry["note"]}
    file = folder / "tickets.yaml"
    file.write_text(yaml.safe_dump({"webhooks": [entry]}))
    [adapter] = tickets.adapters(Settings(tickets_file=file), lambda _: accept, lambda: datetime.now(UTC))
    return adapter


@contextmanager
def github(accept: Accept, **more: Any) -> Iterator[GitHubDriver]:
    with _playing(api := fake_github.FakeGitHub()) as folder:
        entry = {"name": "github", "preset": "github", "own": ["kea-bot"], "note": {"base_url": api.url}}
        make = partial(adapter_of, {**entry, **more}, fake_github.SECRET, fake_github.TOKEN, accept, folder)
        yield GitHubDriver(make, api)


@contextmanager
def jira(accept: Accept, **more: Any) -> Iterator[JiraDriver]:
    with _playing(api := fake_jira.FakeJira()) as folder:
        entry = {
            "name": "jira", "preset": "jira", "own": ["account-of-kea"],
            "auth": {"user": fake_jira.USER}, "note": {"base_url": api.url + "/"},
        }  # fmt: skip
        make = partial(adapter_of, {**entry, **more}, fake_jira.SECRET, fake_jira.TOKEN, accept, folder)
        yield JiraDriver(make, api)


@contextmanager
def helpdesk(accept: Accept, **more: Any) -> Iterator[HelpdeskDriver]:
    with _playing(api := fake_helpdesk.FakeHelpdesk()) as folder:
        entry = {"name": "helpdesk", **HELPDESK, "note": {**HELPDESK["note"], "base_url": api.url}}
        make = partial(adapter_of, {**entry, **more}, fake_helpdesk.SECRET, fake_helpdesk.TOKEN, accept, folder)
        yield HelpdeskDriver(make, api)


@contextmanager
def _playing(api: FakeApi) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield Path(folder)
        finally:
            api.close()


@contextmanager
def _unreadable(accept: Accept) -> Iterator[HelpdeskDriver]:
    note = {key: value for key, value in HELPDESK["note"].items() if key != "find"}
    with _playing(api := fake_helpdesk.FakeHelpdesk()) as folder:
        entry = {"name": "helpdesk", **HELPDESK, "note": {**note, "base_url": api.url}}
        make = partial(adapter_of, entry, fake_helpdesk.SECRET, fake_helpdesk.TOKEN, accept, folder)
        driver = HelpdeskDriver(make, api)
        driver.readable = False
        yield driver


MAKERS: tuple[DriverMaker, ...] = (
    DriverMaker("tickets", helpdesk),
    DriverMaker("tickets-unreadable", _unreadable),
    DriverMaker("github", github),
    DriverMaker("jira", jira),
)
