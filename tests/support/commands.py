"""The ``kea`` command as a process of its own that need not import everything first.

A process that has only imported what commands import (``command_parts``) is forked for each run: a command in a test
starts in hundredths of a second instead of one. Arguments, environment, folder, standard streams and exit code
are as those of the installed script, which some tests start themselves.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

_PARTS = "tests.support.command_parts"


def run_forked(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    timeout: float,
    stdin: bytes = b"",
    folder: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run ``kea`` to its end; raises TimeoutExpired as ``subprocess.run`` does, after killing it."""
    command = ["kea", *arguments]
    (its_in, our_in), (our_out, its_out), (our_err, its_err) = (_context().Pipe(duplex=False) for _ in range(3))
    process = _start(command, environment, folder, (its_in, its_out, its_err))
    with ThreadPoolExecutor(3) as threads:
        threads.submit(_write, our_in, stdin)
        out, err = threads.submit(_read, our_out), threads.submit(_read, our_err)
        process.join(timeout)
        is_late = process.exitcode is None
        if is_late:
            process.kill()
            process.join()
    code = process.exitcode
    process.close()
    if is_late or code is None:
        raise subprocess.TimeoutExpired(command, timeout, out.result(), err.result())
    return subprocess.CompletedProcess(command, code, out.result(), err.result())


def start_forked(arguments: Sequence[str], *, environment: Mapping[str, str]) -> ForkServerProcess:
    """Start ``kea``, to be killed; it reads nothing, and nobody hears what it says."""
    nowhere = [Connection(os.open(os.devnull, os.O_RDWR)) for _ in range(3)]
    return _start(["kea", *arguments], environment, None, nowhere)


def _start(
    command: list[str], environment: Mapping[str, str], folder: Path | None, streams: Sequence[Connection]
) -> ForkServerProcess:
    arguments = (command, dict(environment), str(folder or Path.cwd()), *streams)
    process = _context().Process(target=_run, args=arguments)
    process.start()
    for each in streams:
        each.close()
    return process


@cache
def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload([_PARTS])
    return context


def _write(pipe: Connection, given: bytes) -> None:
    with pipe, open(pipe.fileno(), "wb", closefd=False) as stream:
        try:
            stream.write(given)
            stream.flush()
        except BrokenPipeError:
            pass


def _read(pipe: Connection) -> bytes:
    with pipe, open(pipe.fileno(), "rb", closefd=False) as stream:
        return stream.read()


def _run(
    command: list[str],
    environment: dict[str, str],
    folder: str,
    given: Connection,
    out: Connection,
    err: Connection,
) -> None:
    for number, pipe in enumerate((given, out, err)):
        os.dup2(pipe.fileno(), number)
        pipe.close()
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = command
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115

    from web.cli import main

    main()
