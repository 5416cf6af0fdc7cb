"""Our engine on the same work: the mapping files of bench/peers/project, as a function would run them."""

from functools import cache
from pathlib import Path

from bench.peers.engines import Local
from bench.peers.order import Order
from hub.accounts import Account
from hub.catalog import Catalog
from hub.mapping import Context, Mapping

PROJECT = Path(__file__).with_name("project")
CONTEXT = Context(
    Account.of("bench.shop", {"country": "CO", "time_zone": "America/Bogota"}), "2026-11-20T15:00:00.000000Z"
)
NAME = "Cauce"


@cache
def mapping(name: str) -> Mapping:
    """A mapping of the project."""
    return Catalog.read(PROJECT).mappings[name]


def outward(mapping: Mapping) -> Local:
    """A mapping outwards: dict to dict."""
    write, customer = mapping.outward, {"id": "c-1", "ids": {}}

    def run(order: Order) -> Order:
        return write(order, customer, CONTEXT)

    return Local(NAME, run)


def transcode(mapping: Mapping) -> Local:
    """A mapping outwards: bytes to bytes."""
    write, customer = mapping.transcode, {"id": "c-1", "ids": {}}

    def run(body: bytes) -> bytes:
        return write(body, customer, CONTEXT)

    return Local(NAME, run)


def inward(mapping: Mapping) -> Local:
    """A mapping inwards, with the normal forms."""
    read = mapping.inward

    def run(order: Order) -> Order:
        return read(order, CONTEXT).fields

    return Local(NAME, run)
