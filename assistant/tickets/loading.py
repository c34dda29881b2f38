"""Reads the mapping file: presets are filled in, secrets fetched, and each mistake named by its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from assistant.tickets.mapping import Webhook
from assistant.tickets.parts import Secret
from knowledge_base.errors import InputError

LARGEST_FILE = 1_000_000
LARGEST_SECRET = 10_000


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the environment and files hold for one webhook."""

    signing: bytes = field(repr=False)
    token: str = field(repr=False)
    user: str = field(repr=False)


def load(path: Path, environ: Mapping[str, str]) -> Iterator[tuple[Webhook, Secrets]]:
    """Read the mapping file.

    Raises InputError naming the file, the webhook and the key; a wrong value is not repeated, for it
    may be a secret that was put in the wrong place.
    """
    entries = _entries(path)
    names: set[str] = set()
    for number, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        place = f"{path}: webhooks[{number}]" + (f" ({name[:40]})" if isinstance(name, str) else "")
        webhook = _webhook(entry, place)
        if webhook.name in names:
            raise InputError(f"{place}: another webhook has this name; it is its address too, so choose another")
        names.add(webhook.name)
        yield webhook, _secrets(webhook, place, path.parent, environ)


def preset_names() -> list[str]:
    """Name the presets that the package brings."""
    return sorted(each.name[:-5] for each in files(__package__).joinpath("presets").iterdir() if _is_yaml(each.name))


def read_preset(name: str) -> dict[str, Any]:
    """Read a preset: the keys of an entry that are the same for everybody."""
    preset = yaml.safe_load(files(__package__).joinpath("presets", f"{name}.yaml").read_text("utf-8"))
    return dict(preset)


def _is_yaml(name: str) -> bool:
    return name.endswith(".yaml")


def _entries(path: Path) -> list[Any]:
    document = _read_yaml(path)
    if not isinstance(document, dict) or set(document) != {"webhooks"}:
        raise InputError(f"{path}: one key is expected, webhooks; docs/tickets.md has an example")
    entries = document["webhooks"]
    if not isinstance(entries, list) or not entries:
        raise InputError(f"{path}: webhooks: a list of webhooks is expected, each beginning with - name:")
    return entries


def _read_yaml(path: Path) -> object:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise InputError(f"{path}: the file has more than {LARGEST_FILE:,} bytes; is it the right one?")
        return yaml.safe_load(content.decode("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read ({error.strerror}); see KEA_TICKETS_FILE") from error
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{path}{line}: this is no YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: this is no YAML in UTF-8 ({type(error).__name__})") from None


def _webhook(entry: object, place: str) -> Webhook:
    if not isinstance(entry, dict):
        raise InputError(f"{place}: keys and values are expected, such as name: github")
    given = dict(entry)
    chosen = given.pop("preset", None)
    if chosen is not None and chosen not in preset_names():
        raise InputError(f"{place}: preset: choose one of {', '.join(preset_names())}, or leave it out")
    try:
        return Webhook.model_validate(given if chosen is None else _merged(read_preset(chosen), given))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"] if part != "[key]")
        said = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{place}: {where + ': ' if where else ''}{said[:1].lower()}{said[1:]}") from None


def _merged(preset: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Let an entry replace what a preset says: whole keys, and within a part the keys of that part."""
    merged = dict(preset)
    for key, value in given.items():
        before = preset.get(key)
        both = isinstance(before, dict) and isinstance(value, dict)
        merged[key] = {**before, **value} if both and before is not None else value
    return merged


def _secrets(webhook: Webhook, place: str, folder: Path, environ: Mapping[str, str]) -> Secrets:
    user = webhook.auth.user or ""
    if webhook.auth.user_env is not None:
        user = _variable(webhook.auth.user_env, f"{place}: auth.user_env", environ)
    token = _secret(webhook.auth, f"{place}: auth", folder, environ)
    if not all(each.isascii() and each.isprintable() for each in (token, user)) or ":" in user:
        raise InputError(f"{place}: auth: the secret or user has characters that no HTTP header can carry")
    signing = _secret(webhook.signature, f"{place}: signature", folder, environ)
    return Secrets(signing.encode(), token, user)


def _secret(source: Secret, place: str, folder: Path, environ: Mapping[str, str]) -> str:
    if source.secret_env is not None:
        return _variable(source.secret_env, f"{place}.secret_env", environ)
    file = folder / Path(str(source.secret_file)).expanduser()
    try:
        with file.open("rb") as stream:
            secret = stream.read(LARGEST_SECRET).decode("utf-8").strip()
    except (OSError, ValueError) as error:
        raise InputError(f"{place}.secret_file: {file} cannot be read ({type(error).__name__})") from None
    if not secret:
        raise InputError(f"{place}.secret_file: {file} is empty")
    return secret


def _variable(name: str, place: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise InputError(f"{place}: the environment variable {name} is not set")
    return value
