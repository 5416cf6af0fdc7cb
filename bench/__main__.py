"""`python -m bench [--json] [name …]`: every figure that takes seconds, or those of some parts."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from bench import (
    checking,
    delivering,
    growth,
    imports,
    mapping,
    receiving,
    size,
    speed,
    storm,
    unifying,
    units,
)
from bench.rows import Row, show

PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "receive": receiving.measure,
    "unify": unifying.measure,
    "units": units.measure,
    "speed": speed.measure,
    "growth": growth.measure,
    "mapping": mapping.measure,
    "imports": imports.measure,
    "size": size.measure,
    "storm": storm.measure,
    "deliver": delivering.measure,
    "check": checking.measure,
}
LONG = {"growth", "speed", "deliver"}
"""Parts that take minutes: measured where they are asked for."""


def main() -> int:
    """Measure, print, and fail when something that was promised is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="What the hub costs.")
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--json", action="store_true", help="machine-readable")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}: {', '.join(PARTS)}")
    usual = [name for name in PARTS if name not in LONG]
    start = time.monotonic()
    rows = [row for name in asked.parts or usual for row in PARTS[name]()]
    return show(rows, asked.json, time.monotonic() - start)


if __name__ == "__main__":
    sys.exit(main())
