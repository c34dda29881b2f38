"""What a message is wrapped in behind its header: JSON, pairs of name and value, escapes, a logger at its end."""

from __future__ import annotations

import re

from knowledge_base.signature.headers.header import header_span
from knowledge_base.signature.headers.json_lines import read_json_line
from knowledge_base.signature.headers.logfmt import message_of_pairs

_MARKS = re.compile("[\ue000-\uf8ff]")
_MARKED_NUMBER = re.compile(
    "(?<=[:,\\[])(\\s*)(-?[0-9.\ue000-\uf8ff]*[\ue000-\uf8ff][0-9.\ue000-\uf8ff]*)(?=\\s*[,}\\]])"
)
_ESCAPED_LINES = re.compile(r"\\n(?=(?:\\t|\s{2,8})(?:at|File)\s|Caused by:|Traceback )")
# A JVM's class of a logger has packages in small letters; an exception in brackets is part of the message.
_LOGGER_AT_END = re.compile(
    r"\s\((?![\w.$]*(?:Exception|Error|Throwable|Failure|Warning|Fault)\))[a-z]\w*(?:\.[a-z]\w*)+\.[A-Z][\w$]*\)(?=\n|$)"
)


_LONGEST_NAME = 24
_DOCKER = '{"log":"'


def _of_docker(text: str) -> str:
    """The lines of several rows of Docker's json-file; a row that cannot be read stays as it is."""
    rows = [(line, read_json_line(line.strip())) for line in text.split("\n")]
    lines = [line if row is None else _log_of(line, row.text) for line, row in rows]
    return lines[0][header_span(_MARKS.sub("0", lines[0])).end :] + "".join(f"\n{line}" for line in lines[1:])


def _log_of(line: str, text: str) -> str:
    """A line as it was logged: reading a row takes off the white space before it."""
    begins = line[len(_DOCKER) :]
    indented = "\t" if begins.startswith("\\t") else " " * (len(begins) - len(begins.lstrip(" ")))
    return indented + text


def _of_json(text: str) -> str | None:
    row = read_json_line(text) or read_json_line(_MARKED_NUMBER.sub(r'\1"\2"', text))
    if row is None:
        return None
    # The header is read without the marks, which have the length of what they stand for.
    return row.text[header_span(_MARKS.sub("0", row.text)).end :]


def unwrap(text: str) -> str:
    r"""Take a message (reduced, without header) out of what it is wrapped in.

    >>> unwrap('msg="disk full" disk=0'), unwrap("cannot append (kafka.log.LogManager)")
    ('disk full', 'cannot append')
    """
    if text.startswith(_DOCKER) and "\n" in text:
        text = _of_docker(text)
    elif text.startswith("{"):
        text = _of_json(text.rstrip()) or text
    elif "=" in text[:_LONGEST_NAME] and "\n" not in text:
        text = message_of_pairs(text) or text
    if "\\n" in text and "\n" not in text and _ESCAPED_LINES.search(text):
        text = text.replace("\\n", "\n").replace("\\t", "\t")
    head, line_end, rest = text.partition("\n")
    if head.endswith(")") and (found := _LOGGER_AT_END.search(head)):
        head = head[: found.start()]
    return head + line_end + rest
