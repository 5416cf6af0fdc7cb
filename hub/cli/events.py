"""hub events and hub why: what came in, what became of it, and why it went to a destination or did not."""

import argparse
import re
from collections.abc import Iterable
from typing import Any

from hub.cli.api import Api, record
from hub.cli.operating import (
    Command,
    about,
    add_about,
    add_command,
    add_pages,
    add_shown,
    listed,
    printed,
    shown,
    sought,
)
from hub.narrative import events as told
from hub.narrative import why as reasons

_RECORD = re.compile(r"[\w-]+\.[\w-]+:[\w-]+:.")


def add(subparsers: Any) -> None:
    """Add both commands to the parser of `hub`."""
    add_command(subparsers, EVENTS)
    add_command(subparsers, WHY)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_shown(parser, "one event")
    parser.add_argument("--source", help="from this account, as shopify.co")
    parser.add_argument("--connector", help="from this vendor, as shopify")
    parser.add_argument("--state", help="applied, echo, parked, asked, suppressed or unknown")
    parser.add_argument("--since", help="received since then: a time, or 2h, 3d ago (default: 2d)")
    parser.add_argument("--until", help="received until then")
    parser.add_argument("--mark", help="with these 16 digits, which logs and deliveries show")
    add_about(parser.add_argument_group("about whom"), "that told of this record")
    add_pages(parser)


def _run(api: Api, arguments: argparse.Namespace) -> int:
    if id := shown(arguments):
        answer = api.post("/v1/events/show", {**_named(id), "values": arguments.values})
        printed(arguments, answer, lambda: told.event(answer, api.options))
        return 0
    names = ("source", "connector", "state", "since", "until", "mark", "limit")
    asked = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    whom = {"record": record(arguments.external)} if arguments.external else about(arguments)

    def ask(after: str | None) -> Any:
        if whom:
            return api.post("/v1/events/search", {**asked, **whom, **({"after": after} if after else {})})
        return api.get("/v1/events", **asked, after=after)

    answer = sought(ask, "events", arguments.after)

    def lines() -> Iterable[str]:
        found = answer["events"]
        yield from listed(told.events(found), found, answer["next"])

    printed(arguments, answer, lines)
    return 0


def _named(text: str) -> dict[str, Any]:
    """The event that a text names: by its own name, or as the last one of account:resource:id."""
    return {"record": record(text)} if _RECORD.match(text) else {"event": text}


def _asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "event", help="a name of `hub events`, the id of a parked one, its 16 digits, or account:resource:id"
    )
    parser.add_argument(
        "destination",
        nargs="?",
        help="as odoo.order, or odoo.main.order where there are several accounts; all, where it is left out",
    )


def _why(api: Api, arguments: argparse.Namespace) -> int:
    to = {"destination": arguments.destination} if arguments.destination else {}
    answer = api.post("/v1/why", {**_named(arguments.event), **to})
    page = reasons.why if to else reasons.everywhere
    printed(arguments, answer, lambda: page(answer, api.options))
    return 0 if answer["went"] else 1


EVENTS = Command(
    "events",
    "what came in: find it, and read one's whole story",
    "The events of the last two days (or since --since), the newest day first. `hub events show NAME` "
    "tells everything about one: what came, which line of which mapping read it, whose it is and why, what "
    "changed, each delivery with its calls and answers, and what it cost. Of values only the form is shown, "
    "unless you say --values.",
    (
        "hub events --source shopify.co --since 2h          # what a shop told in the last two hours",
        "hub events --state parked                          # what was not understood",
        "hub events show 2026-11-20-1a2b3c4d5e6f-0          # the whole story of one",
        "hub events --external caja.centro:sale:V-201       # what was told of one record",
        "hub events show caja.centro:sale:V-201             # the last that was told of it",
        "hub events --mark 36a07469e087b256 --since 7d      # by the digits that a log line shows",
    ),
    _arguments,
    _run,
)
WHY = Command(
    "why",
    "why an event went to a destination, or did not: the deciding line",
    "Goes the way of an event to a destination and says where it ended, with the line that decided: no "
    "flow listens, its `if` was false, it waits, no consent, quiet hours, paused, refused, the same is there "
    "already, or it was written. Exit code 0: it went; 1: it did not.",
    (
        "hub why 2026-11-20-1a2b3c4d5e6f-0 odoo.order",
        "hub why 36a07469e087b256 klaviyo.profile",
        "hub why shopify.co:order:5501 odoo.order",
        "hub why 2026-11-20-1a2b3c4d5e6f-0                  # every destination",
        "hub why 'EVT#shopify#co#orders/create#5f0c…' odoo.main.order",
    ),
    _asking,
    _why,
)
