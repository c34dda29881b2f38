"""Lines a CPU second from text to template, beside Drain3 with the masks of its example, on the same lines.

The lines are those of the labelled logs, drawn at random, each with numbers, addresses and hexadecimal ids of its
own in its header and where its label says that it varies; and then also with one of 1,000 random names for each word
there, so that every fifth line has never been seen but for its words. Caches are cold at the start; template ids
come out.
"""

from __future__ import annotations

import csv
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.drain import clusters_of
from knowledge_base.signature import Signer

LINES = 500_000
PEER_LINES = 50_000
BATCH = 2000
ROUNDS = 3
NAMES = 1000
Line = tuple[str, ...]
"""The header and the pieces of a message, of which every second one varies."""

_DIGITS = re.compile(r"\d+")
_NAME = re.compile(r"[A-Za-z]{3,}")
_HEX = re.compile(r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{6,}\b")


def measure(data: Path) -> None:
    """Print rates and their ratio, for messages alone and for whole lines."""
    folders = sorted(path for path in (data / "loghub").glob("*") if path.is_dir())
    if not folders:
        print(f"left out: {data / 'loghub'} is not there (name the folder of the labelled data with --data)")
        return
    for name, read, names, must in (
        ("messages", messages_of, False, 20),
        ("whole lines", _lines, False, 15),
        ("messages, names too", messages_of, True, 20),
        ("whole lines, names too", _lines, True, 15),
    ):
        lines = _redrawn([line for folder in folders for line in read(folder)], LINES, names=names)
        ratios = []
        for _ in range(ROUNDS):
            ours, templates = _rate(_kea, lines)
            peer, clusters = _rate(lambda some: len(set(clusters_of(some))), lines[:PEER_LINES])
            ratios.append(ours / peer)
            print(
                f"{name:<22} kea {ours:>9,.0f} lines/CPU second, {templates:,} templates of {len(lines):,} lines;"
                f" drain3 {peer:>7,.0f}, {clusters:,} of {PEER_LINES:,}; {ratios[-1]:.1f} times",
                flush=True,
            )
        print(f"{name:<22} median {sorted(ratios)[ROUNDS // 2]:.1f} times (must: {must})")


def messages_of(folder: Path) -> list[Line]:
    """Read the messages of a labelled log, each split at what its label says varies."""
    path = folder / f"{folder.name}_2k.log_structured.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [("", *_pieces(row["Content"], row["EventTemplate"])) for row in csv.DictReader(file)]


def _lines(folder: Path) -> list[Line]:
    text = (folder / f"{folder.name}_2k.log").read_text(encoding="utf-8", errors="replace")
    whole = [line.rstrip("\r") for line in text.split("\n") if line]
    lines = []
    for line, (_, *pieces) in zip(whole, messages_of(folder), strict=True):
        header, message, rest = line.rpartition("".join(pieces))
        lines.append((header, *pieces, rest) if message else (line,))
    return lines


def _pieces(content: str, template: str) -> tuple[str, ...]:
    """Split a message at what its label says varies: every second piece."""
    constant = [re.escape(piece) for piece in template.split("<*>")]
    found = re.fullmatch("(" + ")(.*?)(".join(constant) + ")", content)
    return found.groups() if found else (content,)


def _redrawn(lines: Sequence[Line], count: int, *, names: bool) -> list[str]:
    """Draw lines; in what varies numbers and hexadecimal values are drawn anew, and names where that is wanted."""
    by = random.Random(11)
    known = ["".join(by.choices("abcdefghijklmnopqrstuvwxyz", k=by.randint(3, 9))) for _ in range(NAMES)]

    def digits(match: re.Match[str]) -> str:
        return "".join(by.choices("0123456789", k=len(match[0])))

    def letters(match: re.Match[str]) -> str:
        return "".join(by.choices("0123456789abcdef", k=len(match[0])))

    def name(match: re.Match[str]) -> str:
        drawn = by.choice(known)
        return drawn.upper() if match[0].isupper() else drawn.capitalize() if match[0][0].isupper() else drawn

    def vary(piece: str) -> str:
        return _DIGITS.sub(digits, _HEX.sub(letters, _NAME.sub(name, piece) if names else piece))

    def draw(line: Line) -> str:
        header, *pieces = line
        pieces[1::2] = [vary(piece) for piece in pieces[1::2]]
        return "".join([_DIGITS.sub(digits, header), *pieces])

    return [draw(by.choice(lines)) for _ in range(count)]


def _rate(sign: Callable[[Sequence[str]], int], lines: Sequence[str]) -> tuple[float, int]:
    begun = time.process_time()
    templates = sign(lines)
    return len(lines) / (time.process_time() - begun), templates


def _kea(lines: Sequence[str]) -> int:
    signer = Signer()
    ids = [
        signature.fingerprint
        for start in range(0, len(lines), BATCH)
        for signature in signer.sign_all(lines[start : start + BATCH])
    ]
    return len(set(ids))
