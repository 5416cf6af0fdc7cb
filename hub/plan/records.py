"""One record of one recorded event, as two mappings read it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hub.errors import Place
from hub.mapping import ABSENT, Consent
from hub.plan.causes import Causes
from hub.plan.differences import Change, Kind, Names, differing
from hub.plan.edits import Edit
from hub.plan.masks import name_of
from hub.plan.reading import Part


@dataclass(frozen=True, slots=True)
class Pair:
    """What the two sides make of a record; at most one of them is None. `source`: `connector.account`."""

    causes: Causes
    label: str
    source: str
    old: Part | None
    new: Part | None

    def changes(self) -> Iterator[Change]:
        """Fields, consents, and lines whose value is (no longer) understood."""
        if self.old is None or self.new is None:
            yield self._whole()
            return
        yield from self._fields()
        yield from self._consents()
        yield from self._drift()

    @property
    def _parts(self) -> list[Part]:
        return [part for part in (self.new, self.old) if part]

    @property
    def _mapping(self) -> str:
        return self._parts[0].mapping.name

    def _whole(self) -> Change:
        """All fields at once, by their names, where one side has no such mapping."""
        was, now = (", ".join(part.incoming.fields) if part else ABSENT for part in (self.old, self.new))
        because = self.causes.of_field(self._mapping, ("*",))
        decides = any(_identifies(part, name) for part in self._parts for name in part.incoming.fields)
        return replace(self._change("field", ("*",), was, now, because), identifies=decides)

    def _fields(self) -> Iterator[Change]:
        was, now = (part.incoming.fields if part else {} for part in (self.old, self.new))
        for names, old, new in differing(was, now):
            personal = any(_personal(part, names[0]) for part in self._parts)
            because = self.causes.of_field(self._mapping, names)
            yield self._change("field", names, old, new, because, personal=personal)

    def _consents(self) -> Iterator[Change]:
        was, now = (_told(part.incoming.consents if part else ()) for part in (self.old, self.new))
        for names, old, new in differing(was, now):
            was_told, is_told = (one["state"] if isinstance(one, dict) else one for one in (old, new))
            because = self.causes.of_consent(self._mapping, names[0])
            yield self._change(
                "consent", names, was_told, is_told, because, personal=names[1:] == ("address",)
            )

    def _drift(self) -> Iterator[Change]:
        was, now = (
            {_names(part, place) for place in part.incoming.drift} if part else set()
            for part in (self.old, self.new)
        )
        for names in sorted(was ^ now):
            sides = ("understood", "not understood") if names in now else ("not understood", "understood")
            yield self._change("drift", names, *sides, self.causes.of_field(self._mapping, names))

    def _change(
        self,
        kind: Kind,
        names: Names,
        old: Any,
        new: Any,
        because: tuple[Edit, ...],
        *,
        personal: bool = False,
    ) -> Change:
        decides = kind == "field" and any(_identifies(part, names[0]) for part in self._parts)
        part = self._parts[0]
        record = f"{part.resource} {name_of(part.id, personal_values(self._parts))}"
        return Change(kind, self.label, record, self._mapping, names, old, new, personal, decides, because)


def personal_values(parts: Iterable[Part]) -> Iterator[Any]:
    """The personal values that these records tell."""
    for part in parts:
        fields = part.mapping.model.fields
        yield from (value for name, value in part.incoming.fields.items() if fields[name].pii)


def _personal(part: Part, name: str) -> bool:
    known = part.mapping.model.fields.get(name)
    return known is None or known.pii or bool(known.identifies)


def _identifies(part: Part, name: str) -> bool:
    known = part.mapping.model.fields.get(name)
    return known is not None and bool(known.identifies)


def _told(consents: Iterable[Consent]) -> dict[str, dict[str, str | None]]:
    """Channel and purpose -> what is told of it."""
    return {
        f"{one.channel}.{one.purpose}": {"state": one.state, "address": one.address, "at": one.at}
        for one in consents
    }


def _names(part: Part, place: Place) -> Names:
    """The field whose line was not understood."""
    document = part.mapping.document
    found = (target.names for target in part.mapping.reads if document.place(*target.rule.path) == place)
    return next(found, (str(place),))
