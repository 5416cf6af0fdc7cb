"""Runs one case in a process of its own with little memory and time: what hangs or eats all of it dies there.

`python -m tests.hostile.confined` reads names of cases from its input, one a line, and answers each with a
line of JSON. It forks for every case, so that modules are imported once.
"""

import gc
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEMORY = 1024 * 1024 * 1024
SECONDS = 20


class Confinement:
    """The process that forks, as a context."""

    def __enter__(self):
        command = [sys.executable, "-m", "tests.hostile.confined"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)
        return self

    def __exit__(self, *exception):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def run(self, module, case):
        """{outcome, seconds of CPU} of a case of a module in this folder."""
        print(module, case, file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


def _forked(module, case):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        os.write(writing, json.dumps(_done(module, case)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    died = {"outcome": f"killed by signal {status}", "seconds": SECONDS}
    return text or json.dumps(died)


def _done(module, case):
    """What a case gives, and the CPU that it took; its input is made before the clock runs."""
    started = time.process_time()
    try:
        run = module.CASES[case].run()
        started = time.process_time()
        outcome = run()
    except BaseException as error:
        outcome = f"{type(error).__name__} escaped"
    return {"outcome": str(outcome)[:500], "seconds": time.process_time() - started}


def _serve():
    for line in sys.stdin:
        name, case = line.rstrip("\n").split(" ", 1)
        module = importlib.import_module(f"tests.hostile.{name}")
        gc.freeze()  # what is there stays shared with the children
        print(_forked(module, case), flush=True)


if __name__ == "__main__":
    _serve()
