"""The inverses of the functions that read answers and events: by the value, what was to be read."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from hub import times
from hub.expressions.syntax import Tree
from hub.simulator.trees import value_of
from hub.simulator.writing import epoch_of, like

Put = Callable[[Tree, Any, Any], Any]
"""From a part of an expression, what it is applied to and a value to the changed document."""


class UnknownError(Exception):
    """There is no inverse of this kind of part."""


def first(children: list[Tree], whole: Tree, here: Any, value: Any, put: Put) -> Any:
    """What the first of some parts makes of it, where the whole then gives the value."""
    for child in children:
        tried = deepcopy(here)
        try:
            changed = put(child, tried, value)
        except UnknownError:
            continue
        if value_of(whole, changed) == value:
            return put(child, here, value)
    raise UnknownError(whole["type"])


def called(tree: Tree, here: Any, value: Any, put: Put) -> Any:
    """A function's argument that gives the value. Raises UnknownError."""
    name, arguments = tree["value"], tree["children"]
    if name in ("coalesce", "not_null"):
        there = [one for one in arguments if value_of(one, here) not in (None, "")]
        return first([*there[:1], *arguments], tree, here, value, put)
    if name == "concat":
        return _joined(tree, here, value, put)
    if name == "replace":
        return _replaced(tree, here, value, put)
    if name == "split" and isinstance(value, list):
        return put(arguments[0], here, str(arguments[1]["value"]).join(map(str, value)))
    if name not in _INVERSES:
        raise UnknownError(name)
    old = value_of(arguments[0], here)
    zone = _zone(name, arguments)
    for candidate in _INVERSES[name](value, old, zone):
        changed = put(arguments[0], deepcopy(here), candidate)
        if value_of(tree, changed) == value:
            return put(arguments[0], here, candidate)
    raise UnknownError(name)


def _zone(name: str, arguments: list[Tree]) -> str:
    place = 2 if name in ("format_time", "parse_time") else 1
    told = arguments[place]["value"] if len(arguments) > place and "value" in arguments[place] else "UTC"
    return str(told)


def _joined(tree: Tree, here: Any, value: Any, put: Put) -> Any:
    """`concat(kind, '.', id)`: each part that is read is what stands between the literals."""
    parts = tree["children"]
    pattern = "".join(re.escape(str(one["value"])) if one["type"] == "literal" else "(.*?)" for one in parts)
    found = re.fullmatch(pattern, value, re.DOTALL) if isinstance(value, str) else None
    if found is None:
        raise UnknownError("concat")
    read = [one for one in parts if one["type"] != "literal"]
    for one, text in zip(read, found.groups(), strict=True):
        number = isinstance(value_of(one, here), int) and text.isdigit()
        here = put(one, here, int(text) if number else text)
    return here


def _replaced(tree: Tree, here: Any, value: Any, put: Put) -> Any:
    """`replace(Id, 'CL-', '')`: with what is taken away before it, where that is a text; else as it is."""
    subject, old, _ = tree["children"]
    before = str(old["value"]) if old["type"] == "literal" else ""
    for candidate in (f"{before}{value}", value):
        if value_of(tree, put(subject, deepcopy(here), candidate)) == value:
            return put(subject, here, candidate)
    raise UnknownError("replace")


def _as_it_is(value: Any, old: Any, zone: str) -> Iterator[Any]:
    yield value


def _as_text(value: Any, old: Any, zone: str) -> Iterator[Any]:
    if isinstance(old, int) and not isinstance(old, bool) and str(value).isdigit():
        yield int(value)
    yield value


def _as_number(value: Any, old: Any, zone: str) -> Iterator[Any]:
    if isinstance(old, str):
        yield str(value)
    yield value


def _as_json(value: Any, old: Any, zone: str) -> Iterator[Any]:
    yield json.dumps(value, ensure_ascii=False)


def _as_members(value: Any, old: Any, zone: str) -> Iterator[Any]:
    """A list as the values of an object, under the names that it has."""
    names = [*old] if isinstance(old, dict) else []
    names += [str(number) for number in range(len(names), len(value))]
    yield dict(zip(names, value, strict=False))


def _as_time(value: Any, old: Any, zone: str) -> Iterator[Any]:
    """A time in all forms in which vendors write it, that of the document first."""
    epoch = epoch_of(value) if isinstance(value, str | int | float) else None
    if epoch is None:
        raise UnknownError("time")
    for form in (old, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", "2026-01-01 00:00:00"):
        yield like(form, epoch, zone)
    yield times.from_epoch(epoch)
    yield int(epoch)
    yield int(epoch * 1000)
    yield like("2026-01-01", epoch, zone)


_INVERSES: dict[str, Callable[[Any, Any, str], Iterator[Any]]] = {
    "text": _as_text,
    "to_number": _as_number,
    "number": _as_number,
    "boolean": _as_it_is,
    "lower": _as_it_is,
    "upper": _as_it_is,
    "trim": _as_it_is,
    "replace": _as_it_is,
    "to_array": _as_it_is,
    "from_json": _as_json,
    "values": _as_members,
    **dict.fromkeys(
        ("time", "time_of_millis", "iso_time", "format_time", "unix_seconds", "unix_millis", "date"), _as_time
    ),
}
