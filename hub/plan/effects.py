"""What differs between two worlds: who is who, what is known of them, and the calls to other systems."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hub.catalog import Catalog
from hub.keys import told
from hub.mapping import ABSENT
from hub.messages import dumps
from hub.plan.consequences import Known, Made, World
from hub.plan.differences import differing
from hub.plan.edits import UNFELT
from hub.plan.masks import leaves, name_of

OPEN_HEADERS = (("accept",), ("content-type",))
"""Headers whose values are nobody's."""


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Records of an entity that would be one and are several now (`joined`), or the other way round."""

    entity: str
    joined: bool
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """One value that differs: of an entity's field, or of a call's url, header or body. ABSENT for none."""

    name: str
    before: Any
    after: Any
    personal: bool


@dataclass(frozen=True, slots=True)
class CallChange:
    """A call that would be made (`before` None), not be made (`after` None) or be made otherwise."""

    destination: str
    request: str
    kind: str
    entity: str
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery that ends otherwise: "" where it ends well or is not begun."""

    destination: str
    before: str
    after: str


def regroupings(before: World, after: World, catalogs: Sequence[Catalog]) -> Iterator[Regrouping]:
    """The records that both worlds know and group otherwise."""
    for joined, ones, others in ((True, before, after), (False, after, before)):
        home = {(one.entity, record): one.id for one in ones.known for record in one.records}
        for known in others.known:
            apart: dict[str, str] = {}
            for record in sorted(known.records):
                if (known.entity, record) in home:
                    apart.setdefault(home[known.entity, record], _record(record, known, catalogs))
            if len(apart) > 1:
                yield Regrouping(known.entity, joined, tuple(apart.values()))


def profiles(before: World, after: World, catalogs: Sequence[Catalog]) -> Iterator[tuple[str, Detail]]:
    """Entity and field that would be known otherwise in the end, once per entity of both worlds."""
    olds = {(one.entity, one.id): one for one in before.known}
    for one in after.known:
        old = olds.get((one.entity, one.id))
        for names, was, now in differing(old.fields, one.fields) if old else ():
            masked = any(is_personal(catalog, one.entity, names[0]) for catalog in catalogs)
            yield one.entity, Detail(_name(names), was, now, masked)


def call_changes(before: World, after: World, harmless: "Harmless") -> Iterator[CallChange]:
    """The calls that differ, those for one thing beside each other; calls that say the same are one."""
    olds, news = _by_content(before.calls), _by_content(after.calls)
    gone = _by_key(call for content, call in olds.items() if content not in news)
    come = _by_key(call for content, call in news.items() if content not in olds)
    for key in sorted(gone.keys() | come.keys()):
        was, now = gone.get(key, []), come.get(key, [])
        for old, new in zip(was, now, strict=False):
            details = tuple(_details(old, new, harmless))
            yield CallChange(old.destination, old.request, "changed", old.about[0], details)
        for kind, rest in (("removed", was[len(now) :]), ("added", now[len(was) :])):
            yield from (CallChange(one.destination, one.request, kind, one.about[0]) for one in rest)


def troubles(before: World, after: World) -> Iterator[Trouble]:
    """The deliveries that would not end as they did."""
    for about in sorted(before.troubles.keys() | after.troubles.keys()):
        was, now = before.troubles.get(about, ""), after.troubles.get(about, "")
        if was != now:
            yield Trouble(about[0], was, now)


class Harmless:
    """Values that may be shown: those of fields that are not personal, and those that the files spell out."""

    def __init__(self, catalogs: Sequence[Catalog], worlds: Sequence[World]) -> None:
        self._known: set[str] = set()
        self._personal: set[str] = set()
        for one in (known for world in worlds for known in world.known):
            for name, value in one.fields.items():
                masked = any(is_personal(catalog, one.entity, name) for catalog in catalogs)
                (self._personal if masked else self._known).update(map(_plain, leaves(value)))
        documents = [document for catalog in catalogs for _, document in catalog.documents]
        self._texts = {_plain(text) for document in documents for text in _words(_felt(document.data))}
        self._written = "\n".join(self._texts)

    def __call__(self, value: Any) -> bool:
        """Whether all that is in a value may be shown."""
        return all(self._leaf(leaf) for leaf in leaves(value))

    def _leaf(self, leaf: Any) -> bool:
        if isinstance(leaf, bool) or leaf is ABSENT:
            return True
        text = _plain(leaf)
        if text in self._personal:
            return False
        return text in self._known or text in self._texts or f"'{text}'" in self._written


def is_personal(catalog: Catalog, entity: str, name: str) -> bool:
    """Whether a field of an entity is personal, or tells who somebody is."""
    known = catalog.entities.get(entity)
    field = known.fields.get(name) if known else None
    return field is not None and (field.pii or bool(field.identifies))


def _record(pk: str, known: Known, catalogs: Sequence[Catalog]) -> str:
    where = told(pk)
    declared = [
        catalog.entities[known.entity].fields for catalog in catalogs if known.entity in catalog.entities
    ]
    personal = (
        value
        for name, value in known.fields.items()
        if any(fields[name].pii for fields in declared if name in fields)
    )
    return f"{where.source} {where.resource} {name_of(where.id, personal)}"


def _by_content(calls: Iterable[Made]) -> dict[str, Made]:
    """The first call of each destination that says this, by what it says."""
    found: dict[str, Made] = {}
    for call in calls:
        found.setdefault(dumps([call.destination, call.request, call.url, call.headers, call.body]), call)
    return found


def _by_key(calls: Iterable[Made]) -> dict[tuple[str, ...], list[Made]]:
    found: dict[tuple[str, ...], list[Made]] = defaultdict(list)
    for call in calls:
        found[call.key].append(call)
    return found


def _details(old: Made, new: Made, harmless: Harmless) -> Iterator[Detail]:
    if old.url != new.url:
        here, there = (urlsplit(one.url).netloc for one in (old, new))
        yield (
            Detail("host", here, there, False)
            if here != there
            else Detail("url", _path(old), _path(new), True)
        )
    for part, was, now in (("headers", old.headers, new.headers), ("body", old.body, new.body)):
        for names, one, other in differing(was, now):
            masked = names[:1] not in OPEN_HEADERS and not (harmless(one) and harmless(other))
            yield Detail(_name(names if part == "body" else (part, *names)) or part, one, other, masked)


def _path(call: Made) -> str:
    return urlsplit(call.url)._replace(scheme="", netloc="").geturl()


def _name(names: Sequence[str]) -> str:
    return ".".join(names).replace(".[]", "[]")


def _plain(value: Any) -> str:
    """A text by which a number and its decimal text are one."""
    if isinstance(value, bool):
        return str(value)
    try:
        return f"{float(value):.6f}"
    except (TypeError, ValueError, OverflowError):
        return str(value)


def _words(value: Any) -> Iterator[Any]:
    """All values and names inside of a file."""
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _words(inner)
    else:
        yield value


def _felt(data: Any) -> Any:
    """A file without what only people read of it."""
    return (
        {name: value for name, value in data.items() if name not in UNFELT}
        if isinstance(data, dict)
        else data
    )
