"""Schemathesis at a running server: every operation of the OpenAPI, with the ids of a small sample at hand.

``python -m tests.web.fuzzing`` searches for as long as one likes (``make fuzz``); a test does a short round of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.curation.masking.rule_changes import adding, change_rules
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import Role
from knowledge_base.settings import Settings
from knowledge_base.signature.custom.user_rules import UserRule
from knowledge_base.store.accounts import people
from knowledge_base.store.grouping import proposals
from knowledge_base.store.grouping.proposal_values import Proposed
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import LogRecord, Question
from tests.support.postgresql import find_programs, running_server
from tests.web.roles import link_cookie
from tests.web.serving import running
from web.app import create_app
from web.identity.session import COOKIE
from web.identity.signin import make_token

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ERRORS = (
    "No space left on device while writing /data/{n}/part-{n}.parquet",
    "Queue etl rejected application_16{n}_00{n}: maximum number of applications reached",
    "Table not found - table dw.orders_{n} cannot be resolved",
    "Connection to host-{n} refused",
)
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ignored_auth",
)
"""What is checked of each answer.

Not whether data that fit the description are taken: an id may be of nothing, a name taken, a solution without a title;
all these are refused in words. For the same reason what was made need not be there: a merge takes it away again.
"""

Ids = Mapping[str, Sequence[str]]
PARAMETERS = {
    "category": ("path.category_id", "query.category", "body.category_id", "body.others[*]", "body.category_ids[*]"),
    "template": ("path.template_id", "body.template_id", "body.template_ids[*]"),
    "solution": ("path.solution_id", "body.solution_id"),
    "question": ("path.question_id", "body.question_id"),
    "proposal": ("path.proposal_id",),
    "delivery": ("path.delivery_id",),
    "person": ("path.person_id",),
    "rule": ("path.rule_name",),
    "token": ("path.token_name",),
    "project": ("query.project", "header.kea-project"),
    "audit": ("body.audit_id",),
}
"""Where each kind of id is expected."""
CHANCES = {"project": 0.9}


CONFIGURATION = """\
hooks = "tests.web.fuzzing_hooks"

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 409, 413, 421, 422, 429]
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """An application with something of everything in it, and the ids of that."""

    app: FastAPI
    ids: Ids


@contextmanager
def sampled(home: Path, database_url: str = "", **more: Any) -> Iterator[Sample]:
    """Make an application with a small sample, without limits of rate; ``more`` are further settings."""
    unlimited = {"sign_ins_per_minute": 0, "questions_per_minute": 0}
    settings = Settings(home=home, database_url=database_url, window_seconds=600, **unlimited, **more)
    knowledge = KnowledgeBase(settings, clock=lambda: NOW, embedder=HashingEmbedder())
    app = create_app(settings, clock=lambda: NOW, knowledge=knowledge)
    with knowledge:
        with knowledge.store.write() as db:
            ensure_project(db, "default", NOW)
            ensure_project(db, "other", NOW)
        yield Sample(app, _fill(app, knowledge))


def _fill(app: FastAPI, knowledge: KnowledgeBase) -> Ids:
    project, actor, store = "default", "Lin Wei", knowledge.store
    records = [
        LogRecord(project, "sample", n, error.format(n=100 + n), NOW - timedelta(hours=n), f"service-{n % 3}", "ERROR")
        for error in ERRORS
        for n in range(1, 12)
    ]
    kept = Pipeline(knowledge, project).keep(records)
    categories = list(dict.fromkeys(each.category_id for each in kept))
    done = curation.attach(store, project, categories[0], SolutionText("The disk is full", "", "`df -h`"), actor=actor)
    assert done.solution is not None
    answers = [
        app.state.parts.assistant.ask_each(Question(project, "api", actor, error.format(n=777), ""))[0]
        for error in (*ERRORS, "something that nobody has ever seen")
    ]
    rule = UserRule(name="tenant", pattern="tenant-x", kind="str")
    changed = change_rules(store, project, adding(rule), action="add", subject=rule.name, actor=actor)
    with store.write() as db:
        outbox.queue(db, project, NewDelivery("d:1", "chat", "reply", "lane", {}, {"headline": "Hello"}), NOW)
        outbox.move(db, outbox.list_deliveries(db, project)[0], outbox.DEAD)
        first, second = sorted(number_of(Prefix.CATEGORY, each) for each in categories[2:4])
        proposals.put(db, project, [Proposed(first, second, 0.7)], NOW)
        persons = [people.add(db, name=name, now=NOW) for name in ("Mei", "Jonas", "Aylin")]
        for each in persons:
            people.set_role(db, project, each, Role.VIEWER)
        proposed = [each.public_id for each in proposals.open_proposals(db, project)]
        deliveries = [each.public_id for each in outbox.list_deliveries(db, project)]
    make_token(store, project, "ci")
    return {
        "category": categories,
        "template": list(dict.fromkeys(each.template_id for each in kept)),
        "solution": [done.solution.id],
        "question": [str(each.question_id) for each in answers],
        "proposal": proposed,
        "delivery": deliveries,
        "person": [public_id(Prefix.PERSON, each) for each in persons],
        "rule": [rule.name],
        "token": ["ci"],
        "project": ["default", "other"],
        "audit": [str(done.audit_id), str(changed.audit_id)],
    }


def configuration(ids: Ids) -> str:
    """Write what Schemathesis shall put where ids are expected, most of the time."""
    lines = [CONFIGURATION]
    for kind, values in ids.items():
        shown = [int(each) for each in values] if kind == "audit" else list(values)
        lines += [f"[dictionaries.{kind}]", f"values = {json.dumps(shown)}", ""]
    lines.append("[parameters]")
    for kind, places in PARAMETERS.items():
        for place in places:
            chance = CHANCES.get(kind, 0.7)
            lines.append(f'"{place}" = {{ dictionary = "{kind}", probability = {chance} }}')
    return "\n".join(lines) + "\n"


def search(sample: Sample, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Serve the sample and let Schemathesis look for what its description does not allow."""
    folder.mkdir(exist_ok=True)
    written = folder / "schemathesis.toml"
    written.write_text(configuration(sample.ids), encoding="utf-8")
    with running(sample.app) as port:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={written}",
            "run",
            f"http://127.0.0.1:{port}/api/v1/openapi.json",
            f"--header=Cookie:{COOKIE}={link_cookie(sample.app)}",
            f"--checks={','.join(CHECKS)}",
            "--suppress-health-check=all",
            # One credential at a time: a broken one beside one that holds is let in, as it should be.
            "--generation-with-security-parameters=false",
            "--no-color",
            "--warnings=off",
            *arguments,
        ]
        known = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False)


@contextmanager
def database(on_postgresql: bool) -> Iterator[str]:
    """Give the address of a database; empty stands for SQLite in the home."""
    programs = find_programs() if on_postgresql else None
    if programs is None:
        yield ""
        return
    with running_server(programs) as url:
        yield url


def main() -> int:
    """Search with the arguments given; what Schemathesis itself takes is passed on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own in place of SQLite")
    options, further = parser.parse_known_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        database(options.postgresql) as url,
        sampled(Path(folder) / "home", url) as sample,
    ):
        done = search(sample, Path(folder) / "search", "--generation-database=none", *further)
    sys.stdout.write(done.stdout + done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
