"""A mapping file: inwards to canonical fields, outwards to the vendor's record."""

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from hub.accounts import Account
from hub.documents import Document
from hub.entity import Entity
from hub.errors import Place, RecordError
from hub.expressions import EvaluationError
from hub.frozen import dataclass
from hub.mapping.claims import Claim, thawed
from hub.mapping.leaves import Leaves, Ledger, Target, addresses
from hub.mapping.running import ABSENT, LeafError, Path, RequiredError
from hub.messages import dumps
from hub.reprs import discreet
from hub.values import REFUSALS, TYPES

if TYPE_CHECKING:
    from hub.mapping.points import Point
    from hub.mapping.transcoding import Codec

STATES = frozenset({"granted", "denied", "unknown"})

Facts = tuple[tuple[str, Path, bool, bool], ...]
"""Fields of a record: name, path of the first leaf, whether one is required, whether "no value" clears."""

LARGEST = 100_000
"""Characters of a field, as JSON: with all that is kept about it an item of the table takes 400 KB."""

WIDEST = 12
"""Characters that one takes in JSON, at most: as two halves of a pair, each with its number."""

_MESSAGES = {
    "missing-value": "a required value is missing",
    "bad-value": "a required value was not understood",
}


@discreet("received_at")
@dataclass(frozen=True, slots=True)
class Context:
    """Whose record it is, and when the hub got it (canonical time)."""

    account: Account
    received_at: str


@discreet("channel", "purpose", "state")
@dataclass(frozen=True, slots=True)
class Consent:
    """What a record says of one address. `state`: granted, denied, unknown; `at`: canonical time or None."""

    channel: str
    purpose: str
    address_type: str
    address: str
    state: str
    at: str | None


@discreet("drift")
@dataclass(frozen=True, slots=True)
class Incoming:
    """What a record says. `fields`: normal forms, None where it says that there is no value (any more).

    `drift`: the lines whose value was not understood and left out, and (in what was built) those whose source
    breaks what its samples promise: its key vanished, or its value is of another kind.
    """

    fields: dict[str, Any]
    consents: tuple[Consent, ...] = ()
    drift: tuple[Place, ...] = ()


@dataclass(frozen=True, eq=False)
class Mapping:
    """The mapping of one file, `<connector>.<resource>[.<entity>].yaml`.

    `empty`: what "no value" looks like at the vendor, ABSENT where the connector does not say; `code`: the
    module that the build made of it, compiled in memory where there is none; `probe`: called with the
    number of each of `points` that is reached.
    """

    document: Document
    entities: dict[str, Entity]
    empty: Any = ABSENT
    code: Callable[[], dict[str, Any]] | None = None
    probe: Callable[[int], None] | None = None

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

    @property
    def both(self) -> dict[str, str]:
        """Vendor path -> canonical field, dots for what is inside."""
        return self.leaves.pairs

    @property
    def tests(self) -> list[dict[str, Any]]:
        """The examples of the file, as written."""
        return list(self.document.data.get("tests") or ())

    @cached_property
    def leaves(self) -> Leaves:
        """What the file says, as data."""
        return Leaves(self.document.data)

    @property
    def reads(self) -> tuple[Target, ...]:
        """What is read: the canonical field's names and where the value comes from."""
        return self.leaves.reads

    @property
    def writes(self) -> tuple[Target, ...]:
        """What is written: the vendor's names and where the value comes from."""
        return self.leaves.writes

    @cached_property
    def addresses(self) -> dict[tuple[str, str], str]:
        """Channel and purpose of each consent that is told -> type of its address; nothing is compiled."""
        return addresses(self.document.data)

    @property
    def consents(self) -> tuple[Ledger, ...]:
        """What is read of consents."""
        return self.leaves.consents

    @cached_property
    def model(self) -> Entity:
        """The canonical entity."""
        return self.entities[self.entity]

    @property
    def points(self) -> "tuple[Point, ...]":
        """What a probe hears of, in the order of the numbers; nothing without one."""
        found: tuple[Point, ...] = self._code["points"]
        return found

    def inward(self, record: Any, context: Context) -> Incoming:
        """What a record says of its entity.

        Raises RecordError("not-a-record") and ("missing-value") or ("bad-value") of a required field.
        """
        drift: list[Path] = []
        found = self._inside(record)
        code = self._code
        try:
            raw, said = code["inward"](found, record, context.account.settings, drift)
        except (LeafError, RequiredError) as error:
            raise self._rejected(error) from None
        if self._claims:
            scope = {**found, "payload": record}
            drift += (path for path, claim in self._claims if claim.broken(scope, self.empty))
        reading = _Reading(self, context.account, drift)
        fields = reading.fields(raw, code["READ"])
        consents = tuple(reading.consents(code["CONSENTS"], said))
        return Incoming(fields, consents, tuple(self.document.place(*path) for path in dict.fromkeys(drift)))

    def told_back(self, record: dict[str, Any], context: Context) -> dict[str, Any]:
        """What the vendor's next event tells of the fields of `both`, once `record` was written there.

        A field of which nothing was written is None. Raises RecordError as `inward`.
        """
        code = self._code
        drift: list[Path] = []
        try:
            raw, _ = code["told"](record, record, drift)
        except (LeafError, RequiredError) as error:
            raise self._rejected(error) from None
        told = _Reading(self, context.account, drift).fields(raw, code["TOLD"])
        return {name: told.get(name) for name, *_ in code["TOLD"]}

    def outward(self, fields: dict[str, Any], customer: dict[str, Any], context: Context) -> dict[str, Any]:
        """The vendor's record of an entity.

        `fields`: the entity's, with its `id`; `customer`: fields, `id` and `ids` (connector -> id there).
        Null is left out, unless the field is there and the connector says how "no value" is written.
        Raises RecordError where an expression has no value or a required one is missing.
        """
        try:
            return self._outward(fields, customer, context.account.settings)
        except (LeafError, RequiredError) as error:
            raise self._rejected(error) from None

    def transcode(self, body: bytes, customer: dict[str, Any], context: Context) -> bytes:
        """As `outward`, from an entity in JSON to the record in JSON: what is not read is not even decoded.

        Raises RecordError("bad-body") for what is no object of JSON, and as `outward`.
        """
        return self._codec.encode(self.outward(self._codec.decode(body), customer, context))

    def scope(self, payload: Any) -> dict[str, Any]:
        """What expressions see of a record. Raises RecordError("not-a-record")."""
        return {**self._inside(payload), "payload": payload}

    @cached_property
    def _outward(self) -> Callable[..., dict[str, Any]]:
        found: Callable[..., dict[str, Any]] = self._code["outward"]
        return found

    @cached_property
    def _claims(self) -> tuple[tuple[Path, Claim], ...]:
        return tuple(thawed(self._code["CLAIMS"]))

    @cached_property
    def _codec(self) -> "Codec":
        from hub.mapping import transcoding  # what it needs is slow to import, and few ask

        return transcoding.codec(self._code["SHAPE"])

    @cached_property
    def _code(self) -> dict[str, Any]:
        if self.code is not None:
            return self.code()
        from hub.mapping import compiler  # not where there is a build: its parser is slow to import

        return compiler.built(self.document, self.leaves, self.empty, self.probe)

    def _inside(self, payload: Any) -> dict[str, Any]:
        """The record in what came."""
        source = self.document.data.get("record")
        try:
            record = self.leaves.record(payload) if source and self.leaves.record else payload
        except EvaluationError:
            record = None
        if isinstance(record, dict):
            return record
        place = self.document.place("record" if source else "entity")
        raise RecordError("not-a-record", "this is not the record that the mapping reads", place)

    def _rejected(self, error: LeafError | RequiredError) -> RecordError:
        message = _MESSAGES.get(error.reason, "the expression has no value for this record")
        return RecordError(error.reason, message, self.document.place(*error.path))


