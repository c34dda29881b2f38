"""What the commands log holds no secrets."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import logging, structlog
from web.cli.logs import log_to_standard_error

log_to_standard_error()
log = structlog.get_logger("test")

def fail(token):
    raise ValueError("the URL was https://ana:hunter2secret@host/path")

try:
    fail("xoxb-hidden-in-a-variable")
except ValueError:
    log.exception("something failed", reason="password=hunter2secret")
log.debug("nobody asked")
logging.getLogger("library").warning("Authorization: Bearer hunter2secretbearer")
"""


def test_secrets_and_values_of_variables_are_not_logged() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "something failed" in done.stderr
    assert "ValueError" in done.stderr
    assert "library" in done.stderr
    assert "nobody asked" not in done.stderr
    for secret in ("hunter2secret", "hidden-in-a-variable"):
        assert secret not in done.stderr
