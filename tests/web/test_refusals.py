"""What errors say is there in Chinese, wherever a page may show it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from fastapi.testclient import TestClient

from knowledge_base import errors
from web.showing.language import read_catalogue
from web.showing.refusals import LONGEST, REFUSALS, told

ROOT = Path(__file__).parents[2]
NAMES = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.KeaError)}
FOR_WHO_RUNS_KEA = (
    *("web/cli/", "web/demo/", "web/api/", "web/hooks.py", "web/running/", "web/frontend/", "web/identity/secret.py"),
    *("knowledge_base/vocabulary/", "knowledge_base/embedding/", "knowledge_base/settings.py"),
    *("knowledge_base/store/engine.py", "knowledge_base/store/schema.py", "knowledge_base/store/store.py"),
    *("knowledge_base/store/representing/backends.py", "ingest/", "assistant/slack/", "assistant/dingtalk/"),
    *("assistant/tickets/", "assistant/old_tickets/", "assistant/evaluating/", "assistant/memory.py"),
)
"""Where messages go to a terminal, a log or a program."""
PLACE = re.compile(r"%\((?:said)?(\d)\)s")


def messages() -> Iterator[tuple[str, str]]:
    """Give each message that is raised, with ``%(1)s`` for what is filled in, and its file."""
    for top in ("knowledge_base", "assistant", "ingest", "web"):
        for file in sorted((ROOT / top).rglob("*.py")):
            place = str(file.relative_to(ROOT))
            if place.startswith(FOR_WHO_RUNS_KEA):
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            texts = {
                each.targets[0].id: each.value
                for each in ast.walk(tree)
                if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
            }
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and call.args and _name(call.func) in NAMES:
                    yield from ((text, place) for text in _texts(call.args[0], texts))


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _texts(message: ast.expr, texts: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(message, ast.Name) and isinstance(texts.get(message.id), ast.Constant | ast.JoinedStr):
        message = texts[message.id]
    if isinstance(message, ast.Constant) and isinstance(message.value, str):
        yield message.value
    elif isinstance(message, ast.JoinedStr):
        places = iter(range(1, 10))
        yield "".join(
            str(each.value) if isinstance(each, ast.Constant) else f"%({next(places)})s" for each in message.values
        )
    elif isinstance(message, ast.IfExp):
        yield from _texts(message.body, texts)
        yield from _texts(message.orelse, texts)


def test_every_message_that_a_page_may_show_is_translated() -> None:
    known, raised = read_catalogue(REFUSALS), dict(messages())
    assert len(raised) > 150
    missing = {text: place for text, place in raised.items() if text not in known}
    # Whoever sets Kea up reads these before there is a page; what is nothing but values says nothing itself.
    missing = {text: place for text, place in missing.items() if not text.startswith("KEA_") and _says(text)}
    assert missing == {}


def _says(text: str) -> bool:
    return len(PLACE.sub("", text)) > len(": ")


def test_a_translation_has_the_values_of_its_message() -> None:
    for text, forms in read_catalogue(REFUSALS).items():
        assert sorted(PLACE.findall(forms[0])) == sorted(PLACE.findall(text)), text
        assert not re.search(
            r"[\u4e00-\u9fff][,;:?!A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", PLACE.sub("，", forms[0])
        ), text


def test_values_are_kept_as_they_are_unless_they_are_messages() -> None:
    assert told("admin saved version 3 meanwhile; read it first", "zh") == "admin 期间保存了第 3 版；请先阅读"
    inner = "x.jsonl, line 3: no project has begun yet; nothing was imported"
    assert told(inner, "zh") == "x.jsonl 第 3 行：还没有开始任何项目；没有导入任何内容"
    for odd in ("", "no such message", "there is no ", "100% %(1)s %s {0}", "there is no x" * LONGEST):
        assert told(odd, "zh") == odd


def test_pages_refuse_in_the_readers_language(signed_in: TestClient) -> None:
    client = signed_in
    client.headers["accept-language"] = "zh"
    found = client.get("/categories/KE-99999")
    assert found.status_code == 404
    assert "中没有类别 KE-99999" in found.text
    assert "there is no category" not in found.text
    program = client.get("/api/v1/categories/KE-99999")
    assert "there is no category" in program.json()["detail"]
    client.cookies.clear()
    wrong = client.post("/sign-in/password", data={"login": "nobody", "password": "wrong wrong"})
    assert wrong.status_code == 403
    assert "姓名、邮箱或密码不对" in wrong.text
