"""What each canonical field might be read from, the likeliest first."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from hub.accounts import Account
from hub.drift.forms import form
from hub.drift.shape import Path
from hub.entity import Entity, Field
from hub.proposal.fitness import PROVEN, UNSEEN, fitness, word
from hub.proposal.material import Material, Source
from hub.proposal.names import likeness, words
from hub.proposal.words import ADDRESSES, DELIVERY, ELSEWHERE, OWN
from hub.values import ADDRESS, normalise

SURE: Final = 0.5
"""From here on an offer is a line, below it a comment."""

POSSIBLE: Final = 0.4
"""Less likely than this it is not even an alternative."""

_ONLY_VALUE: Final = {"email": 0.55, "phone": 0.5}
"""Types whose values alone say what they are, where only one path has such."""

_PLAIN = re.compile(r"[A-Za-z_]\w*")
_MINOR = frozenset({"cents", "centavos", "centimos", "minor"})
_UTC = frozenset({"gmt", "utc"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to fill a field. `names`: of the field, outermost first; `source`: the expression.

    `reads`: the paths in it; `likely`: from 0 to 1; `why`: what speaks for it. `lookup`: the vendor's word
    -> ours. `items`: what fills the items of a list. `seen`: whether a sample has a value there.
    """

    names: tuple[str, ...]
    source: str
    reads: tuple[Path, ...]
    likely: float
    why: str
    lookup: dict[str, str] | None = None
    items: tuple["Offer", ...] = field(default=())
    seen: bool = True

    @property
    def target(self) -> str:
        """The field as people write it."""
        return ".".join(self.names)

    @property
    def sure(self) -> bool:
        """Whether it is likely enough."""
        return self.likely >= SURE

    @property
    def stands(self) -> bool:
        """Whether it is a line that counts: what no sample shows cannot be tested yet."""
        return self.sure and self.seen


