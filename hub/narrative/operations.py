"""What an operator reads of deliveries and of what is parked: lists, groups, one delivery, a replay."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hub.narrative.systems import counted, listed
from hub.narrative.table import fact, leaves, runnable, table, whole
from hub.narrative.wording import Clock

Told = Mapping[str, Any]
DONE = ("ok", "done")
NOTHING = "Nothing is like that: nothing would be sent again."
FORMS = "a stands for a letter, 9 for a digit; --values shows them"


def clock(told: Iterable[Told], zone: str = "UTC") -> Clock:
    """A clock for things that have a time `at` (or `last`)."""
    times = sorted(str(one.get("at") or one.get("last") or "") for one in told)
    return Clock.beginning(zone, times[0]) if times and times[0] else Clock(zone)


def deliveries(told: Sequence[Told]) -> Iterator[str]:
    """A list of deliveries, one on a line."""
    if not told:
        yield "No delivery is like that."
        return
    said = clock(told)
    rows = [(said.brief(one["at"]), _subject(one), *_state(one, said), one["id"]) for one in told]
    yield from table(("tried (UTC)", "what", "state", "why", "id"), rows)


def counts(told: Sequence[Told]) -> Iterator[str]:
    """How many deliveries there are, by destination and state."""
    if not told:
        yield "No delivery is like that."
        return
    rows = [(one["destination"], one["state"], str(one["count"])) for one in told]
    yield from table(("destination", "state", "how many"), rows)


def parked(told: Sequence[Told]) -> Iterator[str]:
    """What is parked, one on a line."""
    if not told:
        yield "Nothing is parked."
        return
    said = clock(told)
    rows = [(said.brief(one["at"]), _subject(one), *_state(one, said), one["id"]) for one in told]
    yield from table(("tried (UTC)", "what", "state", "why", "id"), rows)


def groups(told: Sequence[Told], options: str = "") -> Iterator[str]:
    """Failures by what they have in common, the largest group first."""
    if not told:
        yield "Nothing is parked."
        return
    total = sum(group["count"] for group in told)
    said = clock({"at": group["first"]} for group in told)
    yield f"{total} parked, in {counted(len(told), 'group')}. Times are UTC."
    for group in told:
        yield ""
        yield from _group(group, said, options)


def delivery(told: Told, options: str = "") -> Iterator[str]:
    """The whole story of one delivery."""
    said = clock([told, *told["log"]])
    why = " ".join(filter(None, [told["state"], f"({told['reason']})" if told.get("reason") else ""]))
    yield f"{_subject(told)}: {why}"
    yield ""
    yield from _facts(told, said, options)
    yield from fact("times", "UTC")
    yield from _part("What was tried", _attempts(told["log"], said, told["requests"]))
    yield from _part("What was worked out, and not sent", _record(told["would"], {}))
    yield from _part("What would come of it now", _now(told["now"]))
    if told["state"] not in DONE:
        yield from ("", *whole("again", f"hub replay --id '{told['id']}' --preview{options}"))


def left_out(skipped: Iterable[Told]) -> Iterator[str]:
    """What a replay does not send, and why."""
    for one in skipped:
        yield f"  not {one['id']}: {_LEFT_OUT.get(one['reason'], one['reason'])}"


_LEFT_OUT = {
    "done": "it is done already; --again writes it a second time",
    "done-once": "it is done, and such a thing is never done twice",
    "unknown": "there is nothing of this name",
    "not-in-the-archive": "its raw text is not in the archive any more",
}


def preview(told: Told, options: str = "") -> Iterator[str]:
    """What a replay would do. `told`: counts by state and place, seconds, what a sample would come to."""
    if not told["count"]:
        yield "Nothing would be sent again." if told["skipped"] else NOTHING
        yield from left_out(told["skipped"])
        return
    places = [f"{count} to {place}" for place, count in sorted(told["places"].items())]
    states = [f"{count} {state}" for state, count in sorted(told["states"].items())]
    yield f"{told['count']} would be sent again: {listed(places)} ({listed(states)} now)."
    if done := sum(told["states"].get(state, 0) for state in DONE):
        yield f"{done} of them {'is' if done == 1 else 'are'} done already: this writes it a second time."
    yield from left_out(told["skipped"])
    takes = _duration(told["seconds"])
    yield f"At {told['rate']:g} a second that takes about {takes}; live traffic goes first."
    yield from _foreseen(told["sample"], values=told["values"])
    if told["cap"] < told["count"]:
        yield f"That is more than the cap of {told['cap']}: say --cap {told['count']}."
    yield ""
    yield from whole("do it", f"hub replay {told['words']}{options}")


def replayed(told: Told, options: str = "") -> Iterator[str]:
    """What a replay did, and where to look how it goes on."""
    if not told["sent"] and not told["skipped"]:
        yield "Nothing is like that: nothing was sent again."
        return
    yield f"{told['sent']} queued" + (f" as replay {told['replay']}." if told["sent"] else ".")
    yield from left_out(told["skipped"])
    yield from told["switched"]
    if told["states"]:
        yield from counts(told["states"])
    if told["next"]:
        yield from ("The others:", f"  hub replay {told['words']}{options} --after '{told['next']}'")
    if told["deliveries"]:
        yield from ("How they do:", f"  hub deliveries --replay {told['replay']} --count{options}")
    elif told["sent"]:
        yield f"What became of them: hub parked --groups{options}"


def remark(said: Told | None) -> str:
    """What is kept of a vendor's words: `VAL-014: tax_id … has no check digit`."""
    told = said or {}
    kept = (told.get("code"), told.get("words") or told.get("message"))
    return ": ".join(str(one) for one in kept if one)


