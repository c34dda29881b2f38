"""A PostgreSQL server of the tests' own: a temporary folder, a socket in it, nothing else."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_START = 60
_PORT = 5432  # only the name of the socket's file: the server listens on no address


def find_programs() -> Path | None:
    """Return the folder that has ``initdb`` and ``pg_ctl``: the newest of Debian's, or the one on PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0)
    if newest:
        return newest[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running_server(programs: Path) -> Iterator[str]:
    """Run a server for as long as the context lasts and yield the URL of its database ``postgres``.

    PostgreSQL refuses to run as root; root runs it as the user ``postgres`` of Debian's package.
    """
    # Not below pytest's folder: a socket's path must be shorter than 108 bytes, and other users must get there.
    folder = Path(tempfile.mkdtemp(prefix="kea-pg-", dir="/tmp"))
    data = folder / "data"
    prefix: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    user = "postgres" if prefix else getpass.getuser()

    def run(program: str, *arguments: str) -> None:
        # A file, not a pipe: the server inherits it, and a pipe would stay open as long as it runs.
        with (folder / "output").open("a") as output:
            done = subprocess.run(
                [*prefix, str(programs / program), "-D", str(data), *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=SECONDS_TO_START + 30,
                check=False,
            )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n" + (folder / "output").read_text(errors="replace"))

    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "port": str(_PORT),
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "max_connections": "60",
    }
    options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in settings.items())
    try:
        run("initdb", "--auth=trust", f"--username={user}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        run("pg_ctl", "start", "-w", "-t", str(SECONDS_TO_START), "-o", options, "-l", str(folder / "log"))
        try:
            yield f"postgresql+psycopg://{user}@/postgres?host={folder}&port={_PORT}"
        finally:
            run("pg_ctl", "stop", "-m", "immediate", "-w")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
