"""The tests inside of a mapping: made ready once, run against the mapping or a changed one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.errors import FileError, Place, RecordError
from hub.mapping import Context, Incoming, Mapping
from hub.proof.differences import Difference, Path, pairs
from hub.proof.lines import consent_line, drifting, read_line, written_line
from hub.samples import Samples

_SAYS = frozenset({"expect", "left", "consent", "drift", "rejected"})
_INWARD = frozenset({"left", "consent", "drift"})

Parts = dict[str, Any]
"""What a test expects, or what comes: the fields as `expect`, and `consent`, `drift`, `rejected`."""


@dataclass(frozen=True, slots=True)
class Example:
    """One test of a file. `number`: which; `data`: as written; `records`: what it is run on, one suffices."""

    number: int
    data: dict[str, Any]
    records: tuple[Any, ...]
    context: Context

    @property
    def name(self) -> str:
        """What it shows."""
        return str(self.data["name"])

    @property
    def inward(self) -> bool:
        """Whether it reads a vendor's record."""
        return "in" in self.data

    def differences(self, mapping: Mapping) -> list[Difference]:
        """How the closest record differs from what is expected; nothing where the test passes."""
        return min((self._differences(mapping, record) for record in self.records), key=len)

    def _differences(self, mapping: Mapping, record: Any) -> list[Difference]:
        rejected = {name: self.data[name] for name in ("rejected",) if name in self.data}
        try:
            came = parts(mapping, self.inward, record, self.context)
        except RecordError as error:
            found = pairs(rejected, {"rejected": error.reason})
            return [Difference(*pair, error.place, error.message) for pair in found]
        if rejected:
            return [Difference(*pair) for pair in pairs(rejected, {})]
        heard = self._heard(came)
        wanted = {name: _listed(self.data.get(name, {})) for name in heard}
        return [Difference(*pair, self._line(mapping, pair[0])) for pair in pairs(wanted, heard)]

    def _heard(self, came: Parts) -> Parts:
        """What the test speaks of: of what is read, the fields that it names; of consents, if it says so."""
        if not self.inward:
            return came
        named = {*self.data.get("expect", {}), *self.data.get("left", ())}
        fields = {name: value for name, value in came["expect"].items() if name in named}
        return {name: part for name, part in came.items() if name != "consent" or name in self.data} | {
            "expect": fields
        }

    def _line(self, mapping: Mapping, path: Path) -> Place | None:
        part, *inner = path
        if part == "consent":
            return consent_line(mapping, tuple(inner))
        if part == "drift":
            return {name: place for place, name in drifting(mapping).items()}.get(str(inner[0]))
        return (read_line if self.inward else written_line)(mapping, tuple(inner))


def parts(mapping: Mapping, inward: bool, record: Any, context: Context) -> Parts:
    """What comes of a record, or outwards of an entity with its `customer`. Raises RecordError."""
    if not inward:
        fields = {name: value for name, value in record.items() if name != "customer"}
        return {"expect": mapping.outward(fields, record.get("customer") or {}, context)}
    incoming = mapping.inward(record, context)
    known = drifting(mapping) if incoming.drift else {}
    drift = _listed([known.get(place, str(place)) for place in incoming.drift])
    return {"expect": incoming.fields, "drift": drift, "consent": _consents(incoming)}


def examples(mapping: Mapping, samples: Samples) -> Iterator[Example | FileError]:
    """The tests of a mapping, or what is wrong with one."""
    for number, data in enumerate(mapping.tests):
        try:
            yield _example(mapping, samples, number, data)
        except FileError as error:
            yield error


def _example(mapping: Mapping, samples: Samples, number: int, data: dict[str, Any]) -> Example:
    wrong = _wrong(data)
    if wrong:
        raise mapping.document.error("bad-test", wrong, "tests", number)
    account = data.get("account")
    context = samples.context(mapping, account)
    if account not in {None, context.account.name}:
        message = f"{mapping.connector} has no account {account} in accounts.yaml"
        raise mapping.document.error("unknown-account", message, "tests", number, "account", offset=0)
    records = _records(mapping, samples, number, data) if "in" in data else [data["out"]]
    return Example(number, data, tuple(records), context)


def _wrong(data: dict[str, Any]) -> str:
    """What is wrong with a test, or nothing."""
    if ("in" in data) == ("out" in data):
        return "a test has either in: or out:"
    if not _SAYS & data.keys():
        return "a test says what it expects: expect, rejected, and of in: also left, consent, drift"
    if "rejected" in data and len(_SAYS & data.keys()) > 1:
        return "of a record that is rejected, nothing else is expected"
    if "out" in data and _INWARD & data.keys():
        return "left, consent and drift are expected of in:, not of out:"
    return ""


def _records(mapping: Mapping, samples: Samples, number: int, data: dict[str, Any]) -> list[Any]:
    given = data["in"]
    if isinstance(given, dict):
        return [given]
    error = mapping.document.error
    try:
        records = samples.of_file(mapping, given)
    except RecordError as rejected:
        raise error(
            "no-sample", f"the connector rejects {given}: {rejected}", "tests", number, "in", offset=0
        ) from None
    except (OSError, ValueError):
        raise error("no-sample", f"{given} is not a JSON file", "tests", number, "in", offset=0) from None
    if not records:
        raise error("no-sample", f"{given} has no record of {mapping.name}", "tests", number, "in", offset=0)
    return records


def _consents(incoming: Incoming) -> dict[str, dict[str, str]]:
    """What was said of consent, as a test writes it."""
    return {
        f"{one.channel}.{one.purpose}": {
            "address": one.address,
            "state": one.state,
            **({"at": one.at} if one.at else {}),
        }
        for one in incoming.consents
    }


def _listed(value: Any) -> Any:
    """A list of names as an object, so that their order says nothing."""
    return dict.fromkeys(value, "not understood") if isinstance(value, list) else value
