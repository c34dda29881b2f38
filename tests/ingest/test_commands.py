"""``kea ingest`` and ``kea cluster`` as a user meets them: what they print, write, and end with."""

from __future__ import annotations

import gzip
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ingest.killing import check_exact, finish, size_of, start_ingest, write_workload
from tests.ingest.support import log, numbered, rows_of
from tests.support.commands import run_forked

pytestmark = pytest.mark.usefixtures("model_dir")
Kea = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def kea(kea_home: Path, tmp_path: Path) -> Kea:
    """Run the command line in a process of its own, in the test's folder."""

    def run(*arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[str]:
        done = run_forked(arguments, environment=os.environ, stdin=stdin or b"", folder=tmp_path, timeout=120)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


class TestCluster:
    def test_one_row_a_line_in_order(self, kea: Kea, kea_home: Path, tmp_path: Path) -> None:
        (tmp_path / "a.log").write_bytes(b"disk 1 is full\n\nhost lost\r\ndisk 2 is full\nno break at the end")
        done = kea("cluster", "a.log", "--multiline", "off", "--output", "out.jsonl")
        assert (done.returncode, done.stdout) == (0, "")
        rows = rows_of(tmp_path / "out.jsonl")
        assert [row["line"] for row in rows] == [1, 2, 3, 4, 5]
        assert [row["template"] for row in rows] == [
            "disk <n> is full",
            "",
            "host lost",
            "disk <n> is full",
            "no break at the end",
        ]
        assert rows[0]["template_id"] == rows[3]["template_id"] != rows[2]["template_id"]
        assert not kea_home.exists()

    def test_events_from_standard_input_to_standard_output(self, kea: Kea) -> None:
        text = log(
            "2026-02-28 10:00:00 ERROR a.B: x",
            "java.io.IOException: y",
            "\tat a.B.c(B.java:7)",
            "2026-02-28 10:00:01 INFO z",
        )
        done = kea("cluster", "-", "--multiline", "auto", stdin=text)
        assert [json.loads(line)["line"] for line in done.stdout.splitlines()] == [1, 4]

    @pytest.mark.parametrize(
        ("name", "data", "words"),
        [("no.log", None, "does not exist"), ("b.bin", b"a\x00b", "is a binary file")],
    )
    def test_what_cannot_be_read(self, kea: Kea, tmp_path: Path, name: str, data: bytes | None, words: str) -> None:
        if data is not None:
            (tmp_path / name).write_bytes(data)
        done = kea("cluster", name)
        assert done.returncode == 1
        assert name in done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr

    def test_an_empty_log_has_no_rows(self, kea: Kea, tmp_path: Path) -> None:
        (tmp_path / "a.log").write_bytes(b"")
        done = kea("cluster", "a.log")
        assert (done.returncode, done.stdout) == (0, "")


class TestIngest:
    def test_a_folder_with_all_sorts_of_files(self, kea: Kea, tmp_path: Path) -> None:
        folder = tmp_path / "logs"
        folder.mkdir()
        (folder / "a.log").write_bytes(numbered(30))
        (folder / "b.log.gz").write_bytes(gzip.compress(numbered(20)))
        (folder / "c.jsonl").write_bytes(b'{"id": 1, "text": "disk 3 is full"}\n{broken\n')
        (folder / "d.bin").write_bytes(b"\x00\x01")
        (folder / ".hidden").write_bytes(b"x\n")
        done = kea("ingest", "logs", "--json", "--enriched", "logs/enriched.jsonl")
        assert done.returncode == 3, done.stderr
        summary = json.loads(done.stdout)
        assert (summary["lines"], summary["events"], summary["new_templates"]) == (52, 51, 2)
        assert (summary["dead_letters"], summary["complete"]) == (2, False)
        letters = [row for path in summary["dead_letter_files"] for row in rows_of(Path(path))]
        assert {str(row["source"]).rsplit("/", 1)[-1] for row in letters} == {"c.jsonl", "d.bin"}
        assert len(rows_of(folder / "enriched.jsonl")) == 51
        told = kea("ingest", "logs")
        assert told.returncode == 3
        assert "3 files read to the end before" in told.stdout
        assert "left out: logs/d.bin: logs/d.bin is a binary file" in told.stdout

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            (("no.log",), 1, "no.log does not exist; check the path"),
            (("b.bin",), 1, "b.bin is a binary file"),
            (("a.log", "--enriched", "a.log"), 1, "would be read and written at the same time"),
            (("a.log", "--enriched", "/dev/full"), 1, "the disk of /dev/full is full; free some space"),
            (("a.log", "--enriched", "b.bin"), 1, "b.bin holds rows already"),
            (("a.log", "--enriched", "a.log/x"), 1, "cannot be written"),
            (("c.jsonl", "--dead-letters", "/dev/full"), 1, "the disk of /dev/full is full"),
            (("a.log", "--project", "No Project"), 1, "is no project name"),
            (("a.log", "--format", "xml"), 2, "is none of auto, plain, jsonl"),
            ((), 2, "name files, or a source"),
            (("empty.log",), 0, ""),
        ],
    )
    def test_bad_input_is_explained(
        self, kea: Kea, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
    ) -> None:
        (tmp_path / "a.log").write_bytes(numbered(3))
        (tmp_path / "b.bin").write_bytes(b"\x00\x01")
        (tmp_path / "c.jsonl").write_bytes(b'{"text": "x"}\n{broken\n')
        (tmp_path / "empty.log").write_bytes(b"")
        done = kea("ingest", *arguments)
        assert done.returncode == code, done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr

    def test_standard_input_to_standard_output(self, kea: Kea) -> None:
        done = kea("ingest", "-", "--enriched", "-", "--json", stdin=numbered(4))
        assert done.returncode == 0, done.stderr
        assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == numbered(4).decode().splitlines()
        assert json.loads(done.stderr)["events"] == 4

    def test_a_stop_is_kept_and_can_be_continued(
        self, kea_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KEA_BATCH_SIZE", "250")
        work = write_workload(tmp_path / "rows.jsonl", 20_000)
        enriched, dead = tmp_path / "enriched.jsonl", tmp_path / "dead.jsonl"
        arguments = (work.path, "--enriched", enriched, "--dead-letters", dead)
        process = start_ingest(*arguments, KEA_BATCH_SIZE="2")  # it is far from its end when it is stopped
        while not size_of(enriched):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        code, said = finish(process)
        assert (code, "Run the same command again" in said, "Traceback" in said) == (130, True, False), said
        assert finish(start_ingest(*arguments))[0] == 3
        check_exact(kea_home, work, enriched, dead)

    def test_progress_is_shown_on_a_terminal_alone(self, kea: Kea, kea_home: Path, tmp_path: Path) -> None:
        (tmp_path / "a.log").write_bytes(numbered(30))
        assert kea("ingest", "a.log").stderr == ""
        master, terminal = pty.openpty()
        command = [sys.executable, "-c", "from web.cli import main; main()", "ingest", "a.log", "--again"]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=terminal, env={**os.environ, "TERM": "xterm"}
        )
        os.close(terminal)
        shown = b""
        while True:
            try:
                shown += os.read(master, 4096)
            except OSError:  # how a terminal ends on Linux
                break
        os.close(master)
        out, _ = process.communicate()
        assert process.returncode == 0
        assert b"30 lines" in out
        assert b"lines/s" in shown
        assert b"clustering" in shown


def test_what_ingest_imports_at_its_start() -> None:
    """Listing the commands and reading lines needs no model."""
    code = (
        "import sys, web.cli.commands, web.cli.ingest, ingest.runners.local;"
        "print([name for name in ('torch', 'sklearn', 'transformers') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
