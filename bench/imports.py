"""Cold starts: what importing each handler takes in a fresh interpreter, and what it spends that on."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.rig import ROOT
from bench.rows import Row

RUNS = 5
TOP = 5
_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| (\s*)(\S+)")

Times = dict[str, tuple[float, float]]
"""Module -> its own time and that with what it imports, in milliseconds."""


def measure() -> Iterator[Row]:
    """The figures of the handlers: of the artifact with AWS's runtime client where there are both."""
    folder, python, where = _place()
    group = f"import of the handlers: {where}, median of {RUNS} fresh interpreters"
    for handler in sorted(path.stem for path in (ROOT / "functions").glob("[a-z]*.py")):
        yield from _parts(group, handler, [_run(folder, python, f"functions.{handler}") for _ in range(RUNS)])
    late = [_run(folder, python, "boto3") for _ in range(RUNS)]
    yield Row(group, "boto3, where it is not listed: at the first call", _total(late), "ms")


def _place() -> tuple[Path, str, str]:
    artifact, python = ROOT / "build/artifact", ROOT / ".venv-ric/bin/python"
    if (artifact / "hub").is_dir() and python.is_file():
        return artifact, str(python), "build/artifact"
    return ROOT, sys.executable, "source tree"


def _parts(group: str, handler: str, runs: list[Times]) -> Iterator[Row]:
    """The whole, and the packages of others that take most of it, each with what it imports first."""
    yield Row(group, handler, _total(runs), "ms")
    others = {
        name for run in runs for name in run if not name.startswith(("hub", "functions")) and "." not in name
    }
    costs = {name: median(run.get(name, (0.0, 0.0))[1] for run in runs) for name in others}
    for name in sorted(costs, key=lambda name: -costs[name])[:TOP]:
        yield Row(group, f"    {name}", costs[name], "ms")


def _total(runs: list[Times]) -> float:
    return median(sum(own for own, _ in run.values()) for run in runs)


def _run(folder: Path, python: str, module: str) -> Times:
    """What importing a module takes; the interpreter's own start is left out."""
    script = f"import sys; sys.stderr.write('import time: start\\n'); import {module}"
    environ = {**os.environ, "PYTHONPATH": str(folder), "AWS_DEFAULT_REGION": "us-east-1"}
    command = [python, "-X", "importtime", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True)
    lines = done.stderr.partition("import time: start\n")[2].splitlines()
    found = (match for line in lines if (match := _LINE.match(line)))
    return {match[4]: (int(match[1]) / 1000, int(match[2]) / 1000) for match in found}
