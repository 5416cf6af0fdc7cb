"""jq through its Python bindings: a program of one library call, which reads and writes JSON text itself."""

from pathlib import Path

import jq

from bench.peers.engines.engine import Local
from bench.peers.order import Order


def engine() -> Local:
    """The engine."""
    program = jq.compile(Path(__file__).with_name("order.jq").read_text(encoding="utf-8"))

    def run(order: Order) -> Order:
        found: Order = program.input_value(order).first()
        return found

    return Local("jq", run)
