"""The embedders of a process: the one that is set, and those that projects still answer with."""

from __future__ import annotations

import threading
from pathlib import Path

import structlog

from knowledge_base.embedding import Embedder, open_embedder, reopen_embedder
from knowledge_base.embedding.worded import BackendName, Worded, keep_glossary, kept_glossary, packaged_reader
from knowledge_base.errors import ModelUnavailable
from knowledge_base.settings import Settings
from knowledge_base.vocabulary.glossary import load_glossary
from knowledge_base.vocabulary.reading import Reader

log = structlog.get_logger(__name__)


class Backends:
    """Opens each embedder once. ``given`` takes the place of the model that the settings name."""

    def __init__(self, settings: Settings, given: Embedder | None = None) -> None:
        self._settings = settings
        self._given = given
        self._open: dict[str, Embedder] = {}
        self._lock = threading.Lock()
        self._present: Reader | None = None

    def wanted(self) -> Worded:
        """Give the embedder that is set, with the present glossary; exports its model if need be.

        Raises ModelUnavailable, and InputError where the glossary that is set cannot be used.
        """
        reader = self.reader
        keep_glossary(self._glossaries, reader.glossary)
        return Worded(self._given or open_embedder(self._settings), reader)

    def named(self, name: str) -> Embedder:
        """Give the embedder of a back end whose vectors are there already; raises ModelUnavailable."""
        with self._lock:
            if name not in self._open:
                self._open[name] = self._reopen(BackendName.parse(name))
            return self._open[name]

    @property
    def has_opened(self) -> bool:
        """Whether an embedder was opened by its name."""
        return bool(self._open)

    @property
    def _glossaries(self) -> Path:
        return self._settings.home_path / "glossaries"

    def _reopen(self, name: BackendName) -> Embedder:
        model = self._given
        if model is None or model.backend != name.model:
            model = reopen_embedder(self._settings, name.model)
        return Worded(model, self._reader_of(name.glossary), name=str(name)) if name.glossary else model

    def _reader_of(self, digest: str) -> Reader:
        try:
            return Reader(kept_glossary(self._glossaries, digest))
        except ModelUnavailable as error:
            # The model is what vectors have in common: with another glossary a few Chinese texts lie elsewhere.
            if self.reader.glossary.digest != digest:
                log.warning("the former glossary is gone, the present one stands in", reason=str(error))
            return self.reader

    @property
    def reader(self) -> Reader:
        """Reads by the glossary that is set; raises InputError where it cannot be used."""
        if self._present is None:
            own = self._settings.glossary
            self._present = packaged_reader() if own is None else Reader(load_glossary(own))
        return self._present
