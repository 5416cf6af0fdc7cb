"""hub events and hub why: what came in, what became of it, and why it went to a destination or did not."""

import argparse
from collections.abc import Iterable
from typing import Any

from hub.cli.api import Api
from hub.cli.operating import Command, add_command, add_pages, add_shown, listed, printed, shown, sought
from hub.narrative import events as told
from hub.narrative import why as reasons


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
    add_pages(parser)


def _run(api: Api, arguments: argparse.Namespace) -> int:
    if id := shown(arguments):
        answer = api.post("/v1/events/show", {"event": id, "values": arguments.values})
        printed(arguments, answer, lambda: told.event(answer, api.options))
        return 0
    names = ("source", "connector", "state", "since", "until", "mark", "limit")
    asked = {name: getattr(arguments, name) for name in names}
    answer = sought(lambda after: api.get("/v1/events", **asked, after=after), "events", arguments.after)

    def lines() -> Iterable[str]:
        left = answer["left_out"]
        said = ["", f"{left} more of this part: narrow it down, or say --limit 100"] if left else []
        found = answer["events"]
        yield from listed([*told.events(found), *said], found, answer["next"])

    printed(arguments, answer, lines)
    return 0


def _asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("event", help="a name of `hub events`, the id of a parked one, or its 16 digits")
    parser.add_argument(
        "destination", help="as odoo.order, or odoo.main.order where there are several accounts"
    )


def _why(api: Api, arguments: argparse.Namespace) -> int:
    answer = api.post("/v1/why", {"event": arguments.event, "destination": arguments.destination})
    printed(arguments, answer, lambda: reasons.why(answer, api.options))
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
        "hub why 'EVT#shopify#co#orders/create#5f0c…' odoo.main.order",
    ),
    _asking,
    _why,
)
