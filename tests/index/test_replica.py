"""The replica: whatever happens to its file, its answers are those of the database."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.embedding import HashingEmbedder
from knowledge_base.index.kinds import SWITCH
from knowledge_base.index.replica import Replica
from knowledge_base.signature.codes import error_codes
from knowledge_base.store import projects
from knowledge_base.store.representing import representatives
from knowledge_base.store.representing.representatives import NewRepresentative
from knowledge_base.store.store import Store
from tests.store.databases import MINE, OTHER

EMBEDDER = HashingEmbedder(dimension=32)
TEXTS = ("table not found", "disk full", "broker refused connection", "heap space exhausted", "quota exceeded")
Hits = list[list[tuple[int, int, float]]]


def add(
    store: Store, *texts: str, category: int = 1, project: str = MINE, backend: str = EMBEDDER.backend
) -> list[int]:
    vectors = EMBEDDER.embed(texts)
    new = [
        NewRepresentative(
            category + place, place + 1, text, tuple(error_codes(text)), np.asarray(vector, np.float32).tobytes()
        )
        for place, (text, vector) in enumerate(zip(texts, vectors, strict=True))
    ]
    with store.write() as db:
        return list(representatives.add(db, project, new, backend))


def new_replica(folder: Path | None = None, project: str = MINE, switch: int = SWITCH) -> Replica:
    return Replica(project, backend=EMBEDDER.backend, dimension=EMBEDDER.dimension, folder=folder, switch=switch)


def answers(store: Store, replica: Replica) -> Hits:
    queries = EMBEDDER.embed(["table orders not found", "the disk is full", "refused", "人"])
    with store.read() as db:
        replica.refresh(db)
        found = replica.search(db, queries, 10)
    return [[(each.id, each.category, round(score, 5)) for each, score in row] for row in found]


def with_code(store: Store, replica: Replica, code: str, limit: int = 10) -> list[int]:
    with store.read() as db:
        replica.refresh(db)
        return [each.id for each in replica.with_code(db, code, limit)]


def test_it_follows_what_is_added_moved_and_removed(store: Store) -> None:
    replica = new_replica()
    assert answers(store, replica) == [[], [], [], []]
    first = add(store, *TEXTS[:3])
    assert {hit[0] for hit in answers(store, replica)[0]} == set(first)
    with store.write() as db:
        representatives.follow_templates(db, MINE, {1: 77})
        representatives.follow_categories(db, MINE, [2], 78)
        representatives.remove(db, MINE, [first[2]])
    (second,) = add(store, TEXTS[3], category=9)
    found = {hit[0]: hit[1] for hit in answers(store, replica)[0]}
    assert found == {first[0]: 77, first[1]: 78, second: 9}
    assert len(replica) == 3
    assert first[2] not in replica
    with pytest.raises(KeyError):
        replica.vector(first[2])
    with store.read() as db:
        assert replica.generation == projects.generation(db, MINE)
    assert answers(store, replica) == answers(store, new_replica())


def test_another_project_or_back_end_is_not_seen(store: Store) -> None:
    add(store, *TEXTS, project=OTHER)
    add(store, *TEXTS, backend="another model")
    assert answers(store, new_replica()) == [[], [], [], []]
    with store.write() as db:
        representatives.remove(db, MINE, [1])
        with pytest.raises(Exception, match="no representative 1"):
            representatives.remove_one(db, MINE, 1)
    assert len(answers(store, new_replica(project=OTHER))[0]) == len(TEXTS)


def test_removing_one_changes_only_its_own(store: Store) -> None:
    ids = add(store, *TEXTS)
    replica = new_replica()
    before = answers(store, replica)
    with store.write() as db:
        assert representatives.remove_one(db, MINE, ids[1]).text == TEXTS[1]
    assert answers(store, replica) == [[hit for hit in row if hit[0] != ids[1]] for row in before]


def test_codes_are_found_and_followed(store: Store) -> None:
    ids = add(store, "ORA-00942 table or view does not exist", "ORA-00942 again", "disk full")
    replica = new_replica()
    assert with_code(store, replica, "ORA-00942") == ids[:2]
    assert with_code(store, replica, "ORA-00942", 1) == ids[:1]
    with store.write() as db:
        representatives.remove(db, MINE, ids[:1])
    assert with_code(store, replica, "ORA-00942") == ids[1:2]
    assert with_code(store, replica, "ORA-1") == []


def swap_files(folder: Path) -> None:
    faiss, manifest = files(folder)
    faiss.write_bytes(manifest.read_bytes())


def halve(folder: Path) -> None:
    faiss, _ = files(folder)
    faiss.write_bytes(faiss.read_bytes()[: faiss.stat().st_size // 2])


def flip_a_bit(folder: Path) -> None:
    faiss, _ = files(folder)
    content = bytearray(faiss.read_bytes())
    content[-40] ^= 1
    faiss.write_bytes(content)


def alter_manifest(**values: object) -> Callable[[Path], None]:
    def alter(folder: Path) -> None:
        _, manifest = files(folder)
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | values))

    return alter


def files(folder: Path) -> tuple[Path, Path]:
    (faiss,) = folder.glob("*.faiss")
    (manifest,) = folder.glob("*.json")
    return faiss, manifest


def empty_manifest(folder: Path) -> None:
    files(folder)[1].write_text("[]")


def folder_in_place_of_file(folder: Path) -> None:
    faiss, _ = files(folder)
    faiss.unlink()
    faiss.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        shutil.rmtree,
        lambda folder: files(folder)[0].unlink(),
        lambda folder: files(folder)[1].unlink(),
        swap_files,
        halve,
        flip_a_bit,
        empty_manifest,
        folder_in_place_of_file,
        alter_manifest(generation=10_000),
        alter_manifest(generation="x"),
        alter_manifest(backend="another model"),
        alter_manifest(sha256="0"),
    ],
)
def test_damage_to_the_file_changes_no_answer(
    sqlite_store: Store, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    add(sqlite_store, *TEXTS)
    folder = tmp_path / "index"
    expected = answers(sqlite_store, new_replica(folder))
    damage(folder)
    assert answers(sqlite_store, new_replica(folder)) == expected


def test_a_file_that_fits_is_used(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = add(sqlite_store, *TEXTS)
    folder = tmp_path / "index"
    expected = answers(sqlite_store, new_replica(folder))
    read: list[int] = []
    original = representatives.vectors

    def watched(db: object, project: str, wanted: list[int]) -> list[bytes]:
        read.extend(wanted)
        return original(db, project, wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(representatives, "vectors", watched)
    assert answers(sqlite_store, new_replica(folder)) == expected
    assert read == []
    (later,) = add(sqlite_store, "a new text", category=40)
    with sqlite_store.write() as db:
        representatives.remove(db, MINE, ids[:1])
    cached = answers(sqlite_store, new_replica(folder))
    assert read == [later], "an older file saves all that has not changed"
    assert cached == answers(sqlite_store, new_replica())


def test_a_file_from_before_a_backup_was_put_back_is_not_used(sqlite_store: Store, tmp_path: Path) -> None:
    """The same numbers and a fitting generation, and yet other texts."""
    database = Path(str(sqlite_store.engine.url.database))
    folder = tmp_path / "index"
    add(sqlite_store, *TEXTS[:1])
    backup = tmp_path / "backup.db"
    with sqlite_store.engine.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{backup}'")
    add(sqlite_store, *TEXTS[1:3])
    answers(sqlite_store, new_replica(folder))
    sqlite_store.close()
    for rest in (".db-wal", ".db-shm"):
        database.with_suffix(rest).unlink(missing_ok=True)
    shutil.copy(backup, database)
    sqlite_store.open()
    add(sqlite_store, *TEXTS[3:])
    add(sqlite_store, "one more")
    assert answers(sqlite_store, new_replica(folder)) == answers(sqlite_store, new_replica())


def test_a_replica_of_a_database_that_went_back_starts_anew(sqlite_store: Store) -> None:
    replica = new_replica()
    add(sqlite_store, *TEXTS)
    answers(sqlite_store, replica)
    with sqlite_store.write() as db:
        db.exec_driver_sql("DELETE FROM representative WHERE id > 2")
        db.exec_driver_sql("UPDATE project SET generation = 0")
    assert {hit[0] for hit in answers(sqlite_store, replica)[0]} == {1, 2}


def test_a_folder_that_cannot_be_written_costs_nothing_else(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("in the way")
    add(sqlite_store, *TEXTS)
    assert answers(sqlite_store, new_replica(tmp_path / "index")) == answers(sqlite_store, new_replica())


ASK = """
import sys
from pathlib import Path
from knowledge_base.store.store import Store
from tests.index.test_replica import answers, new_replica
with Store(sys.argv[1]) as store:
    replica = new_replica(Path(sys.argv[2]))
    for _ in sys.stdin:
        print(answers(store, replica), flush=True)
"""


@pytest.fixture
def other_process(store: Store, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Asks a replica in another process."""
    url = store.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", ASK, url, str(tmp_path / "index")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def ask() -> str:
        process.stdin.write("again\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    yield ask
    process.stdin.close()
    process.stdout.close()
    assert process.wait(30) == 0


def test_two_processes_agree_after_each_change(store: Store, tmp_path: Path, other_process: Callable[[], str]) -> None:
    here = new_replica(tmp_path / "index")
    ids = add(store, *TEXTS)
    assert other_process() == str(answers(store, here))
    with store.write() as db:
        representatives.follow_categories(db, MINE, [2], 50)
        representatives.remove(db, MINE, ids[3:4])
    assert other_process() == str(answers(store, here))
    add(store, "one more", category=60)
    assert other_process() == str(answers(store, here))
    assert "60" in str(answers(store, here))
