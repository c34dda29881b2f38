"""A ticket system as the mapping file describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Any
from urllib.parse import quote

from assistant.ports import Address, Delivery, Doubtful, Inbound, Pace, Postponed, WebhookRequest
from assistant.reply import Reply
from assistant.tickets.calling import NoAnswer, NotSent, auth_headers, call
from assistant.tickets.loading import Secrets
from assistant.tickets.mapping import Webhook
from assistant.tickets.mapping_note import PLACEHOLDER, SINCE, Find
from assistant.tickets.outcomes import outcome_of
from assistant.tickets.payload import parse, text_at, value_at
from assistant.tickets.reading import read_event
from assistant.tickets.signatures import check
from assistant.tickets.writing import bears, write_note
from knowledge_base.store.store import Clock

FIND_SECONDS = 25.0
MOST_PAGES = 20


class MappedTickets:
    """Reads the webhook's requests, and posts and looks for notes."""

    pace = Pace(1, 1.0)

    def __init__(self, webhook: Webhook, secrets: Secrets, clock: Clock) -> None:
        self._webhook = webhook
        self._secrets = secrets
        self._clock = clock

    @property
    def name(self) -> str:
        """The webhook's name."""
        return self._webhook.name

    def lane(self, address: Address) -> str:
        """Count by system: that is how they limit us."""
        return self.name

    def read(self, request: WebhookRequest) -> Inbound | None:
        """Check the signature and read a ticket or a comment; None for everything else and for what Kea wrote.

        Raises NotAllowed and InputError.
        """
        now = self._clock()
        check(self._webhook.signature, self._secrets.signing, request.headers, request.body, now)
        return read_event(self._webhook, parse(request), now)

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        """Post a note."""
        note = self._webhook.note
        can_comment = self._webhook.comment is not None
        told = replace(reply, feedback=reply.feedback and can_comment, hand_over=reply.hand_over and can_comment)
        text = write_note(told, marker=marker, form=note.format, limit=note.limit)
        public = self._webhook.public
        filled = _filled(note.body, {"{text}": text, "{public}": public, "{internal}": not public})
        try:
            answer = call(
                note.method, self._url(note.path, address), headers=self._headers(), seconds=note.timeout_seconds,
                document=filled,
            )  # fmt: skip
        except NotSent as error:
            return Postponed(str(error))
        except NoAnswer as error:
            return Doubtful(str(error))
        return outcome_of(answer, note.receipt, self._clock())

    def find(self, address: Address, marker: str) -> bool | None:
        """Look through the ticket's notes; None where they cannot be listed, or not to the end."""
        find = self._webhook.note.find
        if find is None:
            return None
        ends = monotonic() + FIND_SECONDS
        for page in range(MOST_PAGES if find.page else 1):
            seconds = min(self._webhook.note.timeout_seconds, (ends - monotonic()) / 2)
            notes = self._notes(find, address, page, seconds) if seconds > 0.05 else None
            if notes is None:
                return None
            if any(bears(text_at(note, find.text), marker) for note in notes):
                return True
            if not notes or find.page is None:
                return False
        return None

    def _notes(self, find: Find, address: Address, page: int, seconds: float) -> list[object] | None:
        query = {name: self._query(value, address) for name, value in find.query.items()}
        if find.page is not None:
            query[find.page.name] = str(find.page.first + page * find.page.step)
        url = self._url(find.path, address)
        try:
            answer = call("GET", url, headers=self._headers(), seconds=seconds, query=query)
            document = json.loads(answer.body) if answer.status == 200 and answer.whole else None
        except (NotSent, NoAnswer, ValueError, RecursionError):
            return None
        notes = document if find.items is None else value_at(document, find.items)
        return notes if isinstance(notes, list) else None

    def _headers(self) -> dict[str, str]:
        return {**self._webhook.note.headers, **auth_headers(self._webhook.auth, self._secrets)}

    def _url(self, path: str, address: Address) -> str:
        values = _values(address)
        # Each value is one segment of the path, whatever it holds.
        filled = PLACEHOLDER.sub(lambda found: quote(values.get(found[1], ""), safe=""), path)
        return self._webhook.note.base_url + filled

    def _query(self, template: str, address: Address) -> str:
        values = {**_values(address), SINCE: str(address.get("since", ""))}
        return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), template)


def _values(address: Address) -> Mapping[str, str]:
    values = address.get("values")
    return {str(name): str(value) for name, value in values.items()} if isinstance(values, dict) else {}


def _filled(template: Any, values: Mapping[str, object]) -> Any:
    if isinstance(template, dict):
        return {key: _filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, values) for value in template]
    return values.get(template, template) if isinstance(template, str) else template
