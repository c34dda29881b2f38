"""The embedder that Kea runs on: an exported sentence-transformers model in ONNX Runtime."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from knowledge_base.embedding.manifest import GRAPH, TOKENIZER, Manifest
from knowledge_base.embedding.port import CHARACTERS_PER_TOKEN, Vectors, normalised, readable
from knowledge_base.errors import ModelUnavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

_TEXTS_AT_ONCE = 2048
_BATCH = 32

_Tokens = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Runtime:
    """What is opened with the first text."""

    session: InferenceSession
    tokenizer: Tokenizer


class OnnxEmbedder:
    """Embeds with the graph of an exported model, which pools and normalises as the model does.

    The model is opened with the first text, or by ``open``. ``threads`` is the number of threads
    of a matrix product; 0 leaves it to ONNX Runtime (the number of cores).
    """

    def __init__(self, folder: Path, manifest: Manifest, *, threads: int = 0) -> None:
        self._folder = folder
        self._manifest = manifest
        self._threads = threads
        self._lock = threading.Lock()
        self._runtime: _Runtime | None = None

    @property
    def backend(self) -> str:
        """Names runtime, model and weights, such as ``onnx-fp32:all-MiniLM-L6-v2:0123456789ab``."""
        return self._manifest.backend

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._manifest.dimension

    def open(self) -> None:
        """Open the model now, so that the first text need not wait; raises ModelUnavailable."""
        self._opened()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``; raises ModelUnavailable.

        Texts are put into batches of equal length, so that no text is padded: it is quicker, and
        a vector does not depend on the other texts. Equal texts are embedded once.
        """
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        vectors = self._embed_different(list(places))
        return vectors if len(places) == len(texts) else vectors[[places[text] for text in texts]]

    def _embed_different(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        if not texts:
            return vectors
        runtime = self._opened()
        limit = self._manifest.max_tokens * CHARACTERS_PER_TOKEN
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            chunk = [readable(text, limit=limit) for text in texts[start : start + _TEXTS_AT_ONCE]]
            encodings = runtime.tokenizer.encode_batch(chunk)
            for places in _batches(encodings):
                outputs = runtime.session.run(None, self._inputs([encodings[place] for place in places]))
                vectors[start + places] = normalised(outputs[0])
        return vectors

    def _inputs(self, encodings: Sequence[Encoding]) -> dict[str, _Tokens]:
        """Return the graph's inputs for encodings of equal length, arrays of shape (texts, tokens)."""
        columns = {
            "input_ids": [encoding.ids for encoding in encodings],
            "attention_mask": [encoding.attention_mask for encoding in encodings],
            "token_type_ids": [encoding.type_ids for encoding in encodings],
        }
        return {name: np.array(columns[name], dtype=np.int64) for name in self._manifest.inputs}

    def _opened(self) -> _Runtime:
        with self._lock:
            if self._runtime is None:
                self._runtime = self._open_runtime()
            return self._runtime

    def _open_runtime(self) -> _Runtime:
        # Both take long to import, and a process that never embeds shall not pay for it.
        # It reports its use to its maker, from its import on, unless it is told not to.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        # Waiting threads would spin: 2 ms less for a line alone, but twice the time where cores are shared.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(
                str(self._folder / GRAPH), sess_options=options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER))
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise ModelUnavailable(f"the embedding model in {self._folder} cannot be opened: {error}") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._manifest.max_tokens)
        return _Runtime(session=session, tokenizer=tokenizer)


def _batches(encodings: Sequence[Encoding]) -> Iterator[npt.NDArray[np.intp]]:
    """Yield the places of encodings that have the same number of tokens, at most 32 at once."""
    lengths = [len(encoding.ids) for encoding in encodings]
    for _, group in groupby(sorted(range(len(encodings)), key=lengths.__getitem__), key=lengths.__getitem__):
        places = np.fromiter(group, dtype=np.intp)
        for start in range(0, len(places), _BATCH):
            yield places[start : start + _BATCH]
