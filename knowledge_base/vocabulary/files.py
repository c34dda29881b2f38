"""Reads the YAML of glossary, kinds and codes; every scalar is text there, so that `1146` and `null` are words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.errors import InputError

LARGEST_FILE = 2_000_000
LONGEST_NAME = 60
DEEPEST = 20
"""Lists and mappings inside each other in a person's file; the parser in C would overflow its stack."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def packaged(name: str) -> object:
    """Read a table that comes with Kea."""
    return parsed(files(__package__).joinpath(name).read_bytes(), name)


def own(path: Path, *, setting: str, what: str = "file", largest: int = LARGEST_FILE) -> object:
    """Read a person's own file of at most ``largest`` bytes, which ``setting`` names; ``what`` says what it should be.

    Raises InputError that names the file and says what to do.
    """
    try:
        with path.expanduser().open("rb") as stream:
            content = stream.read(largest + 1)
    except (OSError, ValueError, RuntimeError) as error:
        said = error.strerror if isinstance(error, OSError) else "no usable name"
        raise InputError(f"{path}: the {what} cannot be read ({said}); see {setting}") from error
    if len(content) > largest:
        raise InputError(f"{path}: the file has more than {largest:,} bytes; is it the right one?")
    _check_depth(content, str(path))
    return parsed(content, str(path))


def parsed(content: bytes, place: str) -> object:
    """Parse YAML into texts, lists and mappings; raises InputError that names ``place`` and line."""
    with _explained(place):
        return yaml.load(content.decode("utf-8"), Loader=_LOADER)  # noqa: S506 - makes nothing but text and lists


def _check_depth(content: bytes, place: str) -> None:
    depth = 0
    with _explained(place):
        for event in yaml.parse(content.decode("utf-8"), Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise InputError(f"{place}: this is no YAML for Kea: it nests deeper than {DEEPEST}")


@contextmanager
def _explained(place: str) -> Iterator[None]:
    try:
        yield
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{place}{line}: this is no YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{place}: this is no YAML in UTF-8 ({type(error).__name__})") from None


def name_of(entry: object, place: str) -> str:
    """Give the name of an entry; raises InputError where it has none that can be used."""
    if not isinstance(entry, dict):
        raise InputError(f"{place}: keys and values are expected, such as name: table-not-found")
    name = entry.get("name")
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise InputError(f"{place}: name: lower-case words joined by hyphens are expected, such as table-not-found")
    return name
