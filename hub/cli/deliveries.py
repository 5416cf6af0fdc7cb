"""hub deliveries: what goes out, found by whom, where, when and why; and the whole story of one."""

import argparse
from collections import Counter
from typing import Any

from hub.cli.api import Api
from hub.cli.operating import (
    Command,
    add_command,
    add_pages,
    add_shown,
    add_wanted,
    listed,
    printed,
    shown,
    sought,
    wanted,
)
from hub.narrative import operations

PAGE = 100


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    add_command(subparsers, COMMAND)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_shown(parser, "one delivery")
    add_wanted(parser, sources=False)
    add_pages(parser)
    parser.add_argument("--count", action="store_true", help="only how many, by destination and state")


def _run(api: Api, arguments: argparse.Namespace) -> int:
    if id := shown(arguments):
        return _show(api, arguments, id)
    return _count(api, arguments) if arguments.count else _list(api, arguments)


def _asked(api: Api, told: dict[str, Any], limit: int, after: str | None) -> Any:
    """One page. What names a person goes in the body, never in an address."""
    asked = {**told, "limit": limit, **({"after": after} if after else {})}
    return api.post("/v1/deliveries/search", asked) if "whose" in told else api.get("/v1/deliveries", **asked)


def _count(api: Api, arguments: argparse.Namespace) -> int:
    counts = counted(api, wanted(arguments), arguments.after)
    printed(arguments, counts, lambda: operations.counts(counts))
    return 0


def counted(api: Api, told: dict[str, Any], after: str | None = None) -> list[dict[str, Any]]:
    """How many deliveries are like that, by destination and state."""
    found: Counter[tuple[str, str]] = Counter()
    while True:
        answer = _asked(api, told, PAGE, after)
        found.update((one["destination"], one["state"]) for one in answer["deliveries"])
        after = answer["next"]
        if after is None:
            break
    return [{"destination": to, "state": how, "count": found[to, how]} for to, how in sorted(found)]


def _list(api: Api, arguments: argparse.Namespace) -> int:
    told = wanted(arguments)
    answer = sought(lambda after: _asked(api, told, arguments.limit, after), "deliveries", arguments.after)
    found = answer["deliveries"]
    printed(arguments, answer, lambda: listed(operations.deliveries(found), found, answer["next"]))
    return 0


def _show(api: Api, arguments: argparse.Namespace, id: str) -> int:
    answer = api.post("/v1/deliveries/show", {"delivery": id, "values": arguments.values})
    printed(arguments, answer, lambda: operations.delivery(answer, api.options))
    return 0


COMMAND = Command(
    "deliveries",
    "what goes out: find it, and read one's whole story",
    "What goes out to destinations: what is parked or due first, then what is done, the newest first. "
    "`hub deliveries show ID` tells everything about one: what caused it, each attempt with its calls and "
    "answers, what would come of it now, what differs there, when it is tried again and what a person can "
    "do. Of values only the form is shown (a stands for a letter, 9 for a digit), unless you say --values.",
    (
        "hub deliveries --state parked                      # what waits for a person",
        "hub deliveries --account odoo.main --since 2h      # what went to an account in the last two hours",
        "hub deliveries --email -                           # all about one customer; the email is asked for",
        "hub deliveries --since 1d --count                  # how many, by destination and state",
        "hub deliveries --state dry-run --flow sales        # what would have been sent",
        "hub deliveries show 'DLV#odoo.main.order#order#…'  # the whole story of one; mind the quotes",
    ),
    _arguments,
    _run,
)
