"""A mapping file: inwards to canonical fields, outwards to the vendor's record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from hub.accounts import Account
from hub.documents import Document
from hub.entity import Entity, Field
from hub.errors import Place, RecordError
from hub.expressions import EvaluationError, Expression, compile
from hub.mapping.rule import ABSENT, Path, Rule, Unlisted, leaves, reverse, rule, walk
from hub.values import normalise

STATES = frozenset({"granted", "denied", "unknown"})


@dataclass(frozen=True, slots=True)
class Context:
    """Whose record it is, and when the hub got it (canonical time)."""

    account: Account
    received_at: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What a record says of one address. `state`: granted, denied, unknown; `at`: canonical time or None."""

    channel: str
    purpose: str
    address_type: str
    address: str
    state: str
    at: str | None


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a record says. `fields`: normal forms, None where it says that there is no value (any more).

    `drift`: the lines whose value was not understood and left out.
    """

    fields: dict[str, Any]
    consents: tuple[Consent, ...] = ()
    drift: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a value goes: `names` from the outermost; `rule`: where it comes from."""

    names: tuple[str, ...]
    rule: Rule


@dataclass(frozen=True, eq=False)
class Mapping:
    """The mapping of one file, `<connector>.<resource>[.<entity>].yaml`.

    `empty`: what "no value" looks like at the vendor, ABSENT where the connector does not say.
    """

    document: Document
    entities: dict[str, Entity]
    empty: Any = ABSENT

    @cached_property
    def name(self) -> str:
        """The file's name, as in `hubspot.contact`."""
        return PurePosixPath(self.document.file).stem

    @property
    def connector(self) -> str:
        """The vendor."""
        return self.name.partition(".")[0]

    @property
    def resource(self) -> str:
        """The kind of record there."""
        return self.name.partition(".")[2].partition(".")[0]

    @property
    def entity(self) -> str:
        """The name of the canonical entity."""
        return str(self.document.data["entity"])

    @cached_property
    def both(self) -> dict[str, str]:
        """Vendor path -> canonical field, dots for what is inside."""
        return {
            ".".join(target.names): ".".join(target.rule.source.path or ())
            for target in self._writes_both
            if target.rule.source
        }

    @property
    def tests(self) -> list[dict[str, Any]]:
        """The examples of the file, as written."""
        return list(self.document.data.get("tests") or ())

    def inward(self, record: Any, context: Context) -> Incoming:
        """What a record says of its entity.

        Raises RecordError("not-a-record") and ("missing-value") or ("bad-value") of a required field.
        """
        return _Reading(self, self.scope(record), context).incoming()

    def told_back(self, record: dict[str, Any], context: Context) -> dict[str, Any]:
        """What the vendor's next event tells of the fields of `both`, once `record` was written there.

        A field of which nothing was written is None. Raises RecordError as `inward`.
        """
        told = _Reading(self, {**record, "payload": record}, context).fields(self._reads_both)
        return {target.names[0]: told.get(target.names[0]) for target in self._reads_both}

    def outward(self, fields: dict[str, Any], customer: dict[str, Any], context: Context) -> dict[str, Any]:
        """The vendor's record of an entity.

        `fields`: the entity's, with its `id`; `customer`: fields, `id` and `ids` (connector -> id there).
        Null is left out, unless the field is there and the connector says how "no value" is written.
        Raises RecordError where an expression has no value or a required one is missing.
        """
        own = {"id": customer.get("id")} if self.entity == "customer" else {}
        scope = {**own, **fields, "customer": customer}
        written: dict[str, Any] = {}
        for target in self.writes:
            value = self._outward_value(target, scope, context)
            if value is not ABSENT:
                _put(written, target.names, value)
        return written

    @cached_property
    def model(self) -> Entity:
        """The canonical entity."""
        return self.entities[self.entity]

    @cached_property
    def reads(self) -> tuple[_Target, ...]:
        """What is read: the canonical field's names and where the value comes from."""
        found = leaves(self.document.data.get("in") or {}, ("in",))
        return (*self._reads_both, *(_Target(_names(path), rule(leaf, path)) for path, leaf in found))

    @cached_property
    def consents(self) -> tuple[tuple[str, str, str, Rule, Rule, Rule | None], ...]:
        """Channel, purpose, type of address, and the rules of address, state and time."""
        return tuple(_consent(key, data) for key, data in (self.document.data.get("consent") or {}).items())

    @cached_property
    def _reads_both(self) -> tuple[_Target, ...]:
        found = _both_leaves(self.document.data.get("both") or {}, ("both",))
        return tuple(_Target(_dotted(_both_field(leaf)), _both_read(leaf, path)) for path, leaf in found)

    @cached_property
    def _writes_both(self) -> tuple[_Target, ...]:
        found = _both_leaves(self.document.data.get("both") or {}, ("both",))
        return tuple(_Target(_vendor_names(path), _both_write(leaf, path)) for path, leaf in found)

    @cached_property
    def writes(self) -> tuple[_Target, ...]:
        """What is written: the vendor's names and where the value comes from."""
        return (*self._writes_both, *self._writes)

    @cached_property
    def _writes(self) -> tuple[_Target, ...]:
        found = leaves(self.document.data.get("out") or {}, ("out",))
        return tuple(_Target(tuple(str(step) for step in path[1:]), rule(leaf, path)) for path, leaf in found)

    @cached_property
    def _record(self) -> Expression | None:
        source = self.document.data.get("record")
        return compile(source) if source else None

    def scope(self, payload: Any) -> dict[str, Any]:
        """What expressions see of a record. Raises RecordError("not-a-record")."""
        try:
            record = self._record(payload) if self._record else payload
        except EvaluationError:
            record = None
        if not isinstance(record, dict):
            place = self.document.place("record") if self._record else self.document.place("entity")
            raise RecordError("not-a-record", "this is not the record that the mapping reads", place)
        return {**record, "payload": payload}

    def _outward_value(self, target: _Target, scope: dict[str, Any], context: Context) -> Any:
        """The value to write, ABSENT for none."""
        rule = target.rule
        try:
            value = self._written(rule, scope, context)
        except Unlisted:
            value = ABSENT
        except EvaluationError as error:
            message = "the expression has no value for this record"
            raise RecordError(error.reason, message, self.document.place(*rule.path)) from None
        if value is ABSENT and rule.required:
            raise RecordError("missing-value", "a required value is missing", self.document.place(*rule.path))
        return value

    def _written(self, rule: Rule, scope: dict[str, Any], context: Context) -> Any:
        if rule.path[0] == "both":
            value = _member(scope, (rule.source and rule.source.path) or ())
            value = reverse(rule.lookup, value) if rule.lookup and value not in (None, ABSENT) else value
        else:
            value = rule(scope, context.account.settings)
        if value is None:
            return self.empty if rule.is_path else ABSENT
        return value


