"""What was clustered before a restart is clustered with after it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ingest.clustering import ClusterLoop
from knowledge_base.embedding import Embedder
from tests.clustering.test_clusterer import HEAP, PEER, PEER_TOO, category
from tests.store.databases import MINE, copied_file
from tests.store.knowledge import categories_of, ingest, knowledge_at

PROCESS = """
import sys
from pathlib import Path
from ingest.clustering import ClusterLoop
from knowledge_base.embedding import open_embedder
from knowledge_base.settings import Settings
from tests.store.databases import MINE
from tests.store.knowledge import ingest, knowledge_at
with knowledge_at(sys.argv[1], Path(sys.argv[2]), embedder=open_embedder(Settings())) as knowledge:
    for assignment in ingest(knowledge, *sys.argv[3:]):
        print(assignment.category_id)
    ClusterLoop(knowledge, MINE).drain(MINE)
"""


def in_another_process(url: str, home: Path, *texts: str) -> list[str]:
    """Ingest and cluster in a process that ends; give the categories of the texts before clustering."""
    command = [sys.executable, "-c", PROCESS, url, str(home), *texts]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.split()


def test_a_new_object_joins_the_category_of_an_old_one(database_url: str, tmp_path: Path) -> None:
    with knowledge_at(database_url, tmp_path) as knowledge:
        peer, _ = categories_of(ingest(knowledge, PEER, HEAP))
        ClusterLoop(knowledge, MINE).drain(MINE)
    with knowledge_at(database_url, tmp_path) as knowledge:
        (too,) = categories_of(ingest(knowledge, PEER_TOO))
        ClusterLoop(knowledge, MINE).drain(MINE)
        assert category(knowledge, too).id == peer


def test_a_new_process_joins_the_category_of_an_old_one(
    empty_file: Path, tmp_path: Path, model_embedder: Embedder
) -> None:
    url = copied_file(empty_file, tmp_path / "kea.db")
    peer, _ = in_another_process(url, tmp_path, PEER, HEAP)
    with knowledge_at(url, tmp_path, embedder=model_embedder) as knowledge:
        (too,) = categories_of(ingest(knowledge, PEER_TOO))
        ClusterLoop(knowledge, MINE).drain(MINE)
        assert category(knowledge, too).id == peer
        before = knowledge.match(MINE, "the peer refused the connection of a broker").matches
        for file in (tmp_path / "index").iterdir():
            file.unlink()
    with knowledge_at(url, tmp_path, embedder=model_embedder) as knowledge:
        assert knowledge.match(MINE, "the peer refused the connection of a broker").matches == before
        assert before
