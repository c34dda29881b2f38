"""Imports, backups and acts on many, which go on in threads of their own behind an answer."""

from __future__ import annotations

import threading

SECONDS = 60


def let_jobs_end() -> None:
    """Wait for the jobs of this process: each holds its name and a connection until its thread ends."""
    for thread in threading.enumerate():
        if thread.name == "kea-job":
            thread.join(SECONDS)
            assert not thread.is_alive(), "the job does not end"
