"""From a messy message to what may be an error: mark-up off, characters mended, errors told from what is said."""

from assistant.reading.asked import Asked, asked_in, asked_of
from assistant.reading.message import ErrorText, Message
from assistant.reading.reading import LIMIT, read_message
from assistant.reading.secrets import read_safely, without_secrets

__all__ = [
    "LIMIT",
    "Asked",
    "ErrorText",
    "Message",
    "asked_in",
    "asked_of",
    "read_message",
    "read_safely",
    "without_secrets",
]
