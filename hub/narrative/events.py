"""What an operator reads of events: a list, and the whole story of one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.narrative.operations import FORMS, attempt, remark
from hub.narrative.systems import Systems, listed
from hub.narrative.table import fact, leaves, runnable, table, whole
from hub.narrative.wording import Clock

Told = Mapping[str, Any]


def events(told: Sequence[Told]) -> Iterator[str]:
    """A list of events, one on a line."""
    if not told:
        yield "No event is like that."
        return
    said = Clock.beginning("UTC", told[0]["received_at"])
    rows = [
        (said.brief(one["received_at"]), one["source"], one["topic"], _state(one), one["name"])
        for one in told
    ]
    yield from table(("received (UTC)", "source", "what", "state", "name"), rows)


def event(told: Told, options: str = "") -> Iterator[str]:
    """The whole story of one event."""
    said = Clock.beginning("UTC", told["received_at"])
    yield f"{told['topic']} of {told['source']}: {_state(told)}"
    yield ""
    yield from fact("event", f"{told['event']}, {told['name']}")
    yield from fact("received", f"{said.brief(told['received_at'])} UTC by {told['via']}; {told['signed']}")
    yield from fact("happened", f"{said.brief(told['at'])} UTC" if told.get("at") else "")
    yield from fact("times", "UTC")
    yield from _trouble(told, options)
    yield from _part("What it told" if told["values"] else f"What it told ({FORMS})", _record(told["raw"]))
    yield from _part("What was understood, by which line", _understood(told))
    yield from _part("Whose it is", _identity(told.get("identity"), said, options))
    yield from _part("What changed", _changed(told["changed"]))
    yield from _part("What went out", _sent(told["deliveries"], said, options))
    yield from _part("What it cost", _cost(told["cost"]))


def _state(one: Told) -> str:
    return f"{one['state']} ({one['reason']})" if one.get("reason") else str(one["state"])


def _trouble(told: Told, options: str) -> Iterator[str]:
    found = told.get("remedy")
    if found:
        yield from fact("why", found["why"])
        yield from fact("line", told.get("place", ""))
        yield from fact("who acts", found["owner"])
        yield from fact("what to do", runnable(found["hint"], options))


def _record(record: Any) -> Iterator[str]:
    if record is None:
        yield "  only that it changed; the record was fetched"
        return
    rows = list(leaves(record))
    width = max((len(name) for name, _ in rows), default=0)
    yield from (f"  {name:<{width}}  {text}" for name, text in rows)


def _understood(told: Told) -> Iterator[str]:
    for one in told["mapped"]:
        if one.get("reason"):
            yield f"  - {one.get('place') or one['mapping']}: {one['reason']}"
        fields = [(field["line"], field["field"], _plain(field["value"])) for field in one["fields"]]
        if fields:
            yield from table(("line", one["entity"], "value"), fields)
        for place in one.get("drift", ()):
            yield f"  - {place} did not get what it reads"


def _plain(value: Any) -> str:
    text = "; ".join(f"{name} {said}" if name else said for name, said in leaves(value))
    return text if len(text) <= 50 else text[:49] + "…"


def _identity(told: Told | None, said: Clock, options: str) -> Iterator[str]:
    if not told:
        return
    whose = f"customer {told['customer']}"
    yield (
        f"  - {whose}"
        if told["entity"] == "customer"
        else f"  - {told['entity']} {told['entity_id']} of {whose}"
    )
    record = told.get("record")
    came = record.get("came") if record else None
    if came and came["by"] != "hand":
        other = came["with"]
        with_ = f"{Systems(frozenset()).system(other['source'])} {other['resource'].partition('.')[0]}"
        by = came["by"].replace("_", " ")
        yield f"  - joined with {with_} by the same {by}, {said.brief(came['since'])}"
    elif came:
        yield f"  - joined by hand, {said.brief(came['since'])}"
    elif record:
        yield "  - its record is the first of this customer"
    yield f"  - all of it: hub customers explain {told['customer']}{options}"


def _changed(told: Sequence[Told]) -> Iterator[str]:
    for one in told:
        what = "new" if one.get("created") else listed([name.replace("_", " ") for name in one["changed"]])
        flows = one.get("decided", {})
        said = [f"{flow} {word or 'sent'}" for flow, word in sorted(flows.items())]
        yield f"  - {one['entity']} {one['id']}: {what}" + (f"; flows: {listed(said)}" if said else "")


def _sent(told: Sequence[Told], said: Clock, options: str) -> Iterator[str]:
    for one in told:
        reason = f" ({one['reason']})" if one.get("reason") else ""
        yield f"  - {one['destination']}: {one['state']}{reason}"
        for entry in one["log"]:
            yield f"      {said.brief(entry['at'])}: {attempt(entry, one['requests'])}"
        yield from (f"      they say {text}" for text in filter(None, [remark(one.get("said"))]))
        yield from whole("more", f"hub deliveries show '{one['id']}'{options}")


def _cost(told: Told) -> Iterator[str]:
    units = listed([f"{count:g} {name}" for name, count in told["units"].items() if count])
    yield from fact("about", f"{units}")
    yield from fact(
        "dollars",
        f"{told['dollars_per_million']:.2f} for a million such events, list prices of {told['prices_as_of']}",
    )


def _part(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", title, "-" * len(title), *found)
