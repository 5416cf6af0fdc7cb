"""A payload against its JSON Schema: what tools do with many recorded ones, beside the jsonschema library."""

from collections.abc import Iterator
from typing import Any

import jsonschema

from bench.peers.comparing import Differs
from bench.peers.engines import Local
from bench.peers.order import Order, variants
from bench.peers.timing import compare
from bench.rows import Row
from hub.samples.validation import Validator

GROUP = "validation: an order against its JSON Schema"
_PEER = "jsonschema"
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def measure() -> Iterator[Row]:
    """The figures. Raises Differs."""
    order = variants()["full"]
    schema = schema_of(order)
    ours, peer = Validator(schema), jsonschema.Draft202012Validator(schema)
    for case in (order, {**order, "number": 5}, {**order, "buyer": {}}):
        if bool(ours.errors(case)) is peer.is_valid(case):
            raise Differs("the verdict of our validator")
    times = compare((Local("hub", ours.errors), Local(_PEER, peer.is_valid)), order)
    faster, spread = times.ratio(_PEER, "hub")
    label = f"{times.micros('hub'):.1f} us, {_PEER} {times.micros(_PEER):,.0f} us: faster by"
    yield Row(GROUP, label, faster, "times", least=50, spread=spread)


def schema_of(value: Any) -> Order:
    """A schema as a vendor would publish it for records like this one."""
    if isinstance(value, dict):
        members = {name: schema_of(inner) for name, inner in value.items()}
        return {"type": "object", "properties": members, "required": ["id"] if "id" in members else []}
    if isinstance(value, list):
        return {"type": "array", "items": schema_of(value[0])}
    text = {"maxLength": 500} if isinstance(value, str) else {}
    return {"type": sorted({_KINDS[type(value)], "null"}), **text}
