"""The jars of Apache Kafka, fetched once by Maven: ``python -m tests.support.kafka.jars``."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

POM = Path(__file__).with_name("pom.xml")
OLDEST_JAVA = 17


def folder() -> Path:
    """Name the folder of the jars; the version is in its name."""
    found = re.search(r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>([\d.]+)</version>", POM.read_text())
    assert found is not None
    return user_cache_path("kea") / f"kafka-{found.group(1)}"


def find_jars() -> Path | None:
    """Give the folder of the jars; None where they are not there or no Java is new enough."""
    return folder() if folder().is_dir() and _java_version() >= OLDEST_JAVA else None


def fetch() -> Path:
    """Fetch the jars where they are not there; raises CalledProcessError where Maven fails."""
    target = folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"):
        if not target.is_dir():
            part = target.with_name(target.name + ".part")
            shutil.rmtree(part, ignore_errors=True)
            print(f"Fetching the jars of {target.name} (about 45 MB) ...", flush=True)
            subprocess.run(
                ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={part}"],
                check=True,
                timeout=900,
            )
            part.rename(target)
    return target


def _java_version() -> int:
    if shutil.which("java") is None:
        return 0
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False, timeout=60).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found.group(1)) if found else 0


if __name__ == "__main__":
    if _java_version() < OLDEST_JAVA or shutil.which("mvn") is None:
        sys.exit(f"Java {OLDEST_JAVA} or newer and Maven are needed for Kafka's broker")
    print(f"Kafka's jars are in {fetch()}.")