class _Reading:
    """The normal forms of one record's values. `drift`: the paths of the leaves that were not understood."""

    def __init__(self, mapping: Mapping, account: Account, drift: list[Path]) -> None:
        self._mapping = mapping
        self._fields, self._forms = mapping.model.fields, mapping.model.forms
        self._region, self._zone = account.country, account.time_zone
        self._drift = drift

    def fields(self, raw: dict[str, Any], facts: Facts) -> dict[str, Any]:
        """The fields of which something is said."""
        found = {}
        for name, path, required, clears in facts:
            value = raw.get(name, ABSENT)
            if not isinstance(value, str) or not value or value.isspace():
                value = _filled(value)
            if value is ABSENT or value is None:
                form = self._nothing(name, path, None if value is None and clears else ABSENT)
            else:
                form = self._form(value, name, path, required)
            if form is not ABSENT:
                found[name] = form
        return found

    def consents(self, ledgers: Any, said: list[tuple[Any, Any, Any]]) -> Iterator[Consent]:
        """The consents whose address and state are said."""
        for (channel, purpose, kind, *paths), (address, state, at) in zip(ledgers, said, strict=True):
            where = self._normal(kind, address, paths[0])
            when = self._normal("time", at, paths[2]) if paths[2] else None
            if where is None or state in (None, "", ABSENT):
                continue
            if isinstance(state, str) and state in STATES:
                yield Consent(channel, purpose, kind, where, state, when)
            else:
                self._drift.append(paths[1])

    def _form(self, value: Any, name: str, path: Path, required: bool) -> Any:
        """The normal form of a field's whole value; ABSENT where it is left as it was."""
        try:
            form = self._forms[name](value, self._region, self._zone)
        except REFUSALS:
            return self._not_understood(path, required or self._fields[name].required)
        if len(form) > LARGEST if isinstance(form, str) else _is_too_large(form):
            place = self._mapping.document.place(*path)
            raise RecordError("too-large", f"{name} has more than {LARGEST:,} characters", place)
        return form

    def _nothing(self, name: str, path: Path, value: Any) -> Any:
        if self._fields[name].required:
            message = f"{name} is required"
            raise RecordError("missing-value", message, self._mapping.document.place(*path))
        return value

    def _not_understood(self, path: Path, required: bool) -> Any:
        if required:
            place = self._mapping.document.place(*path)
            raise RecordError("bad-value", _MESSAGES["bad-value"], place)
        self._drift.append(path)
        return ABSENT

    def _normal(self, type: str, value: Any, path: Path) -> Any:
        if value is None or value == "" or value is ABSENT:
            return None
        try:
            return TYPES[type](value, self._region, self._zone)
        except REFUSALS:
            self._drift.append(path)
            return None


def _filled(value: Any) -> Any:
    """A value, None for one that is blank; an object without its blank members."""
    if isinstance(value, str):
        return None if not value or value.isspace() else value
    if not isinstance(value, dict):
        return value
    return {
        name: inner
        for name, inner in value.items()
        if (inner and not inner.isspace() if isinstance(inner, str) else inner is not None)
    } or None


def _is_too_large(form: Any) -> bool:
    """Of what is no text: a list or an object, whose JSON is only made where it may be."""
    if not isinstance(form, (list, dict)):
        return False
    members = [*form, *form.values()] if isinstance(form, dict) else form
    try:
        rough = len("".join(members)) + len(form)
    except TypeError:  # they are no texts
        rough = len(repr(form))
    return rough * WIDEST > LARGEST and len(dumps(form)) > LARGEST
