"""Takes secrets out of messages before anything is kept, also those that mark-up hides in the raw text."""

from __future__ import annotations

from html import unescape

from assistant.reading.reading import read_message
from knowledge_base.scrub import scrub

_MARKS = str.maketrans("", "", "`*_~")


def without_secrets(text: str) -> str:
    """Scrub a message; where a secret shows only once it is read, what was read is given in its place.

    >>> without_secrets("password=hunter2hunter2")
    'password=<secret>'
    >>> without_secrets("my &quot;password&quot;: &quot;hunter2hunter2&quot;")
    'my "password": "<secret>"'
    >>> without_secrets("`password`=`hunter2hunter2`")
    'password=<secret>'
    """
    scrubbed = scrub(text)
    plain = read_message(scrubbed).plain
    for seen in (plain, unescape(plain).translate(_MARKS)):
        clean = scrub(seen)
        if clean != seen:
            return clean
    return scrubbed
