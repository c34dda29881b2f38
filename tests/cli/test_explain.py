"""``kea explain`` as a whole process, with and without a knowledge base."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge_base.signature import sign
from tests.cli.conftest import COMMAND, Kea, run_kea

LINE = "2026-06-11 10:22:33 ERROR [main] org.acme.Job: read of /data/a17.csv from nn-1:8020 failed: ORA-00942"
TRACE = """java.lang.IllegalStateException: load 17
\tat com.acme.Job.one(Job.java:1)
\tat java.base/java.lang.Thread.run(Thread.java:8)
"""


def test_a_line_without_any_knowledge_base(tmp_path: Path) -> None:
    done = run_kea(tmp_path / "none", "explain", LINE)
    assert done.returncode == 0, done.stderr
    assert sign(LINE).template in done.stdout
    assert sign(LINE).fingerprint in done.stdout
    assert "host with port" in done.stdout
    assert "level ERROR, service org.acme.Job" in done.stdout
    assert "there is no knowledge base yet" in done.stdout
    assert not (tmp_path / "none").exists()


def test_the_document_has_places(tmp_path: Path) -> None:
    document = json.loads(run_kea(tmp_path, "explain", LINE, "--json").stdout)
    assert document["fingerprint"] == sign(LINE).fingerprint
    assert document["recognised"] is None
    masks = {step["rule"]: step for step in document["steps"]}
    host = masks["host with port"]
    assert document["text"][host["start"] : host["end"]] == host["matched"] == "nn-1:8020"
    assert masks["vendor code"]["stage"] == "kept"


def test_several_lines_are_one_event(tmp_path: Path) -> None:
    document = json.loads(run_kea(tmp_path, "explain", "-", "--json", stdin=TRACE).stdout)
    assert document["template"] == sign(TRACE).template
    assert [step["rule"] for step in document["steps"] if step["stage"] == "left_out"] == ["frame of a library"]


def test_a_known_line_is_told_with_its_category(own_kea: Kea) -> None:
    ingested = own_kea("ingest", "-", stdin=LINE.replace("17", "18") + "\n")
    assert ingested.returncode == 0, ingested.stderr
    recognised = json.loads(own_kea("explain", LINE, "--json").stdout)["recognised"]
    assert recognised["how"] == "exact"
    assert recognised["best"]["template"] == sign(LINE).template
    shown = own_kea("explain", LINE).stdout
    assert recognised["best"]["category_id"] in shown
    assert recognised["best"]["template_id"] in shown
    assert "the very same fingerprint" in shown
    assert "none yet" in shown


def test_a_strange_line_is_told_as_such(kea: Kea) -> None:
    done = kea("explain", "zebra quagga okapi walked over seven bridges")
    assert done.returncode == 0, done.stderr
    assert "the fingerprint was not seen before" in done.stdout
    assert "a guess" in done.stdout or "nothing is similar" in done.stdout


def test_another_projects_knowledge_is_not_used(own_kea: Kea) -> None:
    done = own_kea("explain", LINE, "--project", "elsewhere")
    assert done.returncode == 1
    assert "no project 'elsewhere'" in done.stderr


@pytest.mark.parametrize("text", ["", " \n "])
def test_nothing_to_explain(tmp_path: Path, text: str) -> None:
    done = run_kea(tmp_path, "explain", "-", stdin=text)
    assert done.returncode == 1
    assert done.stderr.strip() == "kea: there is no line to explain"


def test_hostile_lines_are_only_text(tmp_path: Path) -> None:
    text = (
        "[bold red]x[/] [/nothing] \x1b[31mred\x1b[0m \x07 \u202eexe.txt\r[link=file:///etc]y[/link] "
        "password=hunter2hunter2"
    )
    done = run_kea(tmp_path, "explain", "-", stdin=text)
    assert done.returncode == 0, done.stderr
    assert "[bold red]x[/] [/nothing]" in done.stdout
    assert "[link=" in done.stdout
    assert not set("\x1b\x07\u202e\r") & set(done.stdout)
    assert "hunter2" not in done.stdout


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    environment = {**os.environ, "KEA_HOME": str(tmp_path / "none"), "NO_COLOR": "1"}
    cases: list[tuple[list[str | bytes], bytes]] = [
        ([COMMAND, "explain", b"a \xff\xfe 17"], b""),
        ([COMMAND, "explain", "-", "--json"], b"a \xff 17"),
    ]
    for arguments, given in cases:
        done = subprocess.run(arguments, env=environment, input=given, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert "<n>" in done.stdout.decode()


def test_a_long_line_is_shown_in_part(tmp_path: Path) -> None:
    done = run_kea(tmp_path, "explain", "-", stdin="disk 17 of node-3:80 is full; " * 40_000)
    assert done.returncode == 0, done.stderr
    assert "more characters" in done.stdout
    assert "more steps" in done.stdout
    assert "Limit: the event is longer" in done.stdout
    assert len(done.stdout) < 20_000


def test_lines_fit_a_terminal_of_80_columns(tmp_path: Path) -> None:
    environment = {**os.environ, "KEA_HOME": str(tmp_path / "none"), "NO_COLOR": "1", "COLUMNS": "80"}
    done = subprocess.run([COMMAND, "explain", LINE], env=environment, capture_output=True, text=True, timeout=60)
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_start_imports_nothing_slow(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['kea', 'explain', 'disk 17 full']\n"
        "import web.cli\n"
        "try: web.cli.main()\n"
        "except SystemExit: pass\n"
        "slow = ('torch', 'sklearn', 'alembic', 'onnxruntime', 'faiss', 'sqlalchemy', 'fastapi', 're2')\n"
        "print([name for name in slow if name in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "KEA_HOME": str(tmp_path / "none")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"
