"""``kea outbox``: what needs somebody is listed, sent again or dismissed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.reply import Reply, reply_to_json
from knowledge_base.settings import read_settings
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.store import Store
from tests.cli.conftest import run_kea

STATES = (outbox.DEAD, outbox.UNCERTAIN, outbox.SENT, outbox.WAITING)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a delivery in each of some states, D-1 to D-4."""
    home = tmp_path / "home"
    with Store(read_settings(home=home).url) as store, store.write() as db:
        now = store.clock()
        ensure_project(db, "default", now)
        for number, state in enumerate(STATES):
            payload = reply_to_json(Reply("en", f"Known\x1b[31m error {number}"))
            address = {"webhook": "https://oapi.example/secret-session"}
            outbox.queue(db, "default", NewDelivery(f"k{number}", "slack", "reply", "lane", address, payload), now)
            [newest] = outbox.list_deliveries(db, "default", limit=1)
            outbox.move(db, newest, state, error="" if state == outbox.SENT else "the channel is archived")
    return home


def states(home: Path) -> dict[str, str]:
    found = json.loads(run_kea(home, "outbox", "list", "--all", "--json").stdout)
    return {each["id"]: each["state"] for each in found}


def test_only_what_needs_somebody_is_listed(home: Path) -> None:
    done = run_kea(home, "outbox", "list")
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("D-")] == ["D-2", "D-1"]
    assert "the channel is archived" in done.stdout
    assert "\x1b" not in done.stdout
    assert "secret-session" not in done.stdout + run_kea(home, "outbox", "list", "--all", "--json").stdout


def test_deliveries_are_sent_again_and_dismissed(home: Path) -> None:
    assert run_kea(home, "outbox", "resend", "D-1").returncode == 0
    assert run_kea(home, "outbox", "dismiss", "D-2").returncode == 0
    assert states(home) == {"D-1": "waiting", "D-2": "dismissed", "D-3": "sent", "D-4": "waiting"}
    assert "Nothing needs you" in run_kea(home, "outbox", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(("resend", "D-3"), "is sent"), (("dismiss", "D-4"), "nothing to be settled"), (("resend", "D-99"), "D-99")],
)
def test_what_cannot_be_done_is_said(home: Path, arguments: tuple[str, ...], complaint: str) -> None:
    done = run_kea(home, "outbox", *arguments)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
