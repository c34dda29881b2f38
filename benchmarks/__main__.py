"""``make bench``: run the measurements, all or those that are named."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import (
    answers,
    asking,
    clustering,
    flood,
    grouping,
    ingesting,
    kafka,
    lookup,
    pages,
    placing,
    scale,
    signature,
    starting,
    storm,
    unseen,
)

DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "eval"
MEASUREMENTS: dict[str, Callable[[Path], None]] = {
    "grouping": grouping.measure,
    "answers": answers.measure,
    "clustering": clustering.measure,
    "starting": starting.measure,
    "ingesting": ingesting.measure,
    "signature": signature.measure,
    "unseen": unseen.measure,
    "lookup": lookup.measure,
    "storm": storm.measure,
    "flood": flood.measure,
    "scale": scale.measure,
    "asking": asking.measure,
    "pages": pages.measure,
    "placing": placing.measure,
    "kafka": kafka.measure,
}


def main() -> None:
    """Run the measurements and print their figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MEASUREMENTS], help="which; all by default")
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, help="folder with loghub/, errors/ and their scorers"
    )
    parser.add_argument("--categories", default=scale.SIZES, help="sizes of the stores that `scale` measures")
    parser.add_argument("--postgresql", default="", help="empty database that `pages` fills instead of a file")
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    chosen = {
        **MEASUREMENTS,
        "scale": partial(scale.measure, sizes=options.categories),
        "pages": partial(pages.measure, url=options.postgresql),
    }
    for name in options.names or chosen:
        print(f"\n== {name}", flush=True)
        chosen[name](options.data)


if __name__ == "__main__":
    main()
