"""What an event cost on AWS: request units counted from the sizes of its items and the calls that it made.

An estimate: prices are the list prices of us-east-1 on the date that stands beside them, without free tiers.
"""

from collections.abc import Iterable
from typing import Any

from hub.store import Item
from hub.store.dynamodb import encode
from hub.store.units import read_units, size, write_units

AS_OF = "2026-06-01"
PRICES = {
    "write units": 0.625,
    "read units": 0.125,
    "queue requests": 0.50,
    "gateway requests": 1.00,
    "function starts": 0.20,
    "function seconds": 6.6667,
    "archive writes": 5.00,
}
"""US dollars for a million: DynamoDB on demand, SQS FIFO, HTTP API, Lambda (arm64, 512 MB),
S3 PUT."""

BATCH = 10
"""Events that share an object of the archive, a receive and a start, where there is traffic."""
UNIFY_SECONDS = 0.02
DELIVER_SECONDS = 0.03
"""Seconds of a function that are taken for one event and one delivery, without the vendor's own time: several
times the CPU that `make bench` shows, for the calls to AWS. Not measured there."""


def cost(
    unified: Iterable[Item], delivered: Iterable[Item], attempts: int, calls_ms: float
) -> dict[str, Any]:
    """Units and dollars for a million events like this one.

    `unified`: what its transaction wrote; `delivered`: the delivery items, each of which is written twice
    in an attempt, with its entry in the index; `calls_ms`: milliseconds that vendors took.
    """
    stored, out = [_size(item) for item in unified], [_size(item) for item in delivered]
    each = attempts / len(out) if out else 0
    units = {
        "write units": sum(map(write_units, stored))
        + sum(4 * each * write_units(one, transactional=False) for one in out),
        "read units": sum(map(read_units, stored)) + sum(3 * each * read_units(one) for one in out),
        "queue requests": 3 * (1 + attempts) / BATCH + 1 + attempts,
        "gateway requests": 1,
        "function starts": 1 + 2 / BATCH + attempts,
        "function seconds": UNIFY_SECONDS + attempts * DELIVER_SECONDS + calls_ms / 1000,
        "archive writes": 1 / BATCH,
    }
    dollars = {name: count * PRICES[name] for name, count in units.items()}
    return {
        "units": {name: round(count, 2) for name, count in units.items()},
        "dollars_per_million": round(sum(dollars.values()), 2),
        "prices_as_of": AS_OF,
    }


def _size(item: Item) -> int:
    return size(encode(item))
