"""A mapping proposed from sample records: the likeliest line of each field, and what else there is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from hub.accounts import Account
from hub.drift.shape import Path
from hub.entity import Entity
from hub.proposal.material import Material
from hub.proposal.offers import SURE, Bid, Offer

ALTERNATIVES: Final = 2

_SHARED = frozenset({"time", "date"})
"""Types of fields that may be read from one and the same path: an order is placed when it is created."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The line proposed for a field, and the next likely ones."""

    offer: Offer
    others: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The lines, the fields and parts that nothing was found for, and the paths that no line reads."""

    entity: Entity
    choices: tuple[Choice, ...]
    missing: tuple[str, ...]
    unread: tuple[Path, ...]

    @property
    def stands(self) -> bool:
        """Whether there is any line that counts."""
        return any(one.offer.stands for one in self.choices)

    def doubting(self, fields: Iterable[str]) -> "Proposal":
        """The proposal with the lines of these fields as comments: their values were not understood."""
        doubted = frozenset(fields)
        return replace(self, choices=tuple(_doubted(one, doubted) for one in self.choices))


def propose(records: Iterable[Any], entity: Entity, account: Account, empty: Any = None) -> Proposal:
    """The proposal for records that become an entity.

    `account`: whose country and time zone they are of; `empty`: what stands for no value there.
    """
    material = Material.of(records, empty)
    offers = _named(Bid(material, entity, account).offers(), material)
    chosen = _chosen(offers, entity)
    choices = tuple(Choice(offer, _others(offers[names], offer)) for names, offer in chosen.items())
    found = {one.offer.names[0] for one in choices}
    read = {path for one in choices if one.offer.sure for path in one.offer.reads}
    known = [*material.scalars, *material.lists]
    unread = tuple(path for path in known if not any(path[: len(one)] == one for one in read))
    missing = tuple(name for name in entity.fields if name not in found)
    return Proposal(entity, choices, missing, unread)


def _chosen(offers: dict[tuple[str, ...], list[Offer]], entity: Entity) -> dict[tuple[str, ...], Offer]:
    """The likeliest offers, so that no two fields read the same; in the order of the entity's fields."""
    taken: set[Path] = set()
    chosen: dict[tuple[str, ...], Offer] = {}
    every = (offer for some in offers.values() for offer in some)
    for offer in sorted(every, key=lambda one: -one.likely):
        shared = entity.fields[offer.names[0]].type in _SHARED
        if offer.names not in chosen and (shared or offer.reads[0] not in taken):
            chosen[offer.names] = offer
            taken |= set() if shared else {offer.reads[0]}
    return {names: chosen[names] for names in offers if names in chosen}


def _others(some: list[Offer], chosen: Offer) -> tuple[Offer, ...]:
    return tuple(one for one in some if one.source != chosen.source)[:ALTERNATIVES]


def _doubted(one: Choice, fields: frozenset[str]) -> Choice:
    if not one.offer.sure or one.offer.names[0] not in fields:
        return one
    offer = replace(one.offer, likely=SURE - 0.01, why=f"{one.offer.why}, but not understood")
    return replace(one, offer=offer)


def _named(
    offers: dict[tuple[str, ...], list[Offer]], material: Material
) -> dict[tuple[str, ...], list[Offer]]:
    """`name` is a given name beside a family name; by itself, of several words, it is a whole one."""
    given, family = offers.get(("given_name",), []), offers.get(("family_name",), [])
    beside = bool(family) and family[0].sure
    told = [_given(one, beside, material) for one in given]
    return {**offers, **({("given_name",): sorted(told, key=lambda one: -one.likely)} if told else {})}


def _given(offer: Offer, beside: bool, material: Material) -> Offer:
    source = material.scalars[offer.reads[0]]
    if offer.likely > 0.65:
        return offer
    if beside:
        return replace(offer, likely=offer.likely + 0.25)
    several = any(isinstance(value, str) and len(value.split()) > 1 for value in source.values)
    return replace(offer, likely=offer.likely * (0.6 if several else 1.0))
