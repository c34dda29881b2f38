"""From template to fingerprint: types are erased and runs of placeholders collapse.

The typed template is for people; that a guess at a type differs (host here, identifier there) or that
a list has one member more must not make another group.
"""

from __future__ import annotations

import re

from xxhash import xxh64_hexdigest

from knowledge_base.signature.kinds import PLACEHOLDER
from knowledge_base.signature.limits import SIGNATURE_VERSION

_VERSION = f"{SIGNATURE_VERSION}\n".encode()
_ANY = "\x01"
_EMPTY = re.compile(r"(?<![\w])(?:\(\s*\)|\[\s*\]|\{\s*\}|\"\"|'')|(?<==)(?=[\s,;)\]}]|$)")
_WRAPPED = re.compile(rf"[\"'`“”‘’「」『』《》【】(\[{{<]*{_ANY}[\"'`“”‘’「」『』《》【】)\]}}>]*")
_RUN = re.compile(rf"{_ANY}(?:[\s,;:/=\-_.|&+*#%~\\!?@$、，；：。]*{_ANY})+")
_SPACE = re.compile(r"\s+")
_ENDS = " \t\n.:;,-。：；，"


def key_of(template: str) -> str:
    """Erase the types of a template's placeholders and collapse their runs.

    >>> key_of("Failed to read <path> from <ip>, <host>: gone") == key_of("failed to read <url> from <host>: gone")
    True
    """
    text = PLACEHOLDER.sub(_ANY, template.casefold())
    text = _EMPTY.sub(_ANY, text)
    # Brackets of a list come off only when its members have been joined.
    text = _RUN.sub(_ANY, _WRAPPED.sub(_ANY, _RUN.sub(_ANY, text)))
    return _SPACE.sub(" ", text).strip(_ENDS).replace(_ANY, "<*>")


def fingerprint_of(key: str) -> str:
    """Hash a key together with the version of the rules: 16 hexadecimal digits."""
    return xxh64_hexdigest(_VERSION + key.encode("utf-8", "surrogatepass"))
