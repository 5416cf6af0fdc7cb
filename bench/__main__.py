"""`python -m bench [--json] [name …]`: every figure, or only those of some parts."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from bench import imports, mapping, receiving, size, storm, unifying
from bench.rows import Row, show

PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "receive": receiving.measure,
    "unify": unifying.measure,
    "mapping": mapping.measure,
    "imports": imports.measure,
    "size": size.measure,
    "storm": storm.measure,
}


def main() -> int:
    """Measure, print, and fail when something that was promised is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="What the hub costs.")
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--json", action="store_true", help="machine-readable")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}: {', '.join(PARTS)}")
    start = time.monotonic()
    rows = [row for name in asked.parts or PARTS for row in PARTS[name]()]
    return show(rows, asked.json, time.monotonic() - start)


if __name__ == "__main__":
    sys.exit(main())
