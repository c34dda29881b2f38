"""Lines a CPU second from text to template, beside Drain3 with the masks of its example, on the same lines.

The lines are those of the labelled logs, drawn at random, each with other numbers and hexadecimal ids, so that
hardly any line comes twice. Caches are cold at the start; template ids come out.
"""

from __future__ import annotations

import csv
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

from knowledge_base.signature import Signer

LINES = 500_000
PEER_LINES = 50_000
BATCH = 2000
ROUNDS = 3
_DIGITS = re.compile(r"\d+")
_HEX = re.compile(r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{6,}\b")
# Drain3's own example (examples/drain3.ini).
_MASKS = (
    (r"((?<=[^A-Za-z0-9])|^)(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))((?=[^A-Za-z0-9])|$)", "ID"),
    (r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)", "IP"),
    (r"((?<=[^A-Za-z0-9])|^)([0-9a-f]{6,} ?){3,}((?=[^A-Za-z0-9])|$)", "SEQ"),
    (r"((?<=[^A-Za-z0-9])|^)([0-9A-F]{4} ?){4,}((?=[^A-Za-z0-9])|$)", "SEQ"),
    (r"((?<=[^A-Za-z0-9])|^)(0x[a-f0-9A-F]+)((?=[^A-Za-z0-9])|$)", "HEX"),
    (r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)", "NUM"),
    (r"(?<=executed cmd )(\".+?\")", "CMD"),
)


def measure(data: Path) -> None:
    """Print rates and their ratio, for messages alone and for whole lines."""
    folders = sorted(path for path in (data / "loghub").glob("*") if path.is_dir())
    if not folders:
        print(f"left out: {data / 'loghub'} is not there (name the folder of the labelled data with --data)")
        return
    for name, read in (("message only", _messages), ("whole lines", _lines)):
        lines = _redrawn([line for folder in folders for line in read(folder)], LINES)
        ratios = []
        for _ in range(ROUNDS):
            ours, templates = _rate(_kea, lines)
            peer, clusters = _rate(_drain3, lines[:PEER_LINES])
            ratios.append(ours / peer)
            print(
                f"{name:<13} kea {ours:>9,.0f} lines/CPU second, {templates:,} templates of {len(lines):,} lines;"
                f" drain3 {peer:>7,.0f}, {clusters:,} of {PEER_LINES:,}; {ratios[-1]:.1f} times",
                flush=True,
            )
        print(f"{name:<13} median {sorted(ratios)[ROUNDS // 2]:.1f} times (must: {20 if 'only' in name else 15})")


def _messages(folder: Path) -> list[str]:
    path = folder / f"{folder.name}_2k.log_structured.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [row["Content"] for row in csv.DictReader(file)]


def _lines(folder: Path) -> list[str]:
    text = (folder / f"{folder.name}_2k.log").read_text(encoding="utf-8", errors="replace")
    return [line.rstrip("\r") for line in text.split("\n") if line]


def _redrawn(lines: Sequence[str], count: int) -> list[str]:
    by = random.Random(11)

    def digits(match: re.Match[str]) -> str:
        return "".join(by.choices("0123456789", k=len(match[0])))

    def letters(match: re.Match[str]) -> str:
        return "".join(by.choices("0123456789abcdef", k=len(match[0])))

    return [_DIGITS.sub(digits, _HEX.sub(letters, by.choice(lines))) for _ in range(count)]


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


def _drain3(lines: Sequence[str]) -> int:
    config = TemplateMinerConfig()
    config.masking_instructions = [MaskingInstruction(pattern, mask) for pattern, mask in _MASKS]
    miner = TemplateMiner(config=config)
    return len({miner.add_log_message(line)["cluster_id"] for line in lines})
