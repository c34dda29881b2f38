"""Reads exports of ticket systems row by row: JSON lines, or CSV with a header, in UTF-8, UTF-16 or GB 18030."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import BinaryIO, TextIO

from assistant.old_tickets.columns import NAMES, columns_of
from knowledge_base.errors import BadRow, InputError, UnreadableInput

HEAD = 1_000_000
ROW_LIMIT = 16_000_000
BROKEN = 5
"""Where one of so many characters beyond ASCII is none, the encoding is another one."""
FORMATS = ("jsonl", "csv")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class OldTicket:
    """A ticket that was closed, as its export tells it; nothing is scrubbed yet."""

    line: int
    id: str
    title: str
    question: str
    resolution: str
    author: str = ""
    created: str = ""
    product: str = ""


def read_tickets(
    file: BinaryIO, *, form: str, chosen: Mapping[str, str], name: str
) -> Iterator[tuple[int, OldTicket | BadRow]]:
    """Yield each row with its line number: a ticket, or why it is none.

    ``file`` can be sought. Raises UnreadableInput where the file is not of that form, InputError where a CSV file has
    no column of resolutions or none of questions.
    """
    text = io.TextIOWrapper(file, encoding=_encoding(file), errors="replace", newline="" if form == "csv" else None)
    rows = _csv_rows(text, chosen, name) if form == "csv" else _json_rows(text)
    seen: dict[tuple[str, ...], dict[str, str]] = {}
    for line, row in rows:
        if isinstance(row, BadRow):
            yield line, row
            continue
        names = tuple(row)
        if names not in seen:
            if len(seen) > 1000:
                seen.clear()
            seen[names] = columns_of(names, chosen)
        try:
            yield line, _ticket(line, row, seen[names])
        except BadRow as error:
            yield line, error


def _encoding(file: BinaryIO) -> str:
    """Tell the encoding by its mark, or by what can be read: a Chinese spreadsheet is often saved in GB 18030."""
    head = file.read(HEAD)
    file.seek(0)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    # A file may be cut or broken somewhere: what makes sense of nearly all of it is what it was saved in.
    odd = [each for each in codecs.getincrementaldecoder("utf-8")("replace").decode(head) if not each.isascii()]
    return "utf-8" if BROKEN * odd.count("\ufffd") <= len(odd) else "gb18030"


def _json_rows(text: TextIO) -> Iterator[tuple[int, dict[str, object] | BadRow]]:
    number = 0
    while line := text.readline(ROW_LIMIT):
        number += 1
        if len(line) == ROW_LIMIT and not line.endswith("\n"):
            while (rest := text.readline(ROW_LIMIT)) and not rest.endswith("\n"):
                pass
            yield number, BadRow(f"the line is longer than {ROW_LIMIT:,} characters")
            continue
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, BadRow(f"not JSON ({error})")
            continue
        yield number, found if isinstance(found, dict) else BadRow("a JSON object is expected")


def _csv_rows(text: TextIO, chosen: Mapping[str, str], name: str) -> Iterator[tuple[int, dict[str, object] | BadRow]]:
    csv.field_size_limit(ROW_LIMIT)
    first = text.readline(HEAD)
    delimiter = max(",;\t", key=first.count)
    lines = iter([first])
    reader = csv.reader(_chained(lines, text), delimiter=delimiter)
    try:
        header = next(reader, [])
        _require(columns_of(header, chosen), header, name)
        for cells in reader:
            # Empty cells at the end may be left out; a quote that nobody closed takes in the lines behind it.
            is_short = len(cells) < len(header) and any("\n" in each for each in cells)
            if len(cells) > len(header) or is_short:
                yield reader.line_num, BadRow(f"{len(cells)} cells under {len(header)} columns: check the quotes")
            elif any(cells):
                yield reader.line_num, dict(zip_longest(header, cells, fillvalue=""))
    except csv.Error as error:
        raise UnreadableInput(f"{name}, line {reader.line_num}: not CSV ({error})") from None


def _chained(first: Iterator[str], rest: TextIO) -> Iterator[str]:
    yield from first
    yield from rest


def _require(columns: Mapping[str, str], header: list[str], name: str) -> None:
    missing = [] if "resolution" in columns else ["resolution"]
    missing += [] if {"question", "title"} & set(columns) else ["question"]
    if missing:
        shown = ", ".join(each[:40] for each in header[:20]) or "nothing"
        raise InputError(
            f"{name} has no column of the {missing[0]}: say --map {missing[0]}=COLUMN with one of its columns ({shown})"
        )


def _ticket(line: int, row: Mapping[str, object], columns: Mapping[str, str]) -> OldTicket:
    values = {field: _text(row.get(columns[field]), field) if field in columns else "" for field in NAMES}
    if "resolution" not in columns:
        raise BadRow("there is no resolution: name its column with --map resolution=COLUMN")
    if not values["question"].strip() and not values["title"].strip():
        raise BadRow("there is neither a question nor a title")
    return OldTicket(line=line, **values)


def _text(value: object, field: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n\n".join(value)
    raise BadRow(f"the {field} is not a text")
