"""What a message is looked up by: its error where it shows one, with all that was written around it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.reading.message import Message
from assistant.reading.reading import read_message


@dataclass(frozen=True, slots=True)
class Asked:
    """The text that is looked up, and the message that it stands in; that is empty where it says nothing more."""

    text: str
    around: str = ""


def asked_in(text: str) -> Asked:
    """Choose what to look a message up by; one with several errors, or none, is taken as a whole.

    >>> asked_in("hi all, `ORA-00942: table or view does not exist` again").text
    'ORA-00942: table or view does not exist'
    >>> asked_in("my job runs out of memory")
    Asked(text='my job runs out of memory', around='')
    """
    return asked_of(read_message(text), text)


def asked_of(message: Message, text: str) -> Asked:
    """Choose the same in a message that was read from a text."""
    plain = message.plain.strip() or text
    if len(message.errors) != 1:
        return Asked(plain)
    error = message.errors[0].text
    return Asked(error, "" if error == plain else plain)
