"""Lines a CPU second where no line has a form that was seen before, and hostile lines, beside Drain3.

Two sorts of unseen lines: those of the labelled logs with all their words drawn anew, and pieces in an order of their
own, where nothing of one line helps with the next.
"""

from __future__ import annotations

import random
import re
import string
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.drain import clusters_of, miner
from benchmarks.signature import messages_of
from knowledge_base.signature import Signer, sign

LINES = 10_000
LENGTH = 500_000
ROUNDS = 3
_KNOWN = (
    "error",
    "user",
    "table",
    "failed",
    "connection",
    "timeout",
    "Exception",
    "at",
    "of",
    "not",
    "found",
    "task",
    "in",
)
_GAPS = (" ", " ", " ", " ", ": ", ", ", " = ", "=", " - ", " [", "] ", "/", ".", "_")
HOSTILE = {
    "a1-a1-": "a1-",
    "0.0.": "0.",
    "one token": "a",
    "digits": "7",
    "brackets": "[",
    "quotes": "'a",
    "colons": "a:1:",
    "slashes": "/a",
    "equals": "user=",
    "at signs": "a@",
    "blanks": " ",
    "words": "word 12 ",
}
MIXED = "error 17 at /a/b/c: 10.0.0.1 'x' =; "


def measure(data: Path) -> None:
    """Print all; hostile lines and random forms are made here."""
    for name, lines in (("other words", _other_words(data)), ("random forms", _random_forms())):
        for _ in range(ROUNDS if lines else 0):
            ours = _seconds(lambda lines=lines: Signer().sign_all(lines))  # type: ignore[misc]
            peer = _seconds(lambda lines=lines: clusters_of(lines))  # type: ignore[misc]
            print(
                f"{name:<14} kea {len(lines) / ours:>7,.0f} lines/CPU second; drain3 {len(lines) / peer:>7,.0f};"
                f" {peer / ours:.1f} times (must: 2)",
                flush=True,
            )
    for name, piece in {**HOSTILE, "10 MB mixed": MIXED}.items():
        length = LENGTH if name in HOSTILE else 20 * LENGTH
        text = piece * (length // len(piece))
        half = _seconds(lambda text=text: sign(text[: len(text) // 2]))
        whole = _seconds(lambda text=text: sign(text))
        masker = miner().masker
        peer = _seconds(lambda text=text, masker=masker: masker.mask(text))
        print(f"{name:<14} kea {whole:.3f} s, half of it {half:.3f} s; drain3's masks {peer:.3f} s", flush=True)


def _other_words(data: Path) -> list[str]:
    """Labelled messages in which each word of three letters and more is drawn anew, its case kept."""
    by = random.Random(5)
    folders = sorted(path for path in (data / "loghub").glob("*") if path.is_dir())
    messages = ["".join(line) for folder in folders for line in messages_of(folder)]

    def word(match: re.Match[str]) -> str:
        drawn = "".join(by.choices(string.ascii_lowercase, k=len(match[0])))
        return drawn.upper() if match[0].isupper() else drawn.capitalize() if match[0][0].isupper() else drawn

    return [re.sub("[A-Za-z]{3,}", word, by.choice(messages)) for _ in range(LINES)] if messages else []


def _random_forms() -> list[str]:
    """Lines of four to fourteen pieces in an order of their own: known and unknown words, numbers, paths and so on."""
    by = random.Random(17)

    def word() -> str:
        return "".join(by.choices(string.ascii_lowercase, k=by.randint(2, 12)))

    makers = (
        word,
        word,
        word,
        lambda: by.choice(_KNOWN),
        lambda: by.choice(_KNOWN),
        lambda: word().capitalize(),
        lambda: str(by.randrange(10**6)),
        lambda: f"/{word()}/{word()}.log",
        lambda: ".".join(str(by.randrange(256)) for _ in range(4)),
        lambda: f"{by.getrandbits(64):016x}",
        lambda: f"'{word()}'",
        lambda: f"{word()}-{by.randrange(99)}",
    )
    return [
        "".join(by.choice(makers)() + by.choice(_GAPS) for _ in range(by.randint(4, 14))).strip() for _ in range(LINES)
    ]


def _seconds(run: Callable[[], object]) -> float:
    begun = time.process_time()
    run()
    return time.process_time() - begun
