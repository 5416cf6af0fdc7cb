"""Mappings of any length with documents of any size, and what one would write by hand for them."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.peers.order import Order
from hub.documents import Document
from hub.mapping import Mapping

_WORDS = ("alma", "brisa", "cumbre", "duna", "estero", "faro", "glaciar", "huerta", "islote", "jardín")
_LOOKUP = {"alma": "A", "brisa": "B", "cumbre": "C", "duna": "D", "estero": "E"}
_TEN = 10
"""Leaves of a block: two plain, two nested, one deeper, one put together, one lookup, three of a list."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A mapping of ours, the same by hand, and a document."""

    mapping: Mapping
    by_hand: Callable[[Order], Order]
    document: Order


def workload(leaves: int, size: int, seed: int = 1) -> Workload:
    """A mapping with so many leaves (tens), over a document of about `size` bytes of JSON."""
    blocks = range(leaves // _TEN)
    written = {name: leaf for block in blocks for name, leaf in _leaves(block)}
    data = {"entity": "sale", "out": written}
    mapping = Mapping(Document("mappings/bench.generated.yaml", data), {})
    return Workload(mapping, _by_hand(blocks), _document(blocks, size, random.Random(seed)))


def _leaves(n: int) -> Iterator[tuple[str, Any]]:
    yield f"first_{n}", f"one_{n}"
    yield f"second_{n}", f"two_{n}"
    yield f"name_{n}", f"part_{n}.name"
    yield f"title_{n}", f"part_{n}.title"
    yield f"code_{n}", f"part_{n}.inner.code"
    yield f"label_{n}", f"concat('no-', one_{n})"
    yield f"kind_{n}", {"from": f"kind_{n}", "lookup": _LOOKUP}
    fields = {"sku": "row.sku", "amount": "row.price", "count": "row.quantity"}
    yield f"rows_{n}", {"each": {"row": f"rows_{n}"}, "fields": fields}


_HEAD = """\
def row_of(row):
    made = {}
    if (sku := row.get("sku")) is not None:
        made["sku"] = sku
    if (price := row.get("price")) is not None:
        made["amount"] = price
    if (quantity := row.get("quantity")) is not None:
        made["count"] = quantity
    return made


def by_hand(order):
    record = {}
"""

_BLOCK = """\
    if (one := order.get("one_N")) is not None:
        record["first_N"] = one
        record["label_N"] = f"no-{one}"
    if (two := order.get("two_N")) is not None:
        record["second_N"] = two
    part = order.get("part_N") or {}
    if (name := part.get("name")) is not None:
        record["name_N"] = name
    if (title := part.get("title")) is not None:
        record["title_N"] = title
    if (code := (part.get("inner") or {}).get("code")) is not None:
        record["code_N"] = code
    if (kind := LOOKUP.get(order.get("kind_N"))) is not None:
        record["kind_N"] = kind
    if rows := order.get("rows_N"):
        record["rows_N"] = [row_of(row) for row in rows]
"""


def _by_hand(blocks: range) -> Callable[[Order], Order]:
    body = "".join(_BLOCK.replace("_N", f"_{block}") for block in blocks)
    namespace: dict[str, Any] = {"LOOKUP": _LOOKUP}
    exec(f"{_HEAD}{body}    return record\n", namespace)
    found: Callable[[Order], Order] = namespace["by_hand"]
    return found


def _document(blocks: range, size: int, chance: random.Random) -> Order:
    """Rows are added to the lists in turn until it is long enough."""
    made: Order = {name: value for block in blocks for name, value in _block(block, chance)}
    length = len(json.dumps(made))
    while length < size:
        for block in blocks:
            row = _row(chance)
            made[f"rows_{block}"].append(row)
            length += len(json.dumps(row)) + 2
            if length >= size:
                break
    return made


def _block(n: int, chance: random.Random) -> Iterator[tuple[str, Any]]:
    yield f"one_{n}", chance.choice(_WORDS)
    yield f"two_{n}", chance.random()
    inner = {"code": chance.choice(_WORDS), "unread": True}
    yield f"part_{n}", {"name": chance.choice(_WORDS), "title": chance.choice(_WORDS), "inner": inner}
    yield f"kind_{n}", chance.choice(tuple(_LOOKUP))
    yield f"unread_{n}", {"at": "2026-11-20T15:10:02Z", "by": chance.choice(_WORDS)}
    yield f"rows_{n}", [_row(chance)]


def _row(chance: random.Random) -> Order:
    return {
        "id": chance.randint(10**9, 10**10),
        "sku": f"{chance.choice(_WORDS)}-{chance.randint(10, 99)}",
        "price": f"{chance.randint(1, 999)}.00",
        "quantity": chance.randint(1, 9),
        "note": None,
        "vendor": chance.choice(_WORDS),
    }
