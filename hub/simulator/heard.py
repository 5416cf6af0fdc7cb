"""What a request says, by the expressions in whose holes it stood."""

from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hub.expressions import EvaluationError, compile
from hub.expressions.syntax import paths
from hub.simulator.holes import leaves
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
        added = (_added(source, value, name) for source, value in self.captured.items())
        return next((one for one in added if one is not None), None)

    def text(self, name: str) -> str:
        """The same as text, "" where there is nothing."""
        value = self.named(name)
        return "" if value is None else str(value)

    def asks(self, name: str) -> bool:
        """Whether a hole reads this name."""
        return any(name in compile(source).names for source in self.captured)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What it says of a record, as expressions over `record` and `customer` read it."""
        found: dict[str, Any] = {"record": {}, "customer": {}}
        for source, value in self.captured.items():
            expression = compile(source)
            if (
                expression.names & {"record"}
                and isinstance(value, dict)
                and (expression.path in (None, ("record",)))
            ):
                found["record"] |= deepcopy(value)
        for source, value in self.captured.items():
            paths = [path for path in compile(source).paths if path[0] in ("record", "customer")]
            if len(paths) == 1 and len(paths[0]) > 1 and value is not None:
                _set(found, paths[0], value)
        return found

    @property
    def whole(self) -> bool:
        """Whether the whole record stands in it."""
        return any(
            compile(source).names & {"record"} and isinstance(value, dict)
            for source, value in self.captured.items()
        )

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


def _added(source: str, value: Any, name: str) -> Any:
    """What `merge(record, {id: to_number(id)})` added to the record by this name, None for nothing."""
    tree = tree_of(source)
    if tree.get("value") != "merge" or not isinstance(value, dict):
        return None
    objects = [part for part in tree["children"] if part["type"] == "multi_select_dict"]
    for pair in (pair for part in objects for pair in part["children"]):
        if {path[0] for path in paths(pair["children"][0])} == {name}:
            return value.get(pair["value"])
    return None


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
