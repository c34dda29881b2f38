"""Embedding: text to unit vectors.

Nothing heavy is imported here: ONNX Runtime is loaded with the first vector, torch only by the
export, which is a process of its own.
"""

from knowledge_base.embedding.hashing import HashingEmbedder
from knowledge_base.embedding.manifest import DEFAULT_MODEL, Manifest, read_manifest
from knowledge_base.embedding.models import ensure_model, find_model, open_embedder, reopen_embedder
from knowledge_base.embedding.onnx import OnnxEmbedder
from knowledge_base.embedding.port import Embedder, Vectors

__all__ = [
    "DEFAULT_MODEL",
    "Embedder",
    "HashingEmbedder",
    "Manifest",
    "OnnxEmbedder",
    "Vectors",
    "ensure_model",
    "find_model",
    "open_embedder",
    "read_manifest",
    "reopen_embedder",
]
