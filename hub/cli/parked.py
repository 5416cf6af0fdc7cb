"""hub parked: what waits for a person, one by one or grouped by cause."""

import argparse
from typing import Any

from hub.cli.api import Api
from hub.cli.operating import Command, add_command, add_pages, add_wanted, listed, printed, sought, wanted
from hub.narrative import operations


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    add_command(subparsers, COMMAND)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--groups", action="store_true", help="by cause, with what to do")
    add_wanted(parser)
    add_pages(parser)


def _run(api: Api, arguments: argparse.Namespace) -> int:
    return _groups(api, arguments) if arguments.groups else _list(api, arguments)


def _groups(api: Api, arguments: argparse.Namespace) -> int:
    groups = gathered(api, wanted(arguments))
    printed(arguments, {"groups": groups}, lambda: operations.groups(groups, api.options))
    return 0


def gathered(api: Api, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """All groups: those of the parts are added up."""
    found: dict[str, dict[str, Any]] = {}
    after = None
    while True:
        answer = api.post(
            "/v1/parked/search", {**asked, "groups": True, **({"after": after} if after else {})}
        )
        for group in answer["groups"]:
            found[group["group"]] = _sum(found.get(group["group"]), group)
        after = answer["next"]
        if after is None:
            return sorted(found.values(), key=lambda group: (-group["count"], group["group"]))


def _sum(held: dict[str, Any] | None, group: dict[str, Any]) -> dict[str, Any]:
    if held is None:
        return group
    times = {"first": min(held["first"], group["first"]), "last": max(held["last"], group["last"])}
    return {**held, "count": held["count"] + group["count"], **times}


def _list(api: Api, arguments: argparse.Namespace) -> int:
    told = {**wanted(arguments), "limit": arguments.limit}

    def ask(after: str | None) -> Any:
        return api.post("/v1/parked/search", {**told, **({"after": after} if after else {})})

    answer = sought(ask, "parked", arguments.after)
    found = answer["parked"]
    printed(arguments, answer, lambda: listed(operations.parked(found), found, answer["next"]))
    return 0


COMMAND = Command(
    "parked",
    "what waits for a person; --groups: by cause, with what to do",
    "What cannot go on by itself: events that were not understood, deliveries that were refused. Failures "
    "with one cause are one group: --groups says for each how many they are, who must act (integrator: "
    "edits the files; data owner: corrects records in their source; operator: switches and credentials; "
    "developer), which line of which file it is about, and the command that sends them again.",
    (
        "hub parked --groups                         # start here",
        "hub parked --group 8d4a3b1c                 # the members of a group",
        "hub parked --account odoo.main --since 1d   # of one account, since yesterday",
        "hub parked --groups --json                  # for programs",
    ),
    _arguments,
    _run,
)
