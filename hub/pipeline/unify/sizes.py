"""What every event writes stays within one kilobyte, whatever its source sends: what is long is cut.

The whole stands in the record and in the archive. Sizes are DynamoDB's (`hub.store.units`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hub.store import Item
from hub.store.units import KB

ELLIPSIS = "…"
TOPIC = 66
"""Bytes of a topic's JSON that are shown."""

_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_FRAME = 80
"""Bytes of an item that are neither its key, its kind nor its data: the names of its attributes, its numbers,
and the list that it may stand on."""


def entry(item: Item) -> Item:
    """The timeline entry with facts that fit: the longest ones are cut."""
    if _fits(item):
        return item
    data = {**item.data, "topic": cut(item.data["topic"], TOPIC)}
    facts = data["facts"]
    return replace(item, data={**data, "facts": _facts(facts, _bytes(facts) + _spare(data, item))})


def marker(item: Item) -> Item:
    """The marker with the first places of drift that fit, the number of the rest, and a message that does."""
    if _fits(item):
        return item
    data = {**item.data, "topic": cut(item.data["topic"], TOPIC)}
    if "message" in data:
        message = data["message"]
        data["message"] = cut(message, _bytes(message) + min(0, _spare(data, item)))
    if "drift" in data:
        kept = _first(data["drift"], _spare({**data, "drift": [], "more_drift": 10_000}, item))
        data |= {"drift": kept, "more_drift": len(data["drift"]) - len(kept)}
    return replace(item, data=data)


def cut(text: str, most: int) -> str:
    """The text, or as much of its beginning as gives at most so many bytes of JSON with an ellipsis."""
    if _bytes(text) <= most:
        return text
    left = most - _bytes(ELLIPSIS)
    for end, letter in enumerate(text):
        left -= _bytes(letter) - 2
        if left < 0:
            return text[:end] + ELLIPSIS
    return text


def _fits(item: Item) -> bool:
    """Whether nothing has to be cut. Python's own text of the data is longer than their JSON but where that
    escapes, and made in half the time."""
    text = f"{item.key.pk}{item.key.sk}{item.kind}{item.data!r}"
    plain = text.isascii() and '"' not in text and "\\" not in text
    return (plain and _FRAME + len(text) <= KB) or _spare(item.data, item) >= 0


def _spare(data: Mapping[str, Any], item: Item) -> int:
    """The bytes that an item of this data has left; below zero: that it has too many."""
    named = f"{item.key.pk}{item.key.sk}{item.kind}".encode()
    return KB - _FRAME - len(named) - _bytes(data)


def _facts(facts: Mapping[str, Any], room: int) -> dict[str, Any]:
    """The facts, the shortest first, each with an equal share of the room that is left."""
    kept: dict[str, Any] = {}
    ordered = sorted(facts, key=lambda name: _bytes(facts[name]))
    for number, name in enumerate(ordered):
        around = len(name) + 4
        value = _shortened(facts[name], room // (len(ordered) - number) - around)
        if value is not None:
            kept[name] = value
            room -= _bytes(value) + around
    return {name: kept[name] for name in facts if name in kept}


def _shortened(value: Any, most: int) -> Any:
    if _bytes(value) <= most:
        return value
    return cut(value, most) if isinstance(value, str) and most > 2 * len(ELLIPSIS.encode()) else None


def _first(places: Sequence[str], room: int) -> list[str]:
    kept = []
    for place in places:
        room -= _bytes(place) + 1
        if room < 0:
            break
        kept.append(place)
    return kept


def _bytes(value: Any) -> int:
    return len(_encoded(value).encode())
