"""jsonata-python: the same text as JSONata on Node."""

from pathlib import Path

from jsonata import Jsonata

from bench.peers.engines.engine import Local, settled
from bench.peers.order import Order

SOURCE = Path(__file__).with_name("order.jsonata")


def engine() -> Local:
    """The engine."""
    expression = Jsonata(SOURCE.read_text(encoding="utf-8"))

    def run(order: Order) -> Order:
        return settled(expression.evaluate(order))

    return Local("jsonata-python", run)
