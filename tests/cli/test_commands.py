"""The commands as people and scripts call them, each a whole process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.cli.conftest import Kea, run_kea, run_script

COMMANDS = (
    "serve",
    "ingest",
    "cluster",
    "lookup",
    "ask",
    "export",
    "import",
    "backup",
    "restore",
    "forget",
    "demo",
    "reindex",
    "rules",
    "doctor",
    "sign-in-link",
    "token",
)
QUESTION = "FAILED: ODPS-0130131:[3,9] Table not found - table crm.t_unheard_of cannot be resolved"


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(tmp_path: Path, command: str) -> None:
    done = run_script(tmp_path, command, "--help")
    assert done.returncode == 0
    assert "Usage: kea " + command in done.stdout


def test_the_sample_answers_a_known_error(kea: Kea) -> None:
    done = kea("ask", QUESTION, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["decision"] in ("answer", "suggest")
    assert answer["solution"]["title"]
    assert answer["category_id"] == answer["candidates"][0]["category_id"]


def test_small_talk_is_not_answered(kea: Kea) -> None:
    done = kea("ask", "good morning, who is on duty today?")
    assert done.returncode == 0
    assert "Not known yet" in done.stdout


def test_an_exact_repeat_is_certain_and_says_so(kea: Kea, sample_home: Path, tmp_path: Path) -> None:
    exported = tmp_path / "kb.jsonl"
    assert kea("export", "--output", str(exported)).returncode == 0
    solved = next(row for row in rows(exported) if row["type"] == "category" and row["solution_id"])
    done = kea("ask", solved["templates"][0]["text"], "--json")  # type: ignore[index]
    answer = json.loads(done.stdout)
    assert answer["decision"] == "answer"
    assert answer["confidence"] == 1.0
    assert answer["candidates"][0]["solution_id"] == solved["solution_id"]


def test_a_batch_gives_each_row_an_answer_and_records_nothing(kea: Kea, tmp_path: Path) -> None:
    batch, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    batch.write_text(
        "\n".join(json.dumps({"id": number, "text": text}) for number, text in enumerate([QUESTION, "", "你好"])),
        encoding="utf-8",
    )
    done = kea("ask", "--batch", str(batch), "--output", str(output))
    assert done.returncode == 0, done.stderr
    answers = rows(output)
    assert [row["id"] for row in answers] == [0, 1, 2]
    assert {row["decision"] for row in answers} <= {"answer", "suggest", "none"}
    assert len(answers[0]["candidates"]) == 10  # type: ignore[arg-type]
    solutions = [each["solution_id"] for each in answers[0]["candidates"] if each["solution_id"]]  # type: ignore[attr-defined]
    assert len(solutions) == len(set(solutions))


def test_a_batch_answers_the_rows_beside_those_that_cannot_be_asked(kea: Kea, tmp_path: Path) -> None:
    batch, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    good = json.dumps({"id": "good", "text": QUESTION})
    too_long = json.dumps({"id": "long", "text": "x" * 100_001})
    batch.write_text("\n".join([good, "{broken", "[]", '{"text": "no id"}', '{"id": 5}', too_long, "", good]))
    done = kea("ask", "--batch", str(batch), "--output", str(output))
    assert done.returncode == 3
    assert [row["id"] for row in rows(output)] == ["good", "good"]
    told = done.stderr.splitlines()
    assert [line.split(": ")[1].removeprefix(f"{batch}, ") for line in told[:-1]] == [f"line {n}" for n in range(2, 7)]
    for line, reason in zip(
        told,
        ["not JSON", "a JSON object is expected", '"id" and "text"', '"id" and "text"', "100,000", "5 rows"],
        strict=True,
    ):
        assert reason in line


def test_lookup_knows_a_line_that_was_ingested(own_kea: Kea, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("2026-05-04 10:00:00,123 ERROR pool.Db - connection 17 to db-3.acme.org was refused\n")
    assert own_kea("ingest", str(log)).returncode == 0
    done = own_kea(
        "lookup", "2026-06-05 11:11:11,000 ERROR pool.Db - connection 99 to db-8.acme.org was refused", "--json"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["known"]
    assert found["category_id"].startswith("KE-")
    assert own_kea("lookup", "never seen before, this line").returncode == 1


def test_an_export_comes_out_of_an_empty_home_as_it_went_in(kea: Kea, tmp_path: Path) -> None:
    exported, again, other = tmp_path / "kb.jsonl", tmp_path / "again.jsonl", tmp_path / "other"
    kea("export", "--format", "jsonl", "--output", str(exported))
    done = run_kea(other, "import", str(exported), "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    assert (told["project"], told["exact"]) == ("default", True)
    assert run_kea(other, "export", "--format", "jsonl", "--output", str(again)).returncode == 0
    assert again.read_bytes() == exported.read_bytes()
    # A batch waits until all solutions are embedded, which an export leaves to whoever imports it.
    asked, answers = tmp_path / "asked.jsonl", tmp_path / "answers.jsonl"
    asked.write_text(json.dumps({"id": "1", "text": QUESTION}) + "\n", encoding="utf-8")
    said = []
    for run in (kea, partial(run_kea, other)):
        assert run("ask", "--batch", str(asked), "--output", str(answers)).returncode == 0
        said.append(json.loads(answers.read_text(encoding="utf-8")))
    assert said[0]["candidates"]
    assert said[1] == said[0]


def test_knowledge_alone_can_be_imported_elsewhere(kea: Kea, tmp_path: Path) -> None:
    known = kea("export").stdout
    done = run_kea(tmp_path / "other", "import", "-", "--json", stdin=known)
    assert done.returncode == 0, done.stderr
    solutions = [line for line in known.splitlines() if json.loads(line)["type"] == "solution"]
    assert json.loads(done.stdout)["solutions"] == len(solutions)


def test_everything_is_backed_up_and_put_back(own_kea: Kea, tmp_path: Path) -> None:
    backup, before = tmp_path / "kea.backup", own_kea("export", "--all").stdout
    assert own_kea("backup", str(backup)).returncode == 0
    own_kea("solutions", "unpublish", "S-1")
    refused = own_kea("restore", str(backup))
    assert (refused.returncode, "--force" in refused.stderr) == (1, True)
    assert own_kea("restore", str(backup), "--force").returncode == 0
    assert own_kea("export", "--all").stdout == before
    forgotten = own_kea("forget", "--person", "Mei")
    assert "questions forgotten" in forgotten.stdout, forgotten.stderr
    assert own_kea("forget", "--question-days", "9999").stdout == "0 rows forgotten\n"
    assert own_kea("forget").returncode == 2
    assert own_kea("export", "--all", "--format", "csv").returncode == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{broken", "line 1: not JSON"),
        ('{"type": "wish"}', "line 1: the type 'wish' is not known"),
        ('{"type": "solution", "id": "x"}', "line 1: title"),
        ('{"type": "solution", "id": "x", "title": "t", "body": "b", "category_ids": ["KE-99999999"]}', "KE-99999999"),
    ],
)
def test_a_wrong_row_imports_nothing_and_is_named(own_kea: Kea, tmp_path: Path, row: str, reason: str) -> None:
    file = tmp_path / "wrong.jsonl"
    file.write_text(row + "\n")
    done = own_kea("import", str(file))
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_finds_a_sound_home_sound(kea: Kea) -> None:
    done = kea("doctor", "--json")
    found = {each["name"]: each["ok"] for each in json.loads(done.stdout)}
    assert found.keys() == {"home", "database", "model", "index", "pages", "channels"}
    assert all(ok for name, ok in found.items() if name != "pages")


@pytest.mark.parametrize(
    ("name", "settings", "complaint"),
    [
        ("channels", {"KEA_DINGTALK_CLIENT_ID": "ding"}, "KEA_DINGTALK_CLIENT_SECRET"),
        ("channels", {"KEA_SLACK_BOT_TOKEN": "xoxb-1"}, "KEA_SLACK_APP_TOKEN"),
        ("channels", {"KEA_TICKETS_FILE": "/nowhere/tickets.yaml"}, "/nowhere/tickets.yaml"),
        ("source", {"KEA_SOURCE": "kafka://127.0.0.1:9/logs"}, "cannot be reached"),
        ("source", {"KEA_SOURCE": "amqp://host"}, "looks like kafka://"),
    ],
)
def test_the_doctor_names_what_is_connected_by_halves(
    kea: Kea, monkeypatch: pytest.MonkeyPatch, name: str, settings: dict[str, str], complaint: str
) -> None:
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    done = kea("doctor", "--json")
    assert done.returncode == 1
    [found] = [each for each in json.loads(done.stdout) if each["name"] == name]
    assert not found["ok"]
    assert complaint in found["found"]
    assert "xoxb-1" not in done.stdout + done.stderr


def test_the_doctor_names_a_broken_database(tmp_path: Path) -> None:
    (tmp_path / "kea.db").write_text("this is no database at all, but a text of some length\n" * 50)
    done = run_kea(tmp_path, "doctor")
    assert done.returncode == 1
    assert "not a Kea database" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_sample_does_not_mix_with_what_is_there(own_kea: Kea) -> None:
    done = own_kea("demo")
    assert done.returncode == 1
    assert "--project" in done.stderr
    assert own_kea("demo", "--if-empty").returncode == 0


def test_another_projects_knowledge_is_not_seen(own_kea: Kea) -> None:
    done = own_kea("ask", QUESTION, "--project", "elsewhere")
    assert done.returncode == 1
    assert "no project 'elsewhere'" in done.stderr


def test_the_start_imports_neither_torch_nor_scikit_learn(sample_home: Path) -> None:
    code = (
        "import sys; sys.argv = ['kea', 'ask', 'disk full', '--json']\n"
        "import web.cli\n"
        "try: web.cli.main()\n"
        "except SystemExit: pass\n"
        "slow = ('torch', 'sklearn', 'transformers', 'alembic')\n"
        "print([name for name in slow if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KEA_HOME": str(sample_home)},
        capture_output=True,
        text=True,
    )
    assert done.stderr.strip().splitlines()[-1] == "[]"
