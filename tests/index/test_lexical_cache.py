"""The file of terms: whatever happens to it, what is found is what the texts say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge_base.index import lexical_cache
from knowledge_base.index.lexical_cache import TermsFile, key_of
from knowledge_base.index.lexical_terms import TermReader
from knowledge_base.store.store import Store
from tests.index.lexical_support import found, new_lexical
from tests.index.test_replica import add

TEXTS = tuple(f"table number{'x' * place} not found" for place in range(40))
TERMS = {key_of(text): (text.split()[1], "表") for text in TEXTS}


def file_of(folder: Path) -> Path:
    (file,) = folder.glob("*.representatives.*.terms")
    return file


def other_terms(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("UPDATE terms SET terms = 'nonsense'")


def no_text(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("UPDATE terms SET terms = x'ff00'")


def no_table(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("DROP TABLE terms")


def another_table(file: Path) -> None:
    no_table(file)
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE terms (other TEXT)")


def in_the_way(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        other_terms,
        no_text,
        no_table,
        another_table,
        in_the_way,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"\xff" * 5000),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
    ],
)
def test_damage_changes_nothing_that_is_found(
    sqlite_store: Store, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    add(sqlite_store, *TEXTS)
    folder = tmp_path / "index"
    expected = found(sqlite_store, new_lexical(folder), "table numberxxx")
    assert len(expected) == len(TEXTS)
    damage(file_of(folder))
    for _ in range(2):
        assert found(sqlite_store, new_lexical(folder), "table numberxxx") == expected


def test_texts_that_are_in_the_file_are_not_read_again(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(sqlite_store, *TEXTS)
    expected = found(sqlite_store, new_lexical(tmp_path), "table")
    read: list[str] = []
    original = TermReader.of_text

    def watched(self: TermReader, text: str, more: str = "") -> tuple[str, ...]:
        read.append(text)
        return original(self, text, more)

    monkeypatch.setattr(TermReader, "of_text", watched)
    assert found(sqlite_store, new_lexical(tmp_path), "table") == expected
    assert read == ["table"]


def test_the_file_of_another_version_goes(tmp_path: Path) -> None:
    old, new = TermsFile(tmp_path, "billing.x", "1"), TermsFile(tmp_path, "billing.x", "2")
    other = TermsFile(tmp_path, "billing.x-2", "1")
    for each in (old, other):
        each.write(TERMS)
    assert new.read(list(TERMS)) == {}
    new.write(TERMS)
    assert new.read(list(TERMS)) == TERMS
    assert old.read(list(TERMS)) == {}
    assert other.read(list(TERMS)) == TERMS


def test_texts_that_are_gone_are_forgotten_where_they_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, kept = TermsFile(tmp_path, "billing.x", "1"), list(TERMS)[:5]
    file.write(TERMS)
    file.keep(kept)
    assert file.read(list(TERMS)) == TERMS
    monkeypatch.setattr(lexical_cache, "TOO_MANY", 10)
    file.keep(kept)
    assert set(file.read(list(TERMS))) == set(kept)


def test_a_file_that_another_process_holds_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical_cache, "_TIMEOUT", 0.05)
    file = TermsFile(tmp_path, "billing.x", "1")
    file.write(TERMS)
    path = file.path
    assert path is not None
    holding = sqlite3.connect(path, isolation_level=None)
    holding.execute("BEGIN EXCLUSIVE")
    file.write({key_of("more"): ("more",)})
    assert file.read(list(TERMS)) == {}
    holding.execute("COMMIT")
    holding.close()
    assert file.read(list(TERMS)) == TERMS


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    none, blocked = TermsFile(None, "x", "1"), TermsFile(tmp_path / "file" / "below", "x", "1")
    (tmp_path / "file").write_text("in the way")
    for each in (none, blocked):
        each.write(TERMS)
        assert each.read(list(TERMS)) == {}
        each.keep([])
