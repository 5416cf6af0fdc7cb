"""A cold start: CPU time until a built mapping has mapped its first record, in fresh interpreters."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.peers import ours
from bench.peers.order import variants
from bench.rows import Row
from hub.mapping import compiler

ROOT = Path(__file__).resolve().parents[2]
RUNS = 9
GROUP = "ready: a built mapping with bytecode, fresh interpreters"

_SCRIPT = """\
import json, sys
import aws_lambda_powertools
from time import process_time_ns
order = json.load(sys.stdin)
start = process_time_ns()
import hub.mapping
engine = process_time_ns()
from compiled import mapping
mapping.outward(order, {}, {})
print(json.dumps([(engine - start) / 1e6, (process_time_ns() - engine) / 1e6]))
"""


def measure() -> Iterator[Row]:
    """The figures."""
    with TemporaryDirectory() as folder:
        _build(Path(folder))
        runs = [_run(folder) for _ in range(RUNS)]
    mapping = [run[1] for run in runs]
    label = "import of its module and the first record, beside the engine"
    yield Row(GROUP, label, median(mapping), "ms CPU", most=5, spread=(min(mapping), max(mapping)))
    yield Row(
        GROUP, "the engine, beside what every handler imports", median(run[0] for run in runs), "ms CPU"
    )


def _build(folder: Path) -> None:
    """The package of compiled mappings as the artifact has it."""
    subject = ours.mapping("bench.order")
    package = folder / "compiled"
    package.mkdir()
    (package / "__init__.py").write_text("EXPRESSIONS = {}\n")
    text = compiler.module(subject.document, subject.leaves, subject.empty)
    (package / "mapping.py").write_text(text, encoding="utf-8")
    mode = ["-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([sys.executable, "-I", "-m", "compileall", *mode, folder], check=True)


def _run(folder: str) -> list[float]:
    """Milliseconds for the engine and for the mapping."""
    environ = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    order = json.dumps(variants()["full"])
    command = [sys.executable, "-c", _SCRIPT]
    done = subprocess.run(command, env=environ, input=order, capture_output=True, text=True, check=True)
    found: list[float] = json.loads(done.stdout)
    return found
