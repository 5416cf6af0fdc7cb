"""`hub check` of the shipped files, as it is waited for: a fresh process each time."""

import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from bench.rig import ROOT
from bench.rows import Row

RUNS = 5


def measure() -> Iterator[Row]:
    """What one waits for."""
    yield Row(
        f"hub check, median of {RUNS} processes", "all files", median(_seconds() for _ in range(RUNS)), "s"
    )


def _seconds() -> float:
    command = [sys.executable, "-m", "hub.cli", "check", "--root", str(ROOT)]
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - started
