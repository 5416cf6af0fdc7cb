"""hub sources and hub subscribe: what comes in from where, and that the vendors go on sending."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from hub.cli.api import Api, ApiError, add_where, api_of
from hub.narrative.table import columns

ASK_EVERY = 5.0
PATIENCE = 420.0
"""Seconds that `subscribe` waits for the clock's next poll, which sees to it."""

SOURCES = """\
What comes in from each account: its last webhook and poll, how many webhooks, how many changes were found by
asking because no webhook came, whether it is silent for longer than is its habit (or than its quiet_for: in
accounts.yaml), and whether the vendor is known to send.
"""

SUBSCRIBE = """\
Tell the vendors where to send webhooks, for those that have an API for it. The hub's next poll does it, and
from then on looks each hour: what a vendor dropped or disabled is made anew, and what changed meanwhile is
asked for.
Without --remove and without an account, all accounts are meant.
"""


def add(subparsers: Any) -> None:
    """Add the commands to the parser of `hub`."""
    sources = _parser(
        subparsers, "sources", "what comes in from where, what was missed, who is silent", SOURCES
    )
    sources.add_argument("--json", action="store_true", help="for programs")
    sources.set_defaults(run=run_sources)
    subscribe = _parser(
        subparsers, "subscribe", "let vendors send their webhooks here, and go on so", SUBSCRIBE
    )
    subscribe.add_argument("account", nargs="?", help="such as shopify.co (default: all)")
    subscribe.add_argument("--remove", action="store_true", help="let the account's vendor send nothing more")
    subscribe.add_argument("--no-wait", action="store_true", help="ask for it and do not wait")
    subscribe.set_defaults(run=run_subscribe)


def run_sources(arguments: argparse.Namespace) -> int:
    """0: all is well; 1: a source is silent, in trouble, or its subscription is."""
    found = api_of(arguments).get("/v1/sources")["sources"]
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _table(
            [("source", "last webhook", "1 h", "24 h", "missed", "subscription", "polls"), *map(_row, found)]
        )
    return 1 if any(map(_troubled, found)) else 0


def run_subscribe(
    arguments: argparse.Namespace,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """0: the vendors send (or no longer do); 1: one does not do as it was told."""
    api = api_of(arguments)
    names = [arguments.account] if arguments.account else _able(api, remove=arguments.remove)
    for name in names:
        api.post("/v1/subscriptions", {"source": name, "wanted": not arguments.remove})
    states = _states(api, names)
    until = clock() + PATIENCE
    while not arguments.no_wait and "asked" in {one["state"] for one in states.values()} and clock() < until:
        print("waiting for the hub's next poll …", file=sys.stderr)
        sleep(ASK_EVERY)
        states = _states(api, names)
    for name, one in states.items():
        print(f"{name}: {_subscription(one)}")
    return 1 if any(one["state"] in ("trouble", "asked") for one in states.values()) else 0


def _able(api: Api, *, remove: bool) -> list[str]:
    """All accounts whose vendor has an API for it. Raises ApiError."""
    if remove:
        raise ApiError("say which account is to send nothing more")
    return [one["source"] for one in api.get("/v1/sources")["sources"] if one["subscription"]]


def _states(api: Api, names: Sequence[str]) -> dict[str, Any]:
    found = {one["source"]: one["subscription"] for one in api.get("/v1/sources")["sources"]}
    return {name: found[name] for name in names}


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    if not one["webhooks"]:
        return (one["source"], "none come", "", "", "", "", _polls(one))
    last = (one["last_webhook"] or "never")[:19].replace("T", " ") + ("  SILENT" if one["silent"] else "")
    share = f"{one['missed']} of {one['checked']}" if one["checked"] else "-"
    return (
        one["source"], last, str(one["last_hour"]), str(one["last_day"]), share,
        _subscription(one["subscription"]), _polls(one),
    )  # fmt: skip


def _polls(one: dict[str, Any]) -> str:
    return ", ".join(
        f"{poll['resource']} {_minute(poll['last_poll'])}" + (f" ({poll['error']})" if poll["error"] else "")
        for poll in one["polls"]
    )


def _minute(at: str | None) -> str:
    return at[11:16] if at else "never"


def _subscription(one: dict[str, Any] | None) -> str:
    if one is None:
        return "by hand"
    again = f", made anew {one['remade'][:16].replace('T', ' ')}" if one.get("remade") else ""
    return f"{one['state']}{again}" + (f" ({one['error']})" if one.get("error") else "")


def _troubled(one: dict[str, Any]) -> bool:
    subscription = (one["subscription"] or {}).get("state")
    return bool(one.get("silent")) or subscription == "trouble" or any(poll["error"] for poll in one["polls"])


def _parser(subparsers: Any, name: str, help: str, description: str) -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name, help=help, description=description, formatter_class=form
    )
    add_where(parser)
    return parser


def _table(rows: Sequence[Sequence[str]]) -> None:
    for line in columns(rows):
        print(line)
