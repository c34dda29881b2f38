"""The placeholders that stand for what varies in a line.

One table serves the masker, the scrubber and the pages: a placeholder that a stored sample holds is
the very one that the masker would have put there, so that a sample can be signed again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What sort of thing a placeholder hides; pages colour by it."""

    QUANTITY = "quantity"
    IDENTITY = "identity"
    PLACE = "place"
    NAME = "name"
    TIME = "time"
    SECRET = "secret"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True)
class Kind:
    """One placeholder: ``name`` stands between the angle brackets."""

    name: str
    family: Family
    meaning: str

    @property
    def placeholder(self) -> str:
        """The placeholder as it stands in a template.

        >>> Kind("ip", Family.PLACE, "IP address").placeholder
        '<ip>'
        """
        return f"<{self.name}>"


KINDS: tuple[Kind, ...] = (
    Kind("n", Family.QUANTITY, "number"),
    Kind("size", Family.QUANTITY, "amount of data"),
    Kind("duration", Family.QUANTITY, "length of time"),
    Kind("time", Family.TIME, "date or time"),
    Kind("uuid", Family.IDENTITY, "UUID"),
    Kind("hex", Family.IDENTITY, "hexadecimal value"),
    Kind("id", Family.IDENTITY, "identifier with digits"),
    Kind("ip", Family.PLACE, "IP address, with its port"),
    Kind("host", Family.PLACE, "host name, with its port"),
    Kind("url", Family.PLACE, "URL"),
    Kind("path", Family.PLACE, "path or file name"),
    Kind("pod", Family.NAME, "Kubernetes pod"),
    Kind("table", Family.NAME, "table or view"),
    Kind("column", Family.NAME, "column"),
    Kind("partition", Family.NAME, "partition"),
    Kind("user", Family.NAME, "user or role"),
    Kind("class", Family.NAME, "class or module"),
    Kind("str", Family.NAME, "quoted text or other name"),
    Kind("email", Family.SECRET, "e-mail address"),
    Kind("phone", Family.SECRET, "telephone number"),
    Kind("idcard", Family.SECRET, "identity card number"),
    Kind("card", Family.SECRET, "payment card number"),
    Kind("secret", Family.SECRET, "password, key or token"),
)

FAMILY_OF: dict[str, Family] = {kind.name: kind.family for kind in KINDS}

PLACEHOLDER_PATTERN = "<(?:" + "|".join(sorted((kind.name for kind in KINDS), key=len, reverse=True)) + ")>"
PLACEHOLDER = re.compile(PLACEHOLDER_PATTERN)
