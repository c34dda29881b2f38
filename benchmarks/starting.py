"""How long commands take as whole processes on a home that holds the sample."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.tools import environment, kea

RUNS = 7
QUESTION = "Table not found - table ods.orders cannot be resolved"


def measure(_data: Path) -> None:
    """Time ``kea ask`` and the start of ``kea serve``, beside a Python that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        subprocess.run([kea(), "demo"], env=environment(home), check=True, stdout=subprocess.DEVNULL)
        _print_times("python -c pass", [_timed([sys.executable, "-c", "pass"], home) for _ in range(RUNS)])
        _print_times("kea ask", [_timed([kea(), "ask", QUESTION], home) for _ in range(RUNS + 1)][1:])
        _print_times("kea serve until /readyz answers", [_time_serve(home) for _ in range(3)])


def _print_times(name: str, seconds: list[float]) -> None:
    print(
        f"{name:<34} median {statistics.median(seconds):.2f} s   least {min(seconds):.2f} s   most {max(seconds):.2f} s"
    )


def _timed(command: list[str], home: Path) -> float:
    begin = time.perf_counter()
    subprocess.run(command, env=environment(home), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def _time_serve(home: Path) -> float:
    begin = time.perf_counter()
    command = [kea(), "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            if server.stdout is None:
                raise RuntimeError("the server has no output")
            line = server.stdout.readline()
            address = line.split("http://")[1].split("/")[0]
            with urllib.request.urlopen(f"http://{address}/readyz", timeout=10) as answer:
                answer.read()
            return time.perf_counter() - begin
        finally:
            server.terminate()
