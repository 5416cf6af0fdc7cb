"""What a request says, by the expressions in whose holes it stood."""

from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hub.expressions import EvaluationError, compile
from hub.simulator.holes import leaves
from hub.simulator.planting import planted
from hub.simulator.trees import tree_of

_MISSING = object()


@dataclass(frozen=True)
class Heard:
    """What stood in the holes of a request: expression -> value. `entry`: the part of a bulk that it is."""

    captured: dict[str, Any] = field(repr=False)
    entry: Any = field(default=None, repr=False)

    def named(self, name: str) -> Any:
        """What stood in the hole that reads only this name (`{to_number(id)}` for id), None without one."""
        for source, value in self.captured.items():
            if compile(source).names == {name}:
                return value
        return None

    def text(self, name: str) -> str:
        """The same as text, "" where there is nothing."""
        value = self.named(name)
        return "" if value is None else str(value)

    def original(self, name: str) -> Any:
        """What this name was, of which the hole holds what an expression makes (`{replace(address, …)}`).

        None without such a hole. Raises NotPlantedError.
        """
        for source, value in self.captured.items():
            if compile(source).names == {name}:
                return planted(source, {}, value)[name]
        return None

    def asks(self, name: str) -> bool:
        """Whether a hole reads this name."""
        return any(name in compile(source).names for source in self.captured)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What it says of a record, as expressions over `record` and `customer` read it."""
        found: dict[str, Any] = {"record": {}, "customer": {}}
        for source, value in self.captured.items():
            if _is_record(source, value):
                found["record"] |= deepcopy(value)
        for source, value in self.captured.items():
            path = _path_of(source)
            if path and value is not None:
                _set(found, path, value)
        return found

    @property
    def whole(self) -> bool:
        """Whether the whole record stands in it."""
        return any(_is_record(source, value) for source, value in self.captured.items())

    def keys(self) -> dict[str, Any]:
        """What names the record beside the record itself: expression -> value."""
        return {
            source: value
            for source, value in self.captured.items()
            if compile(source).names & {"record", "customer"} and not isinstance(value, dict | list)
        }

    def tells_of(self, facts: dict[str, Any], wanted: dict[str, Any]) -> bool:
        """Whether a record with these facts is the one that these expressions look for."""
        return bool(wanted) and all(_fits(source, value, facts) for source, value in wanted.items())


def _is_record(source: str, value: Any) -> bool:
    """Whether an expression gives a record, or members that are put together for one."""
    reads = "record" in compile(source).names
    return reads and isinstance(value, dict) and _path_of(source) is None


def _path_of(source: str) -> tuple[str, ...] | None:
    """The one member of a record (or a customer) that an expression gives: `record.email`,
    `coalesce(record.email, '-')`, ``record.attributes || `{}` ``."""
    tree = tree_of(source)
    whole = tree["type"] in ("and_expression", "multi_select_dict") or tree.get("value") == "merge"
    either = tree["type"] == "or_expression" and tree["children"][0]["type"] == "and_expression"
    paths = [path for path in compile(source).paths if path[0] in ("record", "customer")]
    single = len(paths) == 1 and len(paths[0]) > 1 and not whole and not either
    return paths[0] if single else None


def _fits(source: str, value: Any, facts: dict[str, Any]) -> bool:
    nobody, found = _value(source, {}), _value(source, facts)
    if value is None or _plain(value) == _plain(nobody):
        return False
    if found is not None and _plain(found) != _plain(nobody):
        return _plain(found) == _plain(value)
    return any(_plain(leaf) == _plain(value) for leaf in leaves(facts) if leaf not in (None, "", False))


def _value(source: str, scope: dict[str, Any]) -> Any:
    try:
        return compile(source)({"record": {}, "customer": {}, **scope})
    except EvaluationError:
        return None


def _plain(value: Any) -> str:
    return str(value).casefold()


def _set(holder: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        holder = holder.setdefault(step, {})
        if not isinstance(holder, dict):
            return
    holder.setdefault(path[-1], value)
