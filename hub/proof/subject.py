"""A mapping under proof: its tests, its mutants, and the records over which it is compared with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hub.errors import RecordError
from hub.mapping import Context, Mapping
from hub.mapping.tables import Table
from hub.proof.differences import Difference, pairs, shown
from hub.proof.examples import Example, Parts, examples, parts
from hub.proof.lines import inside
from hub.proof.mutants import Mutant, mutants
from hub.proof.shapes import Shape, entity_sample
from hub.proof.tokens import names, texts
from hub.proof.variations import AS_IT_IS, Variation, variations
from hub.samples import Samples

_FEW = 3
"""Records of one direction that are varied: a record more takes half a second, and hardly finds more."""


@dataclass(frozen=True, slots=True)
class _Base:
    """A record that is varied. `name`: which it is, in words."""

    name: str
    inward: bool
    record: Any
    context: Context


@dataclass(frozen=True, slots=True)
class _Case:
    """A record that both mappings are given. `came`: what the unchanged one makes of it."""

    base: _Base
    variation: Variation
    came: Parts

    def differs(self, other: Parts) -> bool:
        """Whether something else came; not merely in another order."""
        return repr(other) != repr(self.came) and shown(other) != shown(self.came)


class Subject:
    """A mapping with its tests, and what is like them."""

    def __init__(self, mapping: Mapping, samples: Samples) -> None:
        self._mapping = mapping
        found = examples(mapping, samples)
        self._examples = [one for one in found if isinstance(one, Example)]
        self._told = [
            _Base(f'"{one.name}"', one.inward, record, one.context)
            for one in self._examples
            for record in one.records
        ]
        entity = _Base("an entity with all fields", False, _entity(mapping), samples.context(mapping))
        self._made = [entity] if mapping.writes else []

    def mutants(self) -> list[Mutant]:
        """Every mutant of the mapping."""
        seed = self._mapping.name
        read = [scope for base in self._told if base.inward for scope in _scopes(self._mapping, base.record)]
        written = [base.record for base in (*self._told, *self._made) if not base.inward]
        return list(mutants(self._mapping, Shape(tuple(read), seed), Shape(tuple(written), seed)))

    def notices(self, mutant: Mutant) -> bool:
        """Whether a test fails on a mutant."""
        changed = mutant.changed
        return any(example.differences(changed) for example in self._examples)

    def hint(self, mutant: Mutant) -> str:
        """What a test would have to set, by the plainest record that shows it; empty where none does."""
        changed = mutant.changed
        found = ""
        for case in self._cases:
            came = _came(changed, case.base, case.variation.record)
            if case.differs(came):
                found = found or _hint(case, came)
                if not case.came.get("drift") and "rejected" not in case.came:
                    return _hint(case, came)
        return found

    @cached_property
    def _cases(self) -> list[_Case]:
        return list(self._all_cases())

    def _all_cases(self) -> Iterator[_Case]:
        sources = list(_sources(self._mapping))
        known = frozenset(name for source in sources for name in names(source))
        inner = frozenset(name for source in sources for name in names(source, inner=True))
        words = [
            *(word for source in sources for word in texts(source)),
            *_lookups(self._mapping.document.data),
        ]
        words += [word.lower() for word in words]
        for base in (*_richest(self._told), *self._made):
            for variation in variations(base.record, known, inner, words):
                if not base.inward and not isinstance(variation.record.get("customer", {}), dict):
                    continue
                yield _Case(base, variation, _came(self._mapping, base, variation.record))


def _came(mapping: Mapping, base: _Base, record: Any) -> Parts:
    """What comes of a record like another."""
    try:
        return parts(mapping, base.inward, record, base.context)
    except RecordError as error:
        return {"rejected": error.reason}


def _richest(bases: list[_Base]) -> list[_Base]:
    """The few records of each direction that say most."""
    known = sorted(bases, key=lambda base: -len(shown(base.record)))
    return [base for way in (True, False) for base in [one for one in known if one.inward is way][:_FEW]]


def _entity(mapping: Mapping) -> dict[str, Any]:
    """An entity in which all fields have values, and its customer."""
    customer = mapping.entities.get("customer", mapping.model)
    known = {"id": "c-1", "ids": {mapping.connector: "57"}}
    return {**entity_sample(mapping.model), "customer": {**entity_sample(customer, 50), **known}}


def _scopes(mapping: Mapping, record: Any) -> Iterator[dict[str, Any]]:
    try:
        yield mapping.scope(record)
    except RecordError:
        return


def _sources(mapping: Mapping) -> Iterator[str]:
    """The texts of all expressions of a mapping."""
    ledgers = (rule for ledger in mapping.leaves.consents for rule in ledger.rules)
    for rule in (*(target.rule for target in (*mapping.reads, *mapping.writes)), *ledgers):
        for one in inside(rule):
            yield from [one.source.source] if one.source else []
            yield from (source.source for _, source in (one.each.levels if one.each else ()))
    yield mapping.document.data.get("record", "")


def _lookups(data: Any) -> Iterator[str]:
    """The words of lookups, theirs and ours."""
    for name, inner in data.items() if isinstance(data, dict) else ():
        if name == "lookup" and isinstance(inner, dict):
            known = list(inner.items())
            yield from (
                str(word) for pair in known[: _FEW if isinstance(inner, Table) else None] for word in pair
            )
        else:
            yield from _lookups(inner)


def _hint(case: _Case, came: Parts) -> str:
    """What a test would have to set and expect."""
    where = case.base.name
    said = case.variation.said
    start = f"expect in {where}:" if said == AS_IT_IS else f"test {where} with {said}:"
    if "rejected" in came or "rejected" in case.came:
        return f"{start} it is {_verdict(case.came)}, and would be {_verdict(came)}"
    path, before, after = next(pairs(case.came, came))
    return f"{start} {Difference(path, before, after).at} is {shown(before)}, and would be {shown(after)}"


def _verdict(came: Parts) -> str:
    return f"rejected ({came['rejected']})" if "rejected" in came else "taken"
