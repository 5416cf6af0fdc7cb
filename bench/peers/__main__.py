"""`python -m bench.peers [--json] [--quick]`, or `make bench-mapping`: our mappings against their peers."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from bench.peers import comparing, memory, normal_forms, ready, scaling, transcoding, validating
from bench.peers.timing import stay
from bench.rows import Row, show

PARTS: tuple[Callable[[], Iterator[Row]], ...] = (
    comparing.measure,
    transcoding.measure,
    scaling.measure,
    normal_forms.measure,
    ready.measure,
    memory.measure,
    validating.measure,
)


def main() -> int:
    """Measure, print, and fail when something that was promised is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description="Mappings against peers.")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.add_argument("--quick", action="store_true", help="only whether all engines agree, in seconds")
    asked = parser.parse_args()
    start = time.monotonic()
    stay()
    try:
        rows = list(comparing.agreement()) if asked.quick else [row for part in PARTS for row in part()]
    except comparing.Differs as error:
        print(f"bench.peers: another record than by hand: {error}", file=sys.stderr)
        return 1
    return show(rows, asked.json, time.monotonic() - start)


if __name__ == "__main__":
    sys.exit(main())
