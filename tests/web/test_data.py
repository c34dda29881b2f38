"""A project's data goes out and comes in by the page and by the API; a person is forgotten; a backup is made."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import re
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from knowledge_base import curation
from knowledge_base.errors import Conflict, InputError
from knowledge_base.exchange.backups import read_manifest
from knowledge_base.exchange.lines import LONGEST
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import Role
from knowledge_base.settings import Settings
from knowledge_base.solution_details import AppliesTo, Details, Link, Variant
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.schema import HEAD
from knowledge_base.store.solving.solutions import SolutionText
from tests.web.conftest import NOW
from tests.web.jobs import let_jobs_end
from web.exchanging import PLAIN_LIMIT, receive
from web.guarding.bodies import BODY_LIMIT
from web.identity.signin import make_token
from web.jobs import Jobs, JobState

PAGE = "/settings/data"
API = "/api/v1/data"


def ended(settings: Settings, name: str) -> str:
    """Wait for a job until another one of its name may begin; give its state."""
    let_jobs_end()
    job = Jobs(settings.home_path).read(name)
    assert job is not None
    return f"{job.state} {job.problem}".strip()


def empty(knowledge: KnowledgeBase, name: str) -> None:
    with knowledge.store.write() as db:
        ensure_project(db, name, NOW)


def test_a_project_goes_out_and_comes_in_by_the_page(
    signed_in: TestClient, knowledge: KnowledgeBase, settings: Settings, solved: str
) -> None:
    assert solved
    sent = signed_in.get(f"{PAGE}/export")
    assert sent.headers["content-disposition"] == 'attachment; filename="kea-default-20261123.jsonl"'
    empty(knowledge, "copied")
    bad = {"file": ("k.jsonl", sent.text.replace('"type":"template"', '"type":"nonsense"', 1))}
    assert signed_in.post(f"{PAGE}/import?project=copied", files=bad).headers["location"] == f"{PAGE}?project=copied"
    assert re.match(r"failed k.jsonl, line \d+: the type 'nonsense' is not known", ended(settings, "import-copied"))
    assert "nonsense" in signed_in.get(f"{PAGE}?project=copied").text
    good = {"file": ("k.jsonl", sent.text)}
    signed_in.post(f"{PAGE}/import?project=copied", files=good)
    assert ended(settings, "import-copied") == "done"
    assert "was merged into what was here" in signed_in.get(f"{PAGE}/jobs?project=copied").text
    assert not list((settings.home_path / "jobs").glob("*.upload"))
    assert signed_in.post(f"{PAGE}/import", files={"file": ("k.jsonl", "")}).status_code == 400
    assert signed_in.post(f"{PAGE}/import").status_code == 400


def test_a_project_goes_out_and_comes_in_by_the_api(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str
) -> None:
    assert solved
    sent = signed_in.get(f"{API}/export").text
    empty(knowledge, "copied")
    done = signed_in.post(f"{API}/import?project=copied", content=sent.encode()).json()
    assert (done["is_exact"], done["categories"], done["solutions"]) == (False, 2, 1)
    wrong = signed_in.post(f"{API}/import?project=copied", content=b"{\n")
    assert (wrong.status_code, "line 1" in wrong.json()["detail"]) == (400, True)
    nothing = signed_in.post(f"{API}/import", content=b"")
    assert (nothing.status_code, "no row" in nothing.json()["detail"]) == (400, True)


def test_the_history_says_who_brought_an_act_in_a_file(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        ensure_project(db, "theirs", NOW)
    at = NOW.isoformat()
    category = {"label": "x", "state": "active", "keywords": [], "ignored": False, "created_at": at}
    act = {"actor": "Zhou Yan", "action": "label", "category": 700, "detail": {"label": "x"}, "at": at}
    rows = [
        {"type": "kea-export", "format": 2, "schema": HEAD, "projects": ["theirs"]},
        {"type": "project", "id": "theirs", "created_at": at},
        {"type": "category", "id": 700, **category},
        {"type": "template", "id": 700, "category": 700, "text": "disk full", "first_seen": at, "last_seen": at},
        {"type": "audit", "id": 700, **act},
        {"type": "end", "lines": 5},
    ]
    kind = {"content-type": "application/x-ndjson"}
    sent = "\n".join(map(json.dumps, rows)).encode()
    assert signed_in.post(f"{API}/import?project=theirs", content=sent, headers=kind).json()["is_exact"]
    (told,) = signed_in.get("/api/v1/categories/KE-700/history?project=theirs").json()
    assert (told["actor"], told["imported_by"]) == ("Zhou Yan", "Lin Wei")
    page = signed_in.get("/categories/KE-700?project=theirs")
    assert "imported by Lin Wei" in page.text


def test_nothing_is_read_of_a_file_whose_sender_may_not_import(client: TestClient, knowledge: KnowledgeBase) -> None:
    """A form that is read to its end before the role is checked would be found wrong first."""
    token = make_token(knowledge.store, "default", "reader", role=Role.VIEWER)
    headers = {"Authorization": f"Bearer {token}"}
    kind = {"Content-Type": "multipart/form-data; boundary=x", **headers}
    assert client.post(f"{PAGE}/import", content=b"wrong", headers=kind).status_code == 403


def test_only_a_form_with_one_file_may_be_as_large_as_an_import(signed_in: TestClient) -> None:
    plain = {"Content-Type": "application/x-www-form-urlencoded"}
    large = b"&".join([b"file=" + b"x" * 1000] * 1000)
    refused = signed_in.post(f"{PAGE}/import", content=large, headers=plain)
    assert (refused.status_code, f"{BODY_LIMIT:,} bytes" in refused.text) == (413, True)
    assert signed_in.post(f"{PAGE}/import", files={"file": ("k.jsonl", b"x" * 1_100_000)}).status_code == 303
    two = [("file", ("k.jsonl", b"{}")), ("file", ("l.jsonl", b"{}"))]
    assert signed_in.post(f"{PAGE}/import", files=two).status_code == 400


def test_plain_rows_are_held_in_memory_and_so_may_not_be_many(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    for size, told in ((PLAIN_LIMIT + 1, "much has more than"), (LONGEST + 4, "much, line 2: it has more than")):
        with (tmp_path / "much").open("wb+") as file:
            file.write(b"{}\n")
            file.truncate(size)
            with pytest.raises(InputError, match=told):
                receive(knowledge.store, file, name="much", project="default", actor="Mei", tick=lambda *_: None)


def test_uploads_that_were_left_are_swept(signed_in: TestClient, settings: Settings) -> None:
    folder = Jobs(settings.home_path).folder()
    left, fresh = folder / "import-gone.12.upload", folder / "import-default.13.upload"
    for file in (left, fresh):
        file.write_bytes(b"x")
    os.utime(left, (0, 0))
    signed_in.post(f"{PAGE}/import", files={"file": ("k.jsonl", b"{}\n")})
    ended(settings, "import-default")
    assert list(folder.glob("*.upload")) == [fresh]


def test_solutions_are_a_table_that_computes_nothing(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str
) -> None:
    details = Details(
        language="en",
        applies=(AppliesTo("spark-etl", "≥ 3.2"), AppliesTo("yarn-rm")),
        links=(Link("https://wiki.example/disk", "Disks"),),
        variants=(Variant("zh", "\uff1d磁盘已满", "没有空间"),),
    )
    text = SolutionText('=HYPERLINK("http://x")', "@cause", "- first, restart\n- then, 等待", details)
    curation.attach(knowledge.store, "default", solved, text, actor="+Mei", based_on=1)
    for address in (f"{PAGE}/solutions.csv", f"{API}/solutions.csv"):
        answer = signed_in.get(address)
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
        newest = rows[-1]
        assert newest["title"] == '\'=HYPERLINK("http://x")'
        assert (newest["cause"], newest["body"]) == ("'@cause", "'- first, restart\n- then, 等待")
        assert (newest["author"], newest["categories"]) == ("'+Mei", solved)
        assert newest["applies"] == "spark-etl ≥ 3.2\nyarn-rm"
        assert newest["links"] == "https://wiki.example/disk Disks"
        assert (newest["other_language"], newest["other_title"]) == ("zh", "'\uff1d磁盘已满")


def test_a_person_is_forgotten_once_who_does_it_is_sure(signed_in: TestClient, solved: str) -> None:
    assert solved
    question = {"text": "No space left on device while writing /data/7/part-7.parquet"}
    signed_in.post("/api/v1/ask", json=question)
    signed_in.post("/api/v1/ask", json=question)
    assert len(signed_in.get("/api/v1/questions").json()["items"]) == 2
    unsure = signed_in.post(f"{PAGE}/forget", data={"person": "Lin Wei"})
    assert (unsure.status_code, 'value="Lin Wei"' in unsure.text) == (400, True)
    assert signed_in.post(f"{PAGE}/forget", data={"person": "nobody", "sure": "yes"}).status_code == 400
    done = signed_in.post(f"{PAGE}/forget", data={"person": "Lin Wei", "sure": "yes"})
    assert "2 questions were forgotten" in done.text
    assert signed_in.get("/api/v1/questions").json()["items"] == []
    assert len(signed_in.get("/api/v1/questions", params={"scope": "all"}).json()["items"]) == 2
    assert signed_in.post(f"{API}/forget", json={"person": "Lin Wei"}).status_code == 404


def test_a_backup_is_made_beside_the_database(signed_in: TestClient, settings: Settings) -> None:
    assert signed_in.post(f"{PAGE}/backup").status_code == 303
    assert ended(settings, "backup") == "done"
    (file,) = (settings.home_path / "backups").iterdir()
    assert read_manifest(file).at == NOW
    assert file.name in signed_in.get(PAGE).text


def test_a_job_that_could_not_begin_leaves_its_name_free(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    (jobs.folder() / "one.new").mkdir()  # nothing can be written where a folder is
    with pytest.raises(OSError, match="directory"):
        jobs.begin("one", lambda _tick: {}, actor="Mei", subject="k")
    (jobs.folder() / "one.new").rmdir()
    jobs.begin("one", lambda _tick: {}, actor="Mei", subject="k").join()
    found = jobs.read("one")
    assert found is not None
    assert found.state is JobState.DONE


def test_one_job_of_a_name_at_a_time_and_what_died_is_interrupted(tmp_path: Path) -> None:
    jobs, go = Jobs(tmp_path), threading.Event()

    def wait(_tick: object) -> dict[str, int | str | bool]:
        go.wait(60)
        raise Conflict("no")

    thread = jobs.begin("one", wait, actor="Mei", subject="k")
    with pytest.raises(Conflict, match="under way"):
        jobs.begin("one", wait, actor="Mei", subject="k")
    found = Jobs(tmp_path).read("one")
    assert found is not None
    assert found.state is JobState.RUNNING
    running = (tmp_path / "jobs" / "one.json").read_text()
    go.set()
    thread.join()
    failed = jobs.read("one")
    assert failed is not None
    assert (failed.state, failed.problem) == (JobState.FAILED, "no")
    (tmp_path / "jobs" / "one.json").write_text(running)
    left = jobs.read("one")
    assert left is not None
    assert left.state is JobState.INTERRUPTED
    assert jobs.read("never") is None


def test_the_next_may_begin_as_soon_as_the_end_is_told(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    jobs.begin("one", lambda _tick: {}, actor="Mei", subject="k").join()
    with (jobs.folder() / "one.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # as it is between telling the end and letting go
        letting_go = threading.Timer(0.3, held.close)
        letting_go.start()
        jobs.begin("one", lambda _tick: {"again": True}, actor="Mei", subject="k").join()
        letting_go.join()
    found = jobs.read("one")
    assert found is not None
    assert found.result == {"again": True}
