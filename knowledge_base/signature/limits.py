"""How much of a text takes part in its signature; a hostile line costs no more than these allow."""

from __future__ import annotations

SIGNATURE_VERSION = "2026-11-25"
"""Changes with every rule that changes a key; it is stored beside each fingerprint."""

MAX_TEXT = 65_536
"""Characters of an event."""

MAX_LINE = 4_096
"""Characters of one of its lines."""

MAX_TOKEN = 512
"""Characters without white space between them."""

MAX_LINES = 1_000
"""Lines of an event."""

MAX_TEMPLATE_LINE = 2_000
"""Characters of a line of a template. Well below MAX_LINE, so that a template is signed whole."""
