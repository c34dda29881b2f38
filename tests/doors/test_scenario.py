"""The whole way: lines in Kafka, questions in every channel, one solution, answers where they were asked, feedback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import yaml

from tests.assistant.dingtalk.driver import DingTalkDriver, variables_for
from tests.assistant.dingtalk.platform import Platform, running_platform
from tests.assistant.slack import payloads
from tests.assistant.slack.driver import fake_slack
from tests.assistant.slack.rules import shown_in
from tests.assistant.slack.server import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.assistant.tickets import fake_github
from tests.assistant.tickets.fake_github import FakeGitHub
from tests.doors.kea import Kea, serving, wait_until
from tests.ingest.kafka_support import read_all, send, url
from tests.support.kafka import Broker

ERROR = "2026-03-01 10:00:00 ERROR [main] org.acme.Store: replica {n} of ledger has no quorum"
ASKED = "replica 77 of ledger has no quorum"
SOLUTION = {"title": "Restart the third replica", "cause": "It lost its disk.", "body": "Run `ledger rejoin`."}


class World:
    """Kea between its broker and three platforms."""

    def __init__(self, kea: Kea, slack: FakeSlack, dingtalk: Platform, github: FakeGitHub) -> None:
        self.kea = kea
        self.slack = slack
        self.dingtalk = dingtalk
        self.github = github
        self.asking = DingTalkDriver(dingtalk, lambda _inbound: True)
        self.question_ts = slack.next_ts()

    def ask_everywhere(self) -> None:
        """Ask the same in Slack, in DingTalk and in an issue."""
        self.slack_sends("events_api", payloads.mention(self.question_ts, f"what is this?\n{ASKED}", user="UANA"))
        self.dingtalk_sends(ASKED)
        event = fake_github.issue_event(number=7, title="Ledger is down", body=ASKED)
        assert self.github_sends(event, "issues") == 202

    def slack_sends(self, kind: str, payload: dict[str, object]) -> None:
        envelope = self.slack.socket_mode.send(kind, payload)
        assert self.slack.socket_mode.is_acknowledged(envelope, failed=threading.Event())

    def dingtalk_sends(self, text: str) -> None:
        pushed = self.dingtalk.gateway.push(self.asking.payload(text))
        assert pushed.answered.wait(30)
        assert pushed.code == 200

    def github_sends(self, event: dict[str, object], kind: str) -> int:
        headers, body = fake_github.signed(event, kind)
        return httpx2.post(f"{self.kea.url}/hooks/github", headers=headers, content=body).status_code

    def slack_says(self) -> list[str]:
        return ["\n".join(map(shown_in, each.raw["blocks"])) for each in self.slack.posted]

    def dingtalk_says(self) -> list[str]:
        return [each.text for each in self.dingtalk.posted]

    def github_says(self) -> list[str]:
        return [note["body"] for note in self.github.notes]


@contextmanager
def github_in(folder: Path, github: FakeGitHub) -> Iterator[dict[str, str]]:
    """Write the mapping of a repository; gives the settings."""
    mapping = {
        "name": "github",
        "preset": "github",
        "own": ["kea-bot"],
        "signature": {"secret_env": "KEA_TEST_SECRET"},
        "auth": {"secret_env": "KEA_TEST_TOKEN"},
        "note": {"base_url": github.url},
    }
    file = folder / "tickets.yaml"
    file.write_text(yaml.safe_dump({"webhooks": [mapping]}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEA_TEST_SECRET", fake_github.SECRET.decode())
        patch.setenv("KEA_TEST_TOKEN", fake_github.TOKEN)
        yield {"tickets_file": str(file)}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; SQLite in the home is the empty one."""
    if request.param == "sqlite":
        return ""
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
def enriched(kafka_broker: Broker) -> str:
    """The topic that enriched lines go to."""
    return kafka_broker.make_topic()


@pytest.fixture
def world(kafka_broker: Broker, enriched: str, database: str, tmp_path: Path, model_dir: Path) -> Iterator[World]:
    """A server that reads a topic with lines of one error, and speaks with everybody."""
    topic = kafka_broker.make_topic(partitions=2)
    send(kafka_broker, topic, [ERROR.format(n=n).encode() for n in range(20)])
    github = FakeGitHub()
    with fake_slack() as slack, running_platform() as dingtalk, github_in(tmp_path, github) as tickets:
        settings = {
            "source": url(kafka_broker, topic, enriched=enriched),
            "database_url": database,
            "public_url": "https://kea.example.com",
            "later_answer_seconds": "1",
            "slack_bot_token": BOT_TOKEN,
            "slack_app_token": APP_TOKEN,
            "slack_api_url": slack.api_url,
            "slack_hooks_url": slack.hooks_url,
            **variables_for(dingtalk),
            **tickets,
        }
        with serving(tmp_path / "home", **settings) as kea:
            yield World(kea, slack, dingtalk, github)
    github.close()


def test_from_lines_to_feedback(world: World, kafka_broker: Broker, enriched: str) -> None:
    kea = world.kea
    wait_until(lambda: [each["count"] for each in kea.get("categories")["items"]] == [20], "all is counted", told=kea)
    [category] = kea.get("categories")["items"]
    rows = [json.loads(row.value) for row in read_all(kafka_broker, enriched)]
    assert {row["category_id"] for row in rows} == {category["id"]}

    world.ask_everywhere()
    wait_until(lambda: len(kea.get(f"categories/{category['id']}/questions")) == 3, "all asked", told=kea)
    wait_until(lambda: len(world.slack_says()) == len(world.dingtalk_says()) == 1, "both are told", told=kea)
    for said in (*world.slack_says(), *world.dingtalk_says()):
        assert "no solution yet" in said
    assert world.github_says() == []  # nothing is posted where nothing helps

    done = kea.client.put(f"/api/v1/categories/{category['id']}/solution", json=SOLUTION)
    assert done.status_code == 200, done.text
    says = (world.slack_says, world.dingtalk_says, world.github_says)
    wait_until(lambda: all(any(SOLUTION["title"] in each for each in told()) for told in says), "all know", told=kea)
    assert [len(told()) for told in says] == [2, 2, 1]
    [first, second] = world.slack.posted
    assert first.thread == second.thread == world.question_ts  # where they asked
    assert kea.get("deliveries", state=["dead", "uncertain", "doubtful"])["items"] == []

    world.slack_sends(
        "interactive", payloads.click(second.raw, "kea_helpful", user="UANA", ts=second.ts, thread=second.thread)
    )
    world.dingtalk_sends("没用")
    event = fake_github.comment_event(number=7, comment=1, body="Helpful")
    assert world.github_sends(event, "issue_comment") == 202
    shown = f"/categories/{category['id']}"
    judged = ("<strong>2</strong> helpful", "<strong>1</strong> not helpful")
    wait_until(lambda: _all_in(judged, kea.client.get(shown).text), "feedback is on the page", told=kea)


def _all_in(wanted: tuple[str, ...], text: str) -> bool:
    return all(each in text for each in wanted)
