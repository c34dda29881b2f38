"""The command line. Each command has a module; what is slow is imported inside its function."""

from __future__ import annotations

import sys

EXIT_ERROR = 1
EXIT_USAGE = 2
EXIT_REJECTED_ROWS = 3
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run ``kea``; an expected error becomes one sentence and exit code 1, never a traceback."""
    from knowledge_base.errors import KeaError
    from web.cli.commands import app

    try:
        app()
    except KeaError as error:
        fail(str(error))
    except BrokenPipeError:
        # Somebody closed the pipe (`kea export | head`): that is their good right.
        sys.stderr.close()
        sys.exit(EXIT_ERROR)
    except KeyboardInterrupt:
        print("kea: stopped", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    except OSError as error:
        fail(f"{error.filename or 'the system'}: {error.strerror or error}")


def fail(message: str) -> None:
    """Print why a command ends, and end it with code 1."""
    print(f"kea: {message}", file=sys.stderr)
    sys.exit(EXIT_ERROR)
