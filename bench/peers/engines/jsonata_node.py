"""JSONata on Node, in one process that lives as long as the bench and takes its own time."""

import atexit
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.peers.engines.engine import Engine, settled
from bench.peers.order import Order

_HERE = Path(__file__).parent
PACKAGES = _HERE.parents[2] / ".venv-bench" / "node_modules"


class Node:
    """The process."""

    name = "JSONata on Node"

    def __init__(self, node: str) -> None:
        command = [node, str(_HERE / "jsonata.mjs"), f"{PACKAGES}/", str(_HERE / "order.jsonata")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._last: object = None

    def run(self, order: Order) -> Order:
        """The record of an order."""
        self._last = order
        return settled(self._ask({"order": order}))

    def time(self, order: Order, runs: int) -> float:
        """CPU time of one run in microseconds: of all threads of Node."""
        if self._last is not order:
            self.run(order)
        return float(self._ask({"runs": runs}))

    def _ask(self, question: Any) -> Any:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process of Node has no pipes")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def engine() -> Engine:
    """The engine. Raises ImportError where Node or the package is missing."""
    node = shutil.which("node")
    if node is None or not (PACKAGES / "jsonata").is_dir():
        raise ImportError("node, or its package jsonata", name="node")
    process = Node(node)
    atexit.register(process.close)
    return process
