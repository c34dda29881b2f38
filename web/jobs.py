"""Long work that a page begins and looks at: its state is a file, so that every process of a server can tell it.

A lock on another file says that it is under way. The system takes it back when the process ends, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge_base.errors import Conflict, KeaError, StorageUnavailable

log = structlog.get_logger(__name__)

FOLDER = "jobs"
TELL_SECONDS = 0.3
ENDING_SECONDS = 5.0

Tick = Callable[[int, int], None]
"""Told how much is done and how much there is."""


class JobState(StrEnum):
    """How a job fares."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Job(BaseModel):
    """A job; ``result`` says in numbers and names what it did, ``problem`` why it failed."""

    model_config = ConfigDict(frozen=True)

    state: JobState
    actor: str
    subject: str
    percent: int = 0
    problem: str = ""
    result: dict[str, int | str | bool] = {}


Work = Callable[[Tick], dict[str, int | str | bool]]


class Jobs:
    """The jobs of a data folder; there is one of each name at a time."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def begin(self, name: str, work: Work, *, actor: str, subject: str) -> threading.Thread:
        """Begin in a thread of its own. Raises Conflict where one of this name is under way."""
        lock = self._lock_soon(name)
        if lock is None:
            raise Conflict("the one before is still under way; wait until it is done")
        try:
            self._write(name, Job(state=JobState.RUNNING, actor=actor, subject=subject))
            thread = threading.Thread(
                target=self._run, args=(name, work, lock, actor, subject), name="kea-job", daemon=True
            )
            thread.start()
        except BaseException:
            os.close(lock)
            raise
        return thread

    def read(self, name: str) -> Job | None:
        """Tell how the last one of a name fared; None where there was none."""
        found = self._told(name)
        if found is None or found.state is not JobState.RUNNING:
            return found
        lock = self._lock(name)
        if lock is None:
            return found
        os.close(lock)
        # It may have ended between the two looks.
        again = self._told(name)
        if again is None or again.state is not JobState.RUNNING:
            return again
        return again.model_copy(update={"state": JobState.INTERRUPTED})

    def folder(self) -> Path:
        """Give the folder, which only its owner may read. Raises StorageUnavailable."""
        try:
            self._folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        except OSError as error:
            raise StorageUnavailable(f"{self._folder} cannot be made: {error.strerror}") from error
        return self._folder

    def _run(self, name: str, work: Work, lock: int, actor: str, subject: str) -> None:
        job = Job(state=JobState.RUNNING, actor=actor, subject=subject)
        told = time.monotonic()

        def tick(done: int, total: int) -> None:
            nonlocal told
            if time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                self._write(name, job.model_copy(update={"percent": min(99, 100 * done // max(total, 1))}))

        with _released(lock):
            try:
                ended = {"state": JobState.DONE, "percent": 100, "result": work(tick)}
            except KeaError as error:
                ended = {"state": JobState.FAILED, "problem": str(error)}
            except Exception:
                log.exception("a job failed", job=name)
                ended = {"state": JobState.FAILED, "problem": "something unexpected went wrong; the log tells more"}
            self._write(name, job.model_copy(update=ended))

    def _lock_soon(self, name: str) -> int | None:
        """Take the lock; wait a moment for one that has told its end and is about to let go."""
        end = time.monotonic() + ENDING_SECONDS
        while (lock := self._lock(name)) is None and time.monotonic() < end:
            told = self._told(name)
            if told is None or told.state is JobState.RUNNING:
                return None
            time.sleep(0.01)
        return lock

    def _told(self, name: str) -> Job | None:
        try:
            return Job.model_validate_json(self._state(name).read_bytes())
        except (OSError, ValidationError):
            return None

    def _lock(self, name: str) -> int | None:
        descriptor = os.open(self.folder() / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def _write(self, name: str, job: Job) -> None:
        draft = self._state(name).with_suffix(".new")
        draft.write_text(job.model_dump_json(), encoding="utf-8")
        draft.replace(self._state(name))

    def _state(self, name: str) -> Path:
        return self._folder / f"{name}.json"


@contextmanager
def _released(lock: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(lock)
