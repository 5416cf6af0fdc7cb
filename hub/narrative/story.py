"""Why somebody is one customer, as a story: how the records came together, what each field rests on."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.narrative.fields import fields
from hub.narrative.identifiers import quiet
from hub.narrative.past import decisions
from hub.narrative.systems import Systems, counted, listed
from hub.narrative.wording import Clock, identifier, paragraph, point, value

Told = Mapping[str, Any]


def story(told: Told, *, zone: str = "") -> Iterator[str]:
    """The lines of an explanation. `zone`: of the times; the customer's systems' own where it is empty."""
    systems, clock = Systems.of(told), _clock(told, zone)
    yield f"Customer {told['id']}"
    yield ""
    yield from origins(told, zone=zone)
    yield from _part("What joins nobody", quiet(told, systems))
    yield from _part("Why each field says what it says", fields(told["fields"], systems, clock))
    yield from _part("When customers were put together or taken apart", decisions(told, systems, clock))


def origins(told: Told, *, zone: str = "") -> Iterator[str]:
    """The first part of the story: who it is, and how the records came together."""
    systems, clock = Systems.of(told), _clock(told, zone)
    several = len(told["records"]) > 1
    title = "How we know that it is one person" if several else "Where it comes from"
    yield from paragraph(_who(told, systems, clock))
    yield from _part(title, _origins(told, systems, clock))


def _clock(told: Told, zone: str) -> Clock:
    first = told["records"][0]
    return Clock.beginning(zone or told["time_zone"], (first["first"] or {}).get("at", first["created_at"]))


def _part(title: str, lines: Iterator[str]) -> Iterator[str]:
    """A part with its title, none where it has nothing to say."""
    found = list(lines)
    if found:
        yield from ("", title, "-" * len(title), *found)


def _who(told: Told, systems: Systems, clock: Clock) -> str:
    names = [
        told["fields"][name]["value"] for name in ("given_name", "family_name") if name in told["fields"]
    ]
    name = " ".join(map(value, names)) or "This customer"
    known = list(dict.fromkeys(systems.system(one["source"]) for one in told["records"]))
    where = f"in {len(known)} systems: {listed(known)}" if len(known) > 1 else f"only in {listed(known)}"
    count = counted(len(told["records"]), "record")
    merged = (
        f" The number {told['merged_from']} belongs to this customer, too." if "merged_from" in told else ""
    )
    return f"{name} is known {where} ({count}). All times are {clock.name}.{merged}"


def _origins(told: Told, systems: Systems, clock: Clock) -> Iterator[str]:
    """How each record came, in the order in which they did."""
    first, *others = told["records"]
    yield from paragraph(_beginning(first, told, systems, clock))
    for record in others:
        yield from point(_came(record, systems, clock))


def _beginning(record: Told, told: Told, systems: Systems, clock: Clock) -> str:
    first = record["first"]
    if first is None:
        return f"It began with {systems.record(record)}, {clock.full(record['created_at'])}."
    what = first.get("entity", "customer")
    system = systems.system(record["source"])
    began = f"a {what} in {system}" if what not in ("customer", "") else systems.record(record)
    left = next((one for one in told["identifiers"] if _told_by(one, record, first["at"])), None)
    said = f" with {identifier(left['name'], left['value'])}" if left else ""
    return f"It began with {began}, {clock.full(first['at'])}{said}."


def _told_by(known: Told, record: Told, at: str) -> bool:
    return any(_same(one, record) and one.get("at") == at for one in known["told"])


def _came(record: Told, systems: Systems, clock: Clock) -> str:
    came, name = record["came"], _capital(systems.record(record))
    if came is None:
        return f"{name} was put here; what joined it cannot be seen at this moment."
    other = systems.record(came["with"])
    if came["by"] == "hand":
        who = came["actor"] or "An operator"
        why = f": “{came['reason']}”" if came["reason"] else ""
        return f"{name} was joined with {other} by hand, by {who}, {clock.full(came['since'])}{why}."
    also = [one.replace("_", " ") for one in record["also"] if one != came["by"]]
    more = f" They share the {listed(also)} as well." if also else ""
    return f"{name} {_because(came, other, systems, clock)}{more}"


def _because(came: Told, other: str, systems: Systems, clock: Clock) -> str:
    here, there = came["here"], came["there"]
    what, system = identifier(came["by"], came["value"]), systems.system(here["source"])
    if here.get("repeated"):
        return (
            f"belongs here because this hub keeps it up to date: it wrote {what} there, and {system} "
            f"confirmed it on {clock.brief(here['at'])}."
        )
    earlier, later = sorted((there, here), key=lambda side: str(side["at"]))
    one, two = clock.pair(earlier["at"], later["at"])
    return (
        f"is the same person as {other}, because both gave {what} "
        f"({_side(earlier, systems)} {one}, {_side(later, systems)} {two})."
    )


def _side(side: Told, systems: Systems) -> str:
    """Who told it; by what, where it was not the record itself."""
    what = side.get("entity", "customer")
    system = systems.system(side["source"])
    by_record = what in ("customer", "")
    return system if by_record else f"{'an' if what[0] in 'aeiou' else 'a'} {what} in {system}"


def _same(one: Told, other: Told) -> bool:
    return all(one[name] == other[name] for name in ("source", "resource", "id"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
