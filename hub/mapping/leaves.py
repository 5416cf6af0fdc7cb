"""What a mapping file says, leaf by leaf: its rules as data, and where each value goes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hub.expressions import Expression, compile
from hub.mapping.rule import Rule, leaves, rule
from hub.mapping.running import Path, word
from hub.mapping.tables import Table


@dataclass(frozen=True, slots=True)
class Target:
    """Where a value goes: `names` from the outermost; `rule`: where it comes from."""

    names: tuple[str, ...]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a record says of one address: the rules of the address (of this type), of its state and time."""

    channel: str
    purpose: str
    type: str
    address: Rule
    state: Rule
    at: Rule | None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its rules."""
        return tuple(rule for rule in (self.address, self.state, self.at) if rule)


@dataclass(frozen=True, eq=False)
class Leaves:
    """The leaves of one file. Raises ExpressionError on first use."""

    data: dict[str, Any]

    @cached_property
    def record(self) -> Expression | None:
        """Where the record sits in what came."""
        source = self.data.get("record")
        return compile(source) if source else None

    @cached_property
    def told(self) -> tuple[Target, ...]:
        """`both`, read: canonical names, and the vendor's path."""
        return tuple(Target(_dotted(_field(leaf)), _read(leaf, path)) for path, leaf in self._both)

    @cached_property
    def computed(self) -> tuple[Target, ...]:
        """`in`: canonical names, dots taken apart."""
        found = leaves(self.data.get("in") or {}, ("in",))
        return tuple(Target(_names(path), rule(leaf, path)) for path, leaf in found)

    @property
    def reads(self) -> tuple[Target, ...]:
        """All that is read."""
        return (*self.told, *self.computed)

    @cached_property
    def consents(self) -> tuple[Ledger, ...]:
        """The consents."""
        return tuple(_ledger(key, data) for key, data in (self.data.get("consent") or {}).items())

    @cached_property
    def writes(self) -> tuple[Target, ...]:
        """All that is written: the vendor's names, and the canonical path or expression."""
        both = (Target(_names(path), _written(leaf, path)) for path, leaf in self._both)
        found = leaves(self.data.get("out") or {}, ("out",))
        return (*both, *(Target(tuple(map(str, path[1:])), rule(leaf, path)) for path, leaf in found))

    @cached_property
    def pairs(self) -> dict[str, str]:
        """`both`: vendor path -> canonical field, dots for what is inside."""
        return {".".join(_names(path)): _field(leaf) for path, leaf in self._both}

    @property
    def _both(self) -> Iterator[tuple[Path, Any]]:
        return _both_leaves(self.data.get("both") or {}, ("both",))


def _both_leaves(data: dict[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    """The leaves of `both:`: a field's name, or `{field, lookup}`."""
    for name, inner in data.items():
        here = (*path, name)
        if isinstance(inner, dict) and "field" not in inner:
            yield from _both_leaves(inner, here)
        else:
            yield here, inner


def _field(leaf: Any) -> str:
    return str(leaf["field"] if isinstance(leaf, dict) else leaf)


def _dotted(text: str) -> tuple[str, ...]:
    return tuple(text.split("."))


def _names(path: Path) -> tuple[str, ...]:
    """Names below the part of the file, dots taken apart."""
    return tuple(name for step in path[1:] for name in _dotted(str(step)))


def _read(leaf: Any, path: Path) -> Rule:
    """Reads the vendor's path."""
    options = leaf if isinstance(leaf, dict) else {}
    source = ".".join(map(json.dumps, _names(path)))
    return Rule(path, compile(source), lookup=options.get("lookup"), required=bool(options.get("required")))


def _written(leaf: Any, path: Path) -> Rule:
    """Reads the canonical field; what the lookup says is said the other way round."""
    lookup = leaf.get("lookup") if isinstance(leaf, dict) else None
    reverse = None if lookup is None else _reversed(lookup)
    return Rule(path, compile(_field(leaf)), lookup=reverse)


def _reversed(lookup: dict[str, Any]) -> dict[str, Any]:
    """Our word -> the vendor's; of two for one, the first."""
    found = {str(word(ours)): vendor for vendor, ours in reversed(lookup.items())}
    return Table(found) if isinstance(lookup, Table) else found


def addresses(data: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Channel and purpose of each consent that a file tells -> type of the address that it is given for."""
    return {_named(key): _type(key, told) for key, told in (data.get("consent") or {}).items()}


def address_type(channel: str) -> str:
    """What a channel reaches somebody by, where no file says otherwise."""
    return "email" if channel == "email" else "phone"


def _named(key: str) -> tuple[str, str]:
    channel, _, purpose = key.partition(".")
    return channel, purpose


def _type(key: str, data: dict[str, Any]) -> str:
    return str(data.get("type", address_type(_named(key)[0])))


def _ledger(key: str, data: dict[str, Any]) -> Ledger:
    channel, purpose = _named(key)
    type = _type(key, data)
    at = rule(data["at"], ("consent", key, "at")) if "at" in data else None
    address = rule(data["address"], ("consent", key, "address"))
    return Ledger(channel, purpose, type, address, rule(data["state"], ("consent", key, "state")), at)
