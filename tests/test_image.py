"""The Dockerfile and compose.yaml, as far as they can be checked where no engine runs; docs/docker.md says how far."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.sources.kafka.place import parse_place
from knowledge_base.settings import Settings
from scripts.image_requirements import EXPORT_ONLY, requirements
from tests.support.kafka import Broker, find_jars
from tests.support.kafka.jars import POM
from tests.support.missing import missing

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
FLOORS = ("assistant", "ingest", "knowledge_base", "web")
EXPORT = ROOT / "knowledge_base" / "embedding" / "export.py"
PASSWORD = "a $password: with #signs @ and /"


def _program(name: str) -> str:
    """Name a program that came with a Python package, beside the Python that runs the tests."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        missing(name)
    return str(path)


def _compose(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # An empty file of variables: the developer's own .env has no say here.
    command = [_program("docker-compose"), "--file", "compose.yaml", "--env-file", os.devnull, *arguments]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture(scope="module")
def composition() -> dict[str, Any]:
    """The composition as Docker Compose understands it."""
    done = _compose("config", "--format", "json", "--no-env-resolution", POSTGRES_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_linter_of_dockerfiles_finds_nothing() -> None:
    done = subprocess.run([_program("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_linter_would_find_something(tmp_path: Path) -> None:
    careless = tmp_path / "Dockerfile"
    careless.write_text(DOCKERFILE.replace("FROM python:3.11-slim-bookworm AS kea", "FROM python AS kea"))
    command = [_program("hadolint"), "--config", str(ROOT / ".hadolint.yaml"), str(careless)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "DL3006" in done.stdout


def test_compose_accepts_the_composition() -> None:
    done = _compose("config", "--quiet", POSTGRES_PASSWORD=PASSWORD)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_there_is_no_password_that_everybody_knows() -> None:
    done = _compose("config", "--quiet")
    assert done.returncode != 0
    assert "set it in .env; .env.example says how" in done.stderr


def test_a_password_arrives_as_it_is(composition: dict[str, Any]) -> None:
    services = composition["services"]
    # In this output Compose writes a $ twice, as its files have it.
    given = {services["kea"]["environment"]["PGPASSWORD"], services["postgres"]["environment"]["POSTGRES_PASSWORD"]}
    assert {each.replace("$$", "$") for each in given} == {PASSWORD}


def test_other_machines_reach_nothing_unless_told_to(composition: dict[str, Any]) -> None:
    ports = [port for service in composition["services"].values() for port in service.get("ports", ())]
    assert sorted(port["published"] for port in ports) == ["8080", "9094"]
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}


def test_kea_runs_with_as_little_as_it_needs(composition: dict[str, Any]) -> None:
    kea = composition["services"]["kea"]
    assert kea["read_only"] is True
    assert kea["cap_drop"] == ["ALL"]
    assert kea["security_opt"] == ["no-new-privileges:true"]
    assert [(each["type"], each["target"]) for each in kea["volumes"]] == [("volume", "/var/lib/kea")]
    assert {name: each["condition"] for name, each in kea["depends_on"].items()} == {
        "postgres": "service_healthy",
        "topics": "service_completed_successfully",
    }


def test_every_setting_in_the_composition_exists(composition: dict[str, Any]) -> None:
    settings = {f"KEA_{name.upper()}" for name in Settings.model_fields}
    example = set(re.findall(r"^#?(KEA_\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    given = {name for name in composition["services"]["kea"]["environment"] if name.startswith("KEA_")}
    image = set(re.findall(r"\b(KEA_\w+)=", DOCKERFILE))
    assert example
    assert "KEA_HOME" in given & image
    assert (example | given | image) - settings == set()


def test_the_example_names_every_variable_of_the_composition() -> None:
    example = set(re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    assert used - example == set()


def test_the_topics_that_kea_uses_are_made(composition: dict[str, Any]) -> None:
    place = parse_place(composition["services"]["kea"]["environment"]["KEA_SOURCE"])
    assert place.brokers == ("kafka:9092",)
    (script,) = composition["services"]["topics"]["command"]
    made = re.search(r"for topic in (.*); do", script)
    assert made is not None
    assert made[1].split() == [*place.topics, place.enriched, place.dead_letters]


def test_the_composition_has_the_kafka_that_the_tests_run(composition: dict[str, Any]) -> None:
    version = re.search(r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>([\d.]+)</version>", POM.read_text())
    assert version is not None
    assert composition["services"]["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_kafka_starts_with_the_settings_of_the_composition(composition: dict[str, Any], tmp_path: Path) -> None:
    """Kafka's own class that its image hands the variables to reads them, and the broker starts with the outcome."""
    jars = find_jars()
    if jars is None:
        missing("Kafka (its jars, and Java 17)")
    broker = Broker(jars, tmp_path)
    # Here are other ports, another folder, and no network that knows the name kafka.
    local = {
        "kafka:9092": broker.plain,
        ":9092": f":{broker.plain.rpartition(':')[2]}",
        ":9093": f":{broker.sasl.rpartition(':')[2]}",
        ":9094": f":{broker.tls.rpartition(':')[2]}",
        "/var/lib/kafka": str(tmp_path),
    }
    environment = dict(composition["services"]["kafka"]["environment"])
    for place, other in local.items():
        environment = {name: value.replace(place, other) for name, value in environment.items()}
    for folder in ("defaults", "mounted"):
        (tmp_path / folder).mkdir()
    for name in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
        (tmp_path / "defaults" / name).touch()
    folders = {"--default-configs-dir": "defaults", "--mounted-configs-dir": "mounted", "--final-configs-dir": "."}
    command = ["java", "-cp", f"{jars}/*", "kafka.docker.KafkaDockerWrapper", "setup"]
    done = subprocess.run(
        [*command, *(word for option in folders.items() for word in option)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    try:
        broker.start()
        broker.make_topic(partitions=3)
    finally:
        broker.stop()


def test_service_and_export_together_are_all_dependencies() -> None:
    pyproject = ROOT / "pyproject.toml"
    service, export = requirements(pyproject, "service"), requirements(pyproject, "export")
    assert len(export) == len(EXPORT_ONLY)
    assert not set(service) & set(export)
    assert {"fastapi", "onnxruntime", "scikit-learn"} <= set(service)


def _imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_nothing_but_the_export_imports_what_the_image_leaves_out() -> None:
    left_out = {name.replace("-", "_") for name in EXPORT_ONLY} | {"transformers"}
    modules = [path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if "node_modules" not in path.parts]
    guilty = {str(path.relative_to(ROOT)) for path in modules if left_out & set(_imports(path))}
    assert guilty == {str(EXPORT.relative_to(ROOT))}


def test_everything_that_is_copied_is_there_and_sent_to_the_builder() -> None:
    sent = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    }
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    copied += re.findall(r"type=bind,source=([^, ]+)", DOCKERFILE)
    assert len(copied) > 8
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [source for source in copied if not {source, source.partition("/")[0]} & sent] == []


def test_neither_secrets_nor_data_are_sent_to_the_builder() -> None:
    rules = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert rules[0] == "*", "what is not named stays away"
    assert {"!.", "!.git", "!.env", "!.venv"} & set(rules) == set()