def attempt(entry: Told, requests: Told | None = None) -> str:
    """What an attempt came to, and its calls: `rejected status-422; create POST /invoices 422 (12 ms)`."""
    calls = made(entry.get("calls", ()), requests or {})
    result = " ".join(filter(None, [entry["result"], entry.get("reason")]))
    return f"{result}; {calls or 'no call was made'}"


def made(calls: Iterable[Sequence[Any]], requests: Told) -> str:
    """The calls of an attempt. `requests`: what each asks for."""

    def asked(name: str) -> str:
        found = requests.get(name.partition(" ")[0])
        return f"{name} {found['request']}" if found else name

    return ", ".join(f"{asked(name)} {status} ({spent} ms)" for name, status, spent in calls)


def _group(group: Told, said: Clock, options: str) -> Iterator[str]:
    place = group.get("destination") or group.get("source") or group.get("flow") or group["kind"]
    yield f"{group['count']} × {place}: {group['why']}   [group {group['group']}]"
    when = said.brief(group["first"])
    until = "" if group["first"] == group["last"] else f" to {said.brief(group['last'])}"
    yield from fact("state", " ".join(filter(None, [group.get("state"), group.get("reason")])))
    yield from fact("they say", remark(group.get("said")))
    yield from fact("when", when + until)
    yield from fact("who acts", group["owner"])
    yield from fact("what to do", runnable(group["hint"], options))
    show = "deliveries show" if group["kind"] in ("delivery", "act") else "events show"
    yield from whole("one of it", f"hub {show} '{group['example']}'{options}")
    yield from whole("preview", f"{group['replay']} --preview{options}")
    yield from whole("replay", f"{group['replay']}{options}")


def _subject(one: Told) -> str:
    """`order → factura.main.invoice`, `shopify.co order`."""
    if one.get("destination"):
        return f"{one.get('entity') or one.get('kind')} → {one['destination']}"
    return " ".join(filter(None, [one.get("source"), one.get("resource") or one.get("kind")]))


def _state(one: Told, said: Clock) -> tuple[str, str]:
    due = f", again {said.brief(one['due_at'])}" if one.get("due_at") else ""
    told = remark(one.get("said")) or one.get("place") or ""
    reason = one.get("reason") or ""
    return str(one.get("state") or one["kind"]) + due, _cut(f"{reason}: {told}" if told else reason)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _facts(told: Told, said: Clock, options: str) -> Iterator[str]:
    event = told.get("event") or {}
    origin = f"{event['topic']} of {event['source']}, {said.brief(event['at'])}, " if "topic" in event else ""
    flow = f"{told['flow']} ({told['flow_line']})" if told.get("flow_line") else told["flow"]
    yield from fact("flow", flow)
    yield from fact("caused by", f"{origin}event {event.get('name') or event['event']}" if event else "")
    yield from fact("about", f"{told['entity']} {told['entity_id']}" + _of(told))
    yield from fact("id there", str(told.get("remote") or ""))
    yield from fact("they say", remark(told.get("said")))
    yield from fact("why", told["why"] or "")
    yield from fact("line", told.get("place") or ", ".join(dict.fromkeys(told["lines"].values())))
    yield from fact("who acts", told["owner"] or "")
    yield from fact("what to do", runnable(told["hint"] or "", options))
    yield from fact("again", said.brief(told["due_at"]) if told.get("due_at") else "")
    yield from fact("group", f"{told['group']}: hub parked --groups{options}" if told.get("group") else "")


def _of(told: Told) -> str:
    mine = told["entity"] == "customer" or not told.get("customer")
    return "" if mine else f" of customer {told['customer']}"


