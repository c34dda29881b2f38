"""Embeds the catalogue of known kinds beforehand: ``python -m knowledge_base.pairs.preparing``.

The vectors lie beside the exported models, so that the first clusterer does not spend a minute on them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from knowledge_base.embedding import open_embedder
from knowledge_base.embedding.worded import Worded, packaged_reader
from knowledge_base.errors import InputError, ModelUnavailable
from knowledge_base.pairs.opening import open_judge
from knowledge_base.settings import read_settings
from knowledge_base.vocabulary.glossary import load_glossary
from knowledge_base.vocabulary.reading import Reader

TOLD_AT = 1_024


def main(arguments: Sequence[str] | None = None) -> int:
    """Embed the catalogue with the model, the glossary and the kinds that are set; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m knowledge_base.pairs.preparing", description=__doc__)
    parser.add_argument("--model-dir", type=Path, help="folder of exported models (default: the setting KEA_MODEL_DIR)")
    options = parser.parse_args(arguments)
    try:
        settings = read_settings(**({"model_dir": options.model_dir} if options.model_dir else {}))
        reader = Reader(load_glossary(settings.glossary)) if settings.glossary else packaged_reader()
        folder = settings.model_dir.expanduser() / "kinds"
        embedder = Worded(open_embedder(settings, print), reader)
        judge = open_judge(reader, embedder, kinds=settings.kinds, folder=folder, progress=_tell)
    except (ModelUnavailable, InputError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{len(judge.known.kinds)} wordings of known kinds in {folder}")
    return 0


def _tell(done: int, wanted: int) -> None:
    if done == wanted or not done % TOLD_AT:
        print(f"embedded {done} of {wanted} wordings of known kinds")


if __name__ == "__main__":
    sys.exit(main())
