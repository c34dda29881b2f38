"""Takes secrets out of messages before anything is kept, also those that mark-up hides in the raw text."""

from __future__ import annotations

from html import unescape

from assistant.reading.message import Message
from assistant.reading.reading import read_message
from knowledge_base.scrub import scrub

_MARKS = str.maketrans("", "", "`*_~")


def read_safely(text: str) -> tuple[str, Message]:
    """Scrub a message and read it; where a secret shows only once it is read, what was read takes the text's place."""
    scrubbed = scrub(text)
    message = read_message(scrubbed)
    for seen in (message.plain, unescape(message.plain).translate(_MARKS)):
        clean = scrub(seen)
        if clean != seen:
            return clean, read_message(clean)
    return scrubbed, message


def without_secrets(text: str) -> str:
    """Scrub a message; where a secret shows only once it is read, what was read is given in its place.

    >>> without_secrets("password=hunter2hunter2")
    'password=<secret>'
    >>> without_secrets("my &quot;password&quot;: &quot;hunter2hunter2&quot;")
    'my "password": "<secret>"'
    >>> without_secrets("`password`=`hunter2hunter2`")
    'password=<secret>'
    """
    return read_safely(text)[0]
