"""Jinja's sandbox: a template of JSON text, parsed."""

import json
from pathlib import Path

from jinja2 import ChainableUndefined
from jinja2.sandbox import SandboxedEnvironment

from bench.peers.engines.engine import Local, settled
from bench.peers.order import Order


def engine() -> Local:
    """The engine."""
    environment = SandboxedEnvironment(undefined=ChainableUndefined)
    template = environment.from_string(Path(__file__).with_name("order.jinja").read_text(encoding="utf-8"))

    def run(order: Order) -> Order:
        return settled(json.loads(template.render(order=order)))

    return Local("Jinja sandbox", run)
