"""Secrets that reading would cut in two are taken out before that, and so nowhere kept."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import text

from assistant.answering import Assistant
from tests.assistant.conformance.world import SOLVED, UNSOLVED, World
from tests.assistant.test_several_answers import asked

CODED = base64.b64encode(bytes(range(256)) * 4).decode()
LINES = [CODED[start : start + 64] for start in range(0, len(CODED), 64)]
KEY = "\n".join(["-----BEGIN PRIVATE KEY-----", *LINES, "-----END PRIVATE KEY-----"])
TORN = "\n".join(["-----BEGIN PRIVATE KEY-----", *LINES[:3], SOLVED, *LINES[3:6], UNSOLVED, *LINES[6:]])


@pytest.mark.parametrize(
    "message",
    [f"I use this key\n{KEY}\njava.io.IOException: broken\nany idea?", f"{KEY}\n{SOLVED}\n{UNSOLVED}", TORN],
    ids=["one error", "several errors", "a key that is torn"],
)
def test_no_part_of_a_key_is_kept(world: World, message: str) -> None:
    answers = Assistant(world.knowledge).ask_each(asked(world, message))
    with world.knowledge.store.read() as db:
        kept = [str(row) for row in db.execute(text("SELECT text, asked FROM question"))]
    assert len(kept) == len(answers)
    shown = [str(each.recognised) for each in answers]
    assert not [line for line in LINES for each in (*kept, *shown) if line in each]


@pytest.mark.parametrize(
    "hidden",
    [
        "&quot;password&quot;: &quot;hunter2hunter2&quot;",
        "password&#61;hunter2hunter2",
        "password&colon; hunter2hunter2",
        "pass\u200bword=hunter2hunter2",
        "ｐａｓｓｗｏｒｄ＝hunter2hunter2",
        "pass\x1b[31mword=hunter2hunter2",
        "`password`=`hunter2hunter2`",
        "*password*: *hunter2hunter2*",
    ],
)
def test_no_secret_behind_mark_up_is_kept(world: World, hidden: str) -> None:
    Assistant(world.knowledge).ask_each(asked(world, f"java.io.IOException: broken, {hidden} any idea?"))
    with world.knowledge.store.read() as db:
        kept = [str(row) for row in db.execute(text("SELECT text, asked FROM question"))]
    assert kept
    assert not [each for each in kept if "hunter2" in each]
