"""The mapping file: what it may say, and how each mistake is explained."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant import tickets
from assistant.tickets.loading import load, preset_names, read_preset
from knowledge_base.errors import InputError
from knowledge_base.settings import Settings
from tests.assistant.tickets.drivers import HELPDESK

ENVIRON = {"SIGNING": "hush-signing", "TOKEN": "hush-token", "USER_NAME": "kea@acme.example"}
GITHUB: dict[str, Any] = {
    "name": "github",
    "preset": "github",
    "signature": {"secret_env": "SIGNING"},
    "auth": {"secret_env": "TOKEN"},
}
OWN: dict[str, Any] = {
    "name": "desk",
    **HELPDESK,
    "signature": {**HELPDESK["signature"], "secret_env": "SIGNING"},
    "auth": {**HELPDESK["auth"], "secret_env": "TOKEN"},
    "note": {**HELPDESK["note"], "base_url": "https://desk.example"},
}


def changed(entry: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    result = copy.deepcopy(entry)
    place = result
    *parents, last = path.split("/")
    for key in parents:
        place = place[key]
    place[last] = value
    return result


def without(entry: dict[str, Any], path: str) -> dict[str, Any]:
    result = copy.deepcopy(entry)
    place = result
    *parents, last = path.split("/")
    for key in parents:
        place = place[key]
    del place[last]
    return result


def loaded(folder: Path, content: object) -> list[Any]:
    file = folder / "map.yaml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return list(load(file, ENVIRON))


MISTAKES: list[tuple[object, str]] = [
    ("webhooks: [", r"map\.yaml, line 1: this is no YAML"),
    ("webhooks: !!python/object/apply:os.system [id]", "this is no YAML: could not determine a constructor"),
    ("- 1", "one key is expected, webhooks"),
    ("webhooks: []", "a list of webhooks is expected"),
    ("webhooks: [12]", r"webhooks\[0\]: keys and values are expected"),
    ({"webhooks": [GITHUB], "webhook": []}, "one key is expected"),
    (changed(GITHUB, "preset", "git"), r"webhooks\[0\] \(github\): preset: choose one of freshdesk, github"),
    (changed(GITHUB, "name", "slack"), "the name slack is taken"),
    (changed(GITHUB, "name", "Git Hub"), r"\(Git Hub\): name: string should match"),
    (changed(GITHUB, "project", "Pay ments"), "project: string should match"),
    (changed(GITHUB, "signatur", {}), "signatur: extra inputs are not permitted"),
    (changed(GITHUB, "signature/secret", "x"), "signature.secret: extra inputs"),
    (changed(GITHUB, "signature", {}), "signature: give either secret_env"),
    (changed(GITHUB, "signature/secret_file", "x"), "signature: give either secret_env"),
    (changed(GITHUB, "signature/secret_env", "MISSING"), "signature.secret_env: the environment variable MISSING"),
    (changed(GITHUB, "auth", {"secret_file": "nowhere"}), "auth.secret_file: .*nowhere cannot be read"),
    (changed(GITHUB, "auth/kind", "basic"), "auth: kind: basic, and only that, needs either user or user_env"),
    (changed(GITHUB, "auth/user", "kea"), "auth: kind: basic, and only that"),
    (changed(GITHUB, "own", "kea-bot"), "own: input should be a valid list"),
    (changed(GITHUB, "public", True), "know no public and internal"),
    (changed(GITHUB, "public", "no"), "public: input should be a valid boolean"),
    (changed(OWN, "signature/kind", "md5"), "signature.kind: input should be"),
    (changed(OWN, "signature/kind", "token"), "signature: a token signs no timestamp"),
    (changed(OWN, "note/base_url", "desk.example"), r"note\.base_url: give an address such as"),
    (changed(OWN, "note/base_url", "https://u:p@desk.example"), "base_url: give an address"),
    (changed(OWN, "note/base_url", "file:///etc"), "base_url: give an address"),
    (without(OWN, "note/base_url"), r"\(desk\): note\.base_url: field required"),
    (changed(OWN, "note/path", "tickets/{id}"), "note.path: string should match"),
    (changed(OWN, "note/path", "/tickets/{number}"), r"\{number\} is used in a path or query, but not among values"),
    (changed(OWN, "note/find/query", {"q": "{x}"}), r"\{x\} is used in a path or query"),
    (changed(OWN, "note/body", {"text": "none"}), 'note.body: nowhere "{text}"'),
    (changed(OWN, "note/body", {"a": "{text}", "b": "{tekst}"}), "note.body: a placeholder stands alone"),
    (changed(OWN, "note/body", {"a": "{text}", "b": ["x {text}"]}), "note.body: a placeholder stands alone"),
    (changed(OWN, "note/limit", 10), "note.limit: input should be greater"),
    (changed(OWN, "note/format", "wiki"), "note.format: input should be"),
    (changed(OWN, "note/headers", {"A": "x\r\nB: y"}), "note.headers.A: string should match"),
    (changed(OWN, "note/timeout_seconds", 60), "timeout_seconds: input should be less"),
    (changed(OWN, "created/when", {}), "created.when: dictionary should have at least 1"),
    (changed(OWN, "created/text", []), "created.text: list should have at least 1"),
    (changed(OWN, "ticket", "ticket..id"), "ticket: string should match"),
    (changed(OWN, "values/id", "$[?(@.x)]"), "values.id: string should match"),
    ({"webhooks": [GITHUB, OWN, GITHUB]}, r"webhooks\[2\] \(github\): another webhook has this name"),
]


@pytest.mark.parametrize(("content", "expected"), MISTAKES)
def test_a_mistake_is_explained_with_its_place(tmp_path: Path, content: object, expected: str) -> None:
    if isinstance(content, dict) and "webhooks" not in content:
        content = {"webhooks": [content]}
    with pytest.raises(InputError, match=expected) as caught:
        loaded(tmp_path, content)
    assert str(caught.value).startswith(str(tmp_path / "map.yaml"))
    assert "hush" not in str(caught.value)


def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    for path in ("signature/kind", "auth/header", "note/path", "signature/secret_env"):
        with pytest.raises(InputError) as caught:
            loaded(tmp_path, {"webhooks": [changed(OWN, path, "hunter2 hunter2")]})
        assert "hunter2" not in str(caught.value)


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(load(tmp_path / "nowhere.yaml", ENVIRON))
    with pytest.raises(InputError, match="cannot be read"):
        list(load(tmp_path, ENVIRON))
    with pytest.raises(InputError, match="more than 1,000,000 bytes"):
        loaded(tmp_path, "# " + "x" * 1_000_000)
    (tmp_path / "map.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no YAML in UTF-8"):
        list(load(tmp_path / "map.yaml", ENVIRON))


@pytest.mark.parametrize("token", ["line\nbreak", "naïve"])
def test_a_token_that_no_header_can_carry_is_refused(tmp_path: Path, token: str) -> None:
    (tmp_path / "token").write_text(token)
    with pytest.raises(InputError, match="no HTTP header can carry") as caught:
        loaded(tmp_path, {"webhooks": [changed(GITHUB, "auth", {"secret_file": "token"})]})
    assert token not in str(caught.value)


def test_secrets_come_from_the_environment_or_files_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hush-file\n")
    entry = changed(GITHUB, "auth", {"secret_file": "token", "kind": "basic", "user_env": "USER_NAME"})
    [(webhook, secrets)] = loaded(tmp_path, {"webhooks": [entry]})
    assert (secrets.signing, secrets.token, secrets.user) == (b"hush-signing", "hush-file", "kea@acme.example")
    assert "hush" not in repr(secrets) + repr(webhook)
    (tmp_path / "token").write_text("\n")
    with pytest.raises(InputError, match="is empty"):
        loaded(tmp_path, {"webhooks": [entry]})


@pytest.mark.parametrize("preset", preset_names())
def test_each_preset_is_complete_but_for_address_and_secrets(tmp_path: Path, preset: str) -> None:
    auth = {"secret_env": "TOKEN"} | ({"user": "kea"} if read_preset(preset)["auth"]["kind"] == "basic" else {})
    entry = {**GITHUB, "preset": preset, "auth": auth, "note": {"base_url": "https://a.example"}}
    [(webhook, _)] = loaded(tmp_path, {"webhooks": [entry]})
    assert webhook.note.base_url == "https://a.example"
    assert webhook.note.path.startswith("/")


def test_an_entry_overrides_single_keys_of_its_preset(tmp_path: Path) -> None:
    entry = changed(GITHUB, "created", {"text": ["issue.body"]})
    [(webhook, _)] = loaded(tmp_path, {"webhooks": [{**entry, "ignore": [], "comment": None}]})
    assert webhook.created.text == ["issue.body"]
    assert webhook.created.author == "issue.user.login"
    assert webhook.ignore == []
    assert webhook.comment is None


def test_one_file_makes_several_adapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "map.yaml"
    file.write_text(yaml.safe_dump({"webhooks": [{**GITHUB, "project": "billing"}, OWN]}))
    asked: list[str] = []
    made = list(
        tickets.adapters(
            Settings(tickets_file=file), lambda project: asked.append(project) or bool, lambda: datetime.now(UTC)
        )
    )
    assert [(each.channel.name, each.project) for each in made] == [("github", "billing"), ("desk", "default")]
    assert asked == ["billing", "default"]
    assert all(each.webhook for each in made)
    assert list(tickets.adapters(Settings(), lambda _: bool, lambda: datetime.now(UTC))) == []