@dataclass(frozen=True, slots=True)
class Bid:
    """Who asks: the records, the entity they shall become, and the account that they are of."""

    material: Material
    entity: Entity
    account: Account
    prefix: Path = ()
    currencies: tuple[Path, ...] = ()

    def offers(self) -> dict[tuple[str, ...], list[Offer]]:
        """The offers of each field and part, the likeliest first."""
        found: dict[tuple[str, ...], list[Offer]] = {}
        for one in self.entity.fields.values():
            for offer in self._field(one):
                found.setdefault(offer.names, []).append(offer)
        return {names: sorted(some, key=_order) for names, some in found.items()}

    def _field(self, one: Field) -> Iterator[Offer]:
        if one.type == "address":
            yield from self._address(one)
        elif one.type == "list" and one.of:
            yield from self._list(one)
        else:
            yield from self.scalars(one, (one.name,), one.type, one.name)

    def scalars(self, one: Field, names: tuple[str, ...], type: str, key: str) -> Iterator[Offer]:
        """The offers for a value of a type; `key`: of the vocabulary."""
        lists = self.material.lists.values() if type == "list" else ()
        fits = [
            (source, fitness(one, type, source.values, self.account))
            for source in (*self.material.scalars.values(), *lists)
        ]
        proven = [source for source, fit in fits if fit == PROVEN]
        alone = type in _ONLY_VALUE and len(proven) == 1
        for source, fit in fits:
            name = likeness(key, source.path, self.entity.name) if fit else 0.0
            if name or (alone and fit == PROVEN):
                yield from self._priced(one, names, type, source, name, fit)

    def _priced(
        self, one: Field, names: tuple[str, ...], type: str, source: Source, name: float, fit: float
    ) -> Iterator[Offer]:
        worth = (name * fit if name else _ONLY_VALUE[type]) - self._distance(source.path)
        worth += 0.01 * bool(_UTC & set(source.path[-1].lower().split("_")))
        why = _why(name, fit)
        if type == "money":
            made = self._money(names, source, worth, why)
        elif one.values and type == "text":
            made = _looked_up(one, names, self._text(source), source, worth)
        else:
            text = self._converted(type, source)
            made = Offer(names, text, (source.path,), worth, why)
        if made.likely >= POSSIBLE:
            yield replace(made, seen=bool(source.values))

    def _distance(self, path: Path) -> float:
        """How far from the record's home a path is, and whether it is another thing's."""
        home = self.material.home
        common = next((n for n, (a, b) in enumerate(zip(path, home, strict=False)) if a != b), len(home))
        between = [word for name in path[common:-1] for word in words(name)]
        foreign = _FOREIGN.get(self.entity.name, ELSEWHERE) & set(between)
        steps = max(len(path) - 1 - common, 0) + (len(home) - common)
        return 0.04 * steps + 0.5 * bool(foreign) + 0.1 * bool(DELIVERY & set(between))

    def _address(self, one: Field) -> Iterator[Offer]:
        """The parts of the one object that holds most of an address."""
        groups: dict[Path, list[Offer]] = {}
        for part in ADDRESS:
            best: dict[Path, Offer] = {}
            for offer in self._part(one, part):
                above = offer.reads[0][:-1]
                best[above] = max(best.get(above, offer), offer, key=lambda some: some.likely)
            for above, offer in best.items():
                groups.setdefault(above, []).append(offer)
        if groups:
            yield from max(groups.items(), key=lambda item: (_homeliness(*item), -len(item[0])))[1]

    def _part(self, one: Field, part: str) -> Iterator[Offer]:
        type = "country" if part == "country" else "text"
        for source in self.material.scalars.values():
            name = likeness(f"{one.name}.{part}", source.path, self.entity.name)
            fit = fitness(one, type, source.values, self.account)
            code = part == "country" and source.values and form(source.value) != "country"
            worth = name * fit - 0.03 * bool(code)
            if worth >= POSSIBLE:
                made = Offer((one.name, part), self._text(source), (source.path,), worth, _why(name, fit))
                yield replace(made, seen=bool(source.values))

    def _list(self, one: Field) -> Iterator[Offer]:
        for source in self.material.lists.values():
            rows = [row for items in source.values for row in items if isinstance(row, dict)]
            name = likeness(one.name, source.path, self.entity.name)
            if rows and name >= POSSIBLE:
                inner = Bid(Material.of(rows), self.entity, self.account, ("line",), self._currencies())
                items = tuple(inner.rows(one))
                worth = name * (0.6 + 0.4 * len(items) / len(one.of)) - self._distance(source.path)
                if len(items) >= 2 and worth >= POSSIBLE:
                    yield Offer(
                        (one.name,), self._text(source), (source.path,), worth, "name and items", None, items
                    )

    def rows(self, one: Field) -> Iterator[Offer]:
        """The likeliest offer for each of the fields of a list's items."""
        for name, type in one.of.items():
            part = Field(name, type)
            found = sorted(self.scalars(part, (name,), type, f"{one.name}.{name}"), key=_order)
            yield from found[:1]

    def _money(self, names: tuple[str, ...], source: Source, worth: float, why: str) -> Offer:
        currency = self.material.near(source.path, self._own_currencies())
        outer = None if currency else next(iter(self.currencies), None)
        written = path_text((*self.prefix, *currency)) if currency else path_text(outer) if outer else ""
        function, sure = self._unit(source, currency)
        reads = (source.path, *([currency] if currency else []))
        if not written:
            source_text = f"money({self._text(source)}, currency)"
            return Offer(names, source_text, reads, worth * 0.5, f"{why}, no currency beside it")
        return Offer(names, f"{function}({self._text(source)}, {written})", reads, worth * sure, why)

    def _unit(self, source: Source, currency: Path | None) -> tuple[str, float]:
        """The function for an amount, and how sure: whole ones with their own currency may be cents."""
        if _MINOR & set(words(source.path[-1])):
            return "minor", 1.0
        own = currency is not None and currency[:-1] == source.path[:-1] and self._is_small(currency[:-1])
        whole = all(isinstance(value, int) for value in source.values)
        return ("minor", 0.85) if own and whole and source.values else ("money", 1.0)

    def _is_small(self, above: Path) -> bool:
        return len([path for path in self.material.scalars if path[:-1] == above]) <= 3

    def _own_currencies(self) -> tuple[Path, ...]:
        return tuple(
            source.path
            for source in self.material.scalars.values()
            if source.values and all(form(value) == "currency" for value in source.values)
        )

    def _currencies(self) -> tuple[Path, ...]:
        """The outer record's currencies, the nearest to its top first."""
        return tuple(sorted(self._own_currencies(), key=lambda path: (len(path), path)))

    def _converted(self, type: str, source: Source) -> str:
        text = self._text(source)
        if type == "time" and _UTC & set(source.path[-1].lower().split("_")):
            return f"time({text}, 'UTC')"
        if type == "phone" and source.values and not any(map(self._is_phone, source.values)):
            return f"concat('+', {text})"
        if type == "list" and isinstance(source.value, str):
            return f"split({text}, '{', ' if ', ' in source.value else ','}')"
        return text

    def _is_phone(self, value: object) -> bool:
        try:
            normalise("phone", value, region=self.account.country)
        except ValueError:
            return False
        return True

    def _text(self, source: Source) -> str:
        return path_text((*self.prefix, *source.path))


def path_text(path: Path) -> str:
    """A path as an expression."""
    return ".".join(name if _PLAIN.fullmatch(name) else f'"{name}"' for name in path)


def _looked_up(one: Field, names: tuple[str, ...], text: str, source: Source, worth: float) -> Offer:
    """A lookup of the words that were seen, "?" for those that are none of ours; they make it less likely."""
    lookup = {value: word(value, one.values) or "?" for value in dict.fromkeys(source.values)}
    known = [ours for ours in lookup.values() if ours != "?"]
    part = 1.0 if known and len(known) == len(lookup) else 0.75 if known else 0.5
    why = {1.0: "name and words", 0.75: "name and some words"}.get(part, "name, its words are not ours")
    return Offer(names, text, (source.path,), worth * part, why, lookup or None)


def _homeliness(above: Path, found: Iterable[Offer]) -> float:
    near = set(words(above[-1])) if above else set()
    return sum(one.likely for one in found) + 0.3 * bool(ADDRESSES & near) - bool(DELIVERY & near)


def _order(offer: Offer) -> tuple[float, int, str]:
    return -offer.likely, len(offer.reads[0]), offer.source


def _why(name: float, fit: float) -> str:
    if not name:
        return "value"
    return "name and value" if fit == PROVEN else "name, no value seen" if fit == UNSEEN else "name"


_FOREIGN: Final = {
    entity: ELSEWHERE.union(*(said for other, said in OWN.items() if other != entity))
    | (frozenset() if entity == "customer" else ADDRESSES)
    for entity in OWN
}
"""Entity -> words of the names above a path that make it another thing's."""