def _attempts(log: Sequence[Told], said: Clock, requests: Told) -> Iterator[str]:
    if earlier := log[0].get("earlier") if log else None:
        yield f"  - {counted(earlier, 'earlier attempt')}, of which no more is kept"
    for entry in log:
        times = f", {entry['times']} times since {said.brief(entry['first'])}" if "times" in entry else ""
        yield f"  - {said.brief(entry['at'])}{times}: {attempt(entry, requests)}"


def _now(now: Told) -> Iterator[str]:
    words = {
        "write": "It would be written.",
        "refused-again": "It would be refused again: what would be sent is exactly what was refused.",
        "unchanged": "Nothing: it has all this already.",
        "fail": f"It would fail: {now.get('reason')} at {now.get('place', 'no line')}.",
    }
    yield "  " + words.get(now["would"], f"It would not be sent: {now['would']}.")
    yield from (f"  {one}" for one in switched([now], "it"))
    lines, there = now.get("lines", {}), now.get("there", {})
    apart = {name: state for name, state in there.items() if state != "same"}
    if there:
        said = [f"{_part_of(name)}{_line(lines.get(name))}: {_THERE[state]}" for name, state in apart.items()]
        yield from (f"  - {one}" for one in said or ["what is there is the same"])
    yield from _record(now.get("record"), _news(now))
    yield from (f"  {one}" for one in _since_refused([now]))


_THERE = {"nothing": "nothing is there yet", "other": "something else is there"}


def _part_of(name: str) -> str:
    return "the rest of the record" if name == "rest" else name


def _line(place: str | None) -> str:
    return f" ({place})" if place else ""


def _record(record: Any, notes: Told) -> Iterator[str]:
    """The members of a record. `notes`: by their path, what is said of them."""
    if not record:
        return
    rows = list(leaves(record))
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        note = f"   <- {notes[name]}" if name in notes else ""
        yield f"      {name:<{width}}  {text}{note}"


def _news(one: Told) -> dict[str, str]:
    """What is said of the members that have changed since the record was refused."""
    return {
        part["member"]: f"changed ({part['line']})" if part["line"] else "changed"
        for part in one.get("changed", ())
    }


def _since_refused(sample: Sequence[Told]) -> Iterator[str]:
    """What has changed since they were refused."""
    found = dict.fromkeys(
        f"{part['member'] or 'the record'}{_line(part['line'])}"
        for one in sample
        for part in one.get("changed", ())
    )
    otherwise = any(one.get("asked_otherwise") for one in sample)
    names = [*found, *(["how the vendor is asked (the connector, or the account's line)"] * otherwise)]
    if names:
        yield f"Changed since it was refused: {listed(names)}."


def switched(sample: Sequence[Told], what: str) -> Iterator[str]:
    """What the accounts' switches would make of what was foreseen."""
    for account, but in dict.fromkeys((one["account"], one["but"]) for one in sample if one.get("but")):
        held = {one["switch"] for one in sample if one.get("account") == account}
        said = "All accounts are" if held == {"*"} else f"{account} is" if account in held else "The stack is"
        yield (
            f"{said} paused: {what} would wait."
            if but == "paused"
            else f"{said} in a dry run: {what} would be worked out, and not sent."
        )


def _part(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", title, "-" * len(title), *found)


def _foreseen(sample: Sequence[Told], *, values: bool) -> Iterator[str]:
    """What would come of those that were looked at, and one of them."""
    if not sample:
        return
    counts: dict[str, int] = {}
    for one in sample:
        word = _would(one)
        counts[word] = counts.get(word, 0) + 1
    said = listed([f"{count} would {word}" for word, count in sorted(counts.items())])
    yield f"Of {len(sample)} that were looked at, {said}."
    if again := [one for one in sample if one["would"] == "refused-again"]:
        whom = "They" if len(again) == len(sample) else "Those"
        yield f"{whom} will be refused again: nothing has changed here since."
    yield from _since_refused(sample)
    yield from switched(sample, "they")
    for one in [one for one in sample if one.get("record")][:1]:
        yield "The first of them:" if values else f"The first of them ({FORMS}):"
        yield from _record(one["record"], _news(one))


def _would(one: Told) -> str:
    at = f" at {one['place']}" if one.get("place") else ""
    said = str(one["would"])
    return f"fail ({one.get('reason')}{at})" if said == "fail" else _WOULD.get(said, f"wait or end: {said}")


_WOULD = {
    "write": "be written",
    "refused-again": "send exactly what was refused",
    "unchanged": "change nothing",
    "apply": "be understood",
    "fetch": "be fetched from the source first",
    "decide": "be decided by the flow again",
}


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
