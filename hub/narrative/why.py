"""Why an event went to a destination or did not, in sentences that name the deciding line."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.narrative.operations import made, remark
from hub.narrative.systems import counted, listed
from hub.narrative.table import fact, runnable, table, whole
from hub.narrative.wording import Clock

Told = Mapping[str, Any]


def why(told: Told, options: str = "") -> Iterator[str]:
    """The verdicts, that which went first."""
    said = "It went." if told["went"] else "It did not go."
    yield f"{told['topic']} of {told['source']} → {told['destination']}: {said}"
    clock = Clock("UTC")
    for verdict in sorted(told["verdicts"], key=lambda one: not one["went"]):
        yield ""
        yield from _verdict(verdict, told, clock, options)


def everywhere(told: Told, options: str = "") -> Iterator[str]:
    """What became of an event at each destination, one on a line."""
    clock = Clock("UTC")
    yield f"{told['topic']} of {told['source']}, event {told['name']}"
    yield ""
    rows = [
        (one["destination"], "went" if verdict["went"] else "no", _because(verdict, clock), _place(verdict))
        for one in told["destinations"]
        for verdict in one["verdicts"]
    ]
    yield from table(("destination", "", "because", "line"), rows)
    yield ""
    yield from whole("more", f"hub why {told['name']} <destination>{options}")


def _place(verdict: Told) -> str:
    return str(verdict.get("place") or "")


def _verdict(one: Told, told: Told, clock: Clock, options: str) -> Iterator[str]:
    if one.get("flow"):
        yield from fact("flow", f"{one['flow']}, on {one.get('entity') or one.get('on')}")
    yield from fact("because", _because(one, clock))
    yield from fact("line", str(one.get("place") or ""))
    yield from fact("it reads", listed(one.get("reads", [])))
    yield from fact("answer", _calls(one))
    yield from fact("they say", remark(one.get("said")))
    if not one["went"] and one.get("hint"):
        yield from fact("who acts", one["owner"])
        yield from fact("what to do", runnable(one["hint"], options))
    if one.get("id"):
        shown = "events show" if one["verdict"] == "parked" else "deliveries show"
        yield from whole("more", f"hub {shown} '{one['id']}'{options}")


def _because(one: Told, clock: Clock) -> str:
    facts = {
        "until": f"{clock.brief(one['until'])} UTC" if one.get("until") else "later",
        "at": f"{clock.brief(one['at'])} UTC" if one.get("at") else "",
        "changed": listed(one.get("changed", [])) or "nothing",
        "account": _NAMED.get(str(one.get("account")), str(one.get("account", ""))),
        "kinds": listed(one.get("kinds", [])),
        "by": listed(by) if isinstance(by := one.get("by", ""), list) else by,
    }
    told = {name: value for name, value in one.items() if isinstance(value, str)}
    text = _WORDS.get(one["verdict"])
    return text.format_map(_Blank({**told, **facts})) if text else _other(one)


class _Blank(dict[str, str]):
    """Facts that are missing are left out."""

    def __missing__(self, name: str) -> str:
        return ""


def _other(one: Told) -> str:
    return f"{one['why']} ({one['verdict']})" if one.get("why") else str(one["verdict"])


def _calls(one: Told) -> str:
    calls = one.get("calls", ())
    said = made(calls, one.get("requests", {}))
    return f"{counted(len(calls), 'call')}: {said}" if calls else ""


_NAMED = {"*": "every account", "": "the stack"}
_WORDS = {
    "no-account": "accounts.yaml has no account (or more than one) for {destination}",
    "no-destination": "there is no destination {destination}",
    "not-applied": "it is not applied yet, or it is so long ago that nothing is kept of it",
    "parked": "the event itself is parked: {reason}",
    "echo": "it only repeated what this hub had written there itself",
    "unchanged": "nothing that it told was news: no entity changed",
    "duplicate": "the same event had come before",
    "asked": "it asks something of us about somebody, and tells no other system",
    "suppressed": "it tells of somebody who was erased",
    "no-flow": "no flow sends anything to this destination; it changed {changed}",
    "other-entity": "the flow listens to {on}, and this event changed {changed}",
    "not-relayed": "it is on its way: the flows were not asked yet",
    "flow-failed": "an expression of the flow has no value: {reason}",
    "condition": "its `if` was false: {text}",
    "only-traits": "only what the customer's orders come to has changed, and the flow does not read that",
    "waits": "the flow waits until {until}",
    "wait-ended": "when the wait was over, its `if` was false: {text}",
    "cancelled": "it was cancelled by {by}",
    "queued": "it is on its way to the destination",
    "by-another": "a later change of the same record was delivered instead, with all that this one told",
    "sent": "it was written there, {at}",
    "same-there": "the destination had all of this already, so nothing was written ({at})",
    "no-consent": "the customer gave no consent for {purpose} by {channel} (asked for: {kinds})",
    "no-address": "the customer has no address for {channel} (asked for: {kinds})",
    "paused": "{account} is paused: by {by}, {at}: {said_why}",
    "resumed": "the account was paused when it was tried; it is active now: it goes out in a few minutes",
    "quiet-hours": "quiet hours: it is sent {until}",
    "dry-run": "the account only tries: it was worked out, and not sent",
}