class _Reading:
    """One record being read."""

    def __init__(self, mapping: Mapping, scope: dict[str, Any], context: Context) -> None:
        self._mapping = mapping
        self._scope = scope
        self._account = context.account
        self._drift: list[Place] = []

    def incoming(self) -> Incoming:
        fields = self.fields(self._mapping.reads)
        return Incoming(fields, tuple(self._consents()), tuple(self._drift))

    def fields(self, targets: Iterable[_Target]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        places: dict[str, Rule] = {}
        for target in targets:
            value = self._value(target.rule)
            if value is not ABSENT:
                _put(found, target.names, value)
            places.setdefault(target.names[0], target.rule)
        return {
            name: form
            for name, rule in places.items()
            if (form := self._form(name, found.get(name, ABSENT), rule)) is not ABSENT
        }

    def _value(self, rule: Rule) -> Any:
        """The value; None to clear, ABSENT to leave."""
        try:
            value = rule(self._scope, self._account.settings)
        except (EvaluationError, Unlisted):
            return self._not_understood(rule)
        if value is None or value == "" or self._is_empty(value, rule):
            value = None if rule.is_path else ABSENT
        if rule.required and value in (None, ABSENT):
            raise RecordError("missing-value", "a required value is missing", self._place(rule))
        return value

    def _is_empty(self, value: Any, rule: Rule) -> bool:
        empty = self._mapping.empty
        known = rule.is_path and empty is not ABSENT
        return known and type(value) is type(empty) and bool(value == empty)

    def _form(self, name: str, value: Any, rule: Rule) -> Any:
        """The normal form of a field's whole value."""
        field = self._mapping.model.fields[name]
        if value is None or value is ABSENT:
            return self._nothing(value, rule, field)
        if isinstance(value, dict):
            value = {part: inner for part, inner in value.items() if inner is not None} or None
        if value is None or (isinstance(value, str) and not value.strip()):
            return self._nothing(None, rule, field)
        try:
            return field.normalise(value, region=self._account.country, zone=self._account.time_zone)
        except ValueError:
            return self._not_understood(rule, field)

    def _nothing(self, value: Any, rule: Rule, field: Field) -> Any:
        if field.required:
            raise RecordError("missing-value", f"{field.name} is required", self._place(rule))
        return value

    def _not_understood(self, rule: Rule, field: Field | None = None) -> Any:
        if rule.required or (field and field.required):
            raise RecordError("bad-value", "a required value was not understood", self._place(rule))
        self._drift.append(self._place(rule))
        return ABSENT

    def _consents(self) -> Iterator[Consent]:
        for channel, purpose, kind, address, state, at in self._mapping.consents:
            where = self._normal(kind, address)
            said = self._value(state)
            when = self._normal("time", at) if at else None
            if where is None or said in (None, ABSENT):
                continue
            if said not in STATES:
                self._drift.append(self._place(state))
                continue
            yield Consent(channel, purpose, kind, where, said, when)

    def _normal(self, type: str, rule: Rule) -> Any:
        value = self._value(rule)
        if value is None or value is ABSENT:
            return None
        try:
            return normalise(type, value, region=self._account.country, zone=self._account.time_zone)
        except ValueError:
            self._drift.append(self._place(rule))
            return None

    def _place(self, rule: Rule) -> Place:
        return self._mapping.document.place(*rule.path)


def _put(target: dict[str, Any], names: tuple[str, ...], value: Any) -> None:
    *outer, last = names
    for name in outer:
        inner = target.get(name)
        if not isinstance(inner, dict):
            inner = target[name] = {}
        target = inner
    target[last] = value


def _member(scope: dict[str, Any], path: tuple[str, ...]) -> Any:
    """The value at a path: null for a member that a composite value which is there does not have."""
    value = walk(scope, path)
    whole = value is ABSENT and len(path) > 1 and isinstance(walk(scope, path[:-1]), dict)
    return None if whole else value


def _names(path: Path) -> tuple[str, ...]:
    """Canonical names of a target below `in:`, dots taken apart."""
    return tuple(name for step in path[1:] for name in _dotted(str(step)))


def _dotted(text: str) -> tuple[str, ...]:
    return tuple(text.split("."))


def _both_leaves(data: dict[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    """The leaves of `both:`: a field's name, or `{field, lookup}`."""
    for name, inner in data.items():
        here = (*path, name)
        if isinstance(inner, dict) and "field" not in inner:
            yield from _both_leaves(inner, here)
        else:
            yield here, inner


def _both_field(leaf: Any) -> str:
    return str(leaf["field"] if isinstance(leaf, dict) else leaf)


def _vendor_names(path: Path) -> tuple[str, ...]:
    """The vendor's names, dots taken apart."""
    return tuple(name for step in path[1:] for name in _dotted(str(step)))


def _both_read(leaf: Any, path: Path) -> Rule:
    """Reads the vendor's path."""
    options = leaf if isinstance(leaf, dict) else {}
    source = ".".join(f'"{name}"' for name in _vendor_names(path))
    return Rule(
        path, compile(source), lookup=options.get("lookup"), required=bool(options.get("required", False))
    )


def _both_write(leaf: Any, path: Path) -> Rule:
    """Reads the canonical field."""
    options = leaf if isinstance(leaf, dict) else {}
    return Rule(path, compile(_both_field(leaf)), lookup=options.get("lookup"))


def _consent(key: str, data: dict[str, Any]) -> tuple[str, str, str, Rule, Rule, Rule | None]:
    channel, _, purpose = key.partition(".")
    kind = data.get("type", "email" if channel == "email" else "phone")
    at = rule(data["at"], ("consent", key, "at")) if "at" in data else None
    address = rule(data["address"], ("consent", key, "address"))
    return channel, purpose, kind, address, rule(data["state"], ("consent", key, "state")), at
