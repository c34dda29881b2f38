"""How a cleaned text is put before it is embedded, and the name of a back end, which tells that too."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.errors import ModelUnavailable
from knowledge_base.features.cleaning import CLEANING_VERSION
from knowledge_base.vocabulary.glossary import Concept, ConceptKind, Glossary, load_glossary
from knowledge_base.vocabulary.reading import Reader

_NAME = re.compile(r"(?P<model>[^+]+(?:\+[^+]+)*?)(?:\+text(?P<cleaning>\d{1,6})\.(?P<glossary>[0-9a-f]{16}))?")


@dataclass(frozen=True, slots=True)
class BackendName:
    """What the name of a back end says: the embedder's own name, and how texts were put for it.

    ``glossary`` is a digest; it is empty for vectors from before texts were put into canonical English.

    >>> BackendName.parse("onnx-fp32:e5:0123456789ab+text1.0123456789abcdef").glossary
    '0123456789abcdef'
    >>> str(BackendName.parse("hashing-v1:64"))
    'hashing-v1:64'
    """

    model: str
    cleaning: int = 1
    glossary: str = ""

    def __str__(self) -> str:
        return f"{self.model}+text{self.cleaning}.{self.glossary}" if self.glossary else self.model

    @classmethod
    def parse(cls, name: str) -> BackendName:
        """Take a name apart."""
        found = _NAME.fullmatch(name)
        if found is None or found["glossary"] is None:
            return cls(name)
        return cls(found["model"], int(found["cleaning"]), found["glossary"])


class Worded:
    """An embedder of cleaned texts that puts Chinese wordings of a glossary into canonical English first."""

    def __init__(self, embedder: Embedder, reader: Reader, *, name: str = "") -> None:
        self._embedder = embedder
        self._reader = reader
        self._name = name

    @property
    def backend(self) -> str:
        """Names runtime, model, weights, the version of cleaning and the glossary."""
        present = BackendName(self._embedder.backend, CLEANING_VERSION, self._reader.glossary.digest)
        return self._name or str(present)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    def put(self, text: str) -> str:
        """Give the text that is embedded in place of a cleaned one."""
        return text if text.isascii() else self._reader.canonical(text)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``; raises ModelUnavailable."""
        return self._embedder.embed([self.put(text) for text in texts])


@cache
def packaged_reader() -> Reader:
    """Give the reader of the packaged glossary; reading it takes a moment, so it is read once a process."""
    return Reader(load_glossary())


def keep_glossary(folder: Path, glossary: Glossary) -> None:
    """Keep a glossary under its digest, so that texts can be put as before when it has changed."""
    path = folder / f"{glossary.digest}.json"
    if path.exists():
        return
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(glossary.document, encoding="ascii")
        part.replace(path)
    except OSError:
        # A home that cannot be written costs exactness during the next roll-over, nothing else.
        with suppress(OSError):
            part.unlink()


def kept_glossary(folder: Path, digest: str) -> Glossary:
    """Read a glossary that was kept; raises ModelUnavailable where it is missing or another one."""
    try:
        content = json.loads((folder / f"{digest}.json").read_text(encoding="ascii"))
        concepts = tuple(_concept(each) for each in content["concepts"])
        glossary = Glossary(concepts=concepts, ignored=tuple(content["ignored"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(f"the glossary {digest} is not in {folder} any more") from error
    if glossary.digest != digest:
        raise ModelUnavailable(f"the file of the glossary {digest} in {folder} is damaged")
    return glossary


def _concept(values: dict[str, Any]) -> Concept:
    """Read a concept back: JSON has lists in place of tuples and sets."""
    sets = {each.name for each in fields(Concept) if isinstance(each.default, frozenset)}
    read: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in values.items()}
    read |= {name: frozenset(each) for name, each in values.items() if name in sets}
    return Concept(**{**read, "kind": ConceptKind(values["kind"])})
