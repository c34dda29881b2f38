"""A storm of chat events on a server that is killed again and again, between platforms that often fail."""

from __future__ import annotations

import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.assistant.dingtalk.driver import CallbackDriver, now, signed_headers, variables_for
from tests.assistant.dingtalk.platform import Platform, running_platform
from tests.assistant.slack import payloads
from tests.assistant.slack.driver import fake_slack
from tests.assistant.slack.server import BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.doors.kea import Kea, serving, wait_until

LINE = "ERROR replica {n} of ledger has no quorum"
SOLUTION = {"title": "Restart the third replica", "body": "Run `ledger rejoin`."}
CONVERSATIONS = 50
SENDERS = 4
QUESTION = re.compile(r"Q-\d+")


@dataclass(frozen=True, slots=True)
class Request:
    """One event, to be signed anew each time that it is sent."""

    path: str
    make: Callable[[], tuple[dict[str, str], bytes]]


class Failures(list[str]):
    """The failures that a platform plays: a third of what it answers, in the ways that it may fail."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = random.Random(seed)

    def __bool__(self) -> bool:
        return self._random.random() < 1 / 3

    def pop(self, _place: object = 0) -> str:
        """Give the next one."""
        return self._random.choice(("throttled", "error", "dropped"))


@dataclass
class Storm:
    """What is sent: ``questions`` different events, and more that repeat some of them."""

    kea: Kea
    slack: FakeSlack
    dingtalk: Platform
    acknowledged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._ding = CallbackDriver(self.dingtalk, lambda _inbound: True)

    def requests(self, questions: int, events: int, by: random.Random) -> Iterator[Request]:
        """Write the events in a random order; the same question is the same event."""
        originals = [self._slack(n) if n % 2 else self._dingtalk(n) for n in range(questions)]
        repeated = [by.choice(originals) for _ in range(events - questions)]
        mixed = [*originals, *repeated]
        by.shuffle(mixed)
        yield from mixed

    def send(self, request: Request) -> None:
        """Send an event until it is acknowledged, as platforms do."""
        pause = threading.Event()
        for _ in range(600):
            headers, body = request.make()
            try:
                if httpx2.post(self.kea.url + request.path, headers=headers, content=body, timeout=10).is_success:
                    with self.lock:
                        self.acknowledged += 1
                    return
            except httpx2.HTTPError:
                pass  # it is dead just now
            pause.wait(0.2)
        raise AssertionError("an event was never acknowledged")

    @property
    def progress(self) -> int:
        """How much has happened: events taken in, and messages that people see."""
        return self.acknowledged + len(self.slack.posted) + len(self.dingtalk.posted)

    def answered(self) -> Counter[str]:
        """Count the messages that people see by the question that they answer."""
        seen = [json.dumps(each.raw, ensure_ascii=False) for each in self.slack.posted]
        seen += [each.text for each in self.dingtalk.posted]
        return Counter(QUESTION.search(text)[0] for text in seen)  # type: ignore[index]

    def _slack(self, n: int) -> Request:
        person = n % CONVERSATIONS
        ts = self.slack.next_ts()

        def make() -> tuple[dict[str, str], bytes]:
            event = payloads.event("message", ts, LINE.format(n=n), user=f"U{person}", channel=f"D{person}")
            request = payloads.request(event)
            return dict(request.headers), request.body

        return Request("/hooks/slack", make)

    def _dingtalk(self, n: int) -> Request:
        payload = self._ding.payload(LINE.format(n=n), user=f"user{n % CONVERSATIONS}", event=f"event{n}")
        return Request("/hooks/dingtalk", lambda: (signed_headers(now()), json.dumps(payload).encode()))


@contextmanager
def storm_on(home: Path, **settings: str) -> Iterator[Storm]:
    """Run a server that knows one error and its solution, between two platforms."""
    with fake_slack() as slack, running_platform() as dingtalk:
        slack.retry_after = "1"
        known = {
            "slack_bot_token": BOT_TOKEN,
            "slack_signing_secret": SIGNING_SECRET,
            "slack_api_url": slack.api_url,
            "slack_hooks_url": slack.hooks_url,
            **variables_for(dingtalk),
            "dingtalk_stream": "false",
        }
        with serving(home, **{**known, **settings}) as kea:
            assert kea.client.post("/api/v1/logs", json=[{"text": LINE.format(n=1)}]).is_success
            [category] = kea.get("categories")["items"]
            assert kea.client.put(f"/api/v1/categories/{category['id']}/solution", json=SOLUTION).is_success
            slack.breaks, dingtalk.breaks = Failures(1), Failures(2)
            yield Storm(kea, slack, dingtalk)


def check_storm(storm: Storm, *, questions: int, events: int, kills: int, seed: int = 3) -> None:
    """Send everything while the server is killed; assert that each question is answered once, or listed."""
    by = random.Random(seed)
    requests = list(storm.requests(questions, events, by))
    kea, whole = storm.kea, events + questions
    with ThreadPoolExecutor(SENDERS) as senders:
        sent = [senders.submit(storm.send, request) for request in requests]
        for number in range(kills):
            beyond = int(whole * 0.8 * (number + by.random()) / kills)
            wait_until(lambda beyond=beyond: storm.progress >= beyond, "the storm goes on", seconds=240, told=kea)  # type: ignore[misc]
            kea.kill()
            kea.start()
        for each in sent:
            each.result()
    wait_until(lambda: not _under_way(kea), "all is settled", seconds=600, told=kea)
    _check_answers(storm, questions)


def _under_way(kea: Kea) -> Sequence[object]:
    with kea.store as store, store.read() as db:
        waiting = db.exec_driver_sql("SELECT event FROM inbox WHERE state = 'waiting'").all()
        states = "('waiting', 'sending', 'doubtful')"
        return [*waiting, *db.exec_driver_sql(f"SELECT id FROM outbox WHERE state IN {states}").all()]


def _check_answers(storm: Storm, questions: int) -> None:
    with storm.kea.store as store, store.read() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM question").scalar_one() == questions
        deliveries = db.exec_driver_sql("SELECT question, channel, state FROM outbox").all()
    answered = storm.answered()
    assert len(deliveries) == questions
    assert max(answered.values()) == 1, [each for each in answered.items() if each[1] > 1]
    for question, channel, state in deliveries:
        times = answered[f"Q-{question}"]
        if state == "sent":
            assert times == 1
        else:
            # DingTalk lets nobody look whether a message is there.
            assert (channel, state) == ("dingtalk", "uncertain"), (question, channel, state)
    listed = list(_all(storm.kea, "deliveries", state="uncertain"))
    assert len(listed) == sum(state == "uncertain" for _, _, state in deliveries)


def _all(kea: Kea, path: str, **query: str) -> Iterator[object]:
    page = kea.get(path, limit=100, **query)
    yield from page["items"]
    while page["cursor"]:
        page = kea.get(path, limit=100, cursor=page["cursor"], **query)
        yield from page["items"]
