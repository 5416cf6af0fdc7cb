"""hub pause and hub resume: nothing more to an account, with who and why; and on again."""

import argparse
import getpass
import shlex
from collections.abc import Iterator
from typing import Any

from hub.cli.api import Api
from hub.cli.operating import Command, add_command, printed


def add(subparsers: Any) -> None:
    """Add both commands to the parser of `hub`."""
    add_command(subparsers, PAUSE)
    add_command(subparsers, RESUME)


def _account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", help="as in accounts.yaml, or '*' (quoted) for all")
    parser.add_argument("--actor", help="who decides (default: your login)")


def _pausing(parser: argparse.ArgumentParser) -> None:
    _account(parser)
    parser.add_argument("--reason", required=True, help="why: whoever looks next reads it")
    parser.add_argument("--dry-run", action="store_true", help="work out what it would be sent; send nothing")


def _resuming(parser: argparse.ArgumentParser) -> None:
    _account(parser)
    parser.add_argument("--reason", default="", help="why")


def _pause(api: Api, arguments: argparse.Namespace) -> int:
    return _switch(api, arguments, "dry-run" if arguments.dry_run else "pause")


def _resume(api: Api, arguments: argparse.Namespace) -> int:
    return _switch(api, arguments, "resume")


def _switch(api: Api, arguments: argparse.Namespace, action: str) -> int:
    told = {"account": arguments.account, "actor": arguments.actor or getpass.getuser()}
    answer = api.post(f"/v1/accounts/{action}", {**told, "reason": arguments.reason})
    printed(arguments, answer, lambda: _said(answer, api))
    return 0


def _said(answer: dict[str, Any], api: Api) -> Iterator[str]:
    what = "all accounts" if answer["account"] == "*" else answer["account"]
    who = ", ".join(filter(None, [answer.get("actor"), answer.get("reason")]))
    yield f"{what}: {answer['state']} ({who})"
    if but := answer.get("but"):
        yield from _but(but, api)
        return
    again = f"hub resume {shlex.quote(answer['account'])}{api.options}"
    yield {
        "paused": f"What is due waits, and goes out after `{again}`.",
        "dry-run": f"What would be sent: hub deliveries --state dry-run{api.options}",
        "active": f"What waits goes out in a few minutes: hub deliveries --state due{api.options}",
    }[answer["state"]]


def _but(but: dict[str, Any], api: Api) -> Iterator[str]:
    """What still holds back what waits."""
    what = {"": "the stack (its parameter PauseOutgoing)", "*": "every account"}
    who = ", ".join(filter(None, [but.get("actor"), but.get("reason")]))
    state = "paused" if but["state"] == "paused" else "in a dry run"
    yield f"But {what.get(but['account'], but['account'])} is {state}{f' ({who})' if who else ''}:"
    again = (
        f"hub resume {shlex.quote(but['account'])}{api.options}" if but["account"] else "it is set to false"
    )
    yield f"nothing goes out until {f'`{again}`' if but['account'] else again}."


PAUSE = Command(
    "pause",
    "send nothing more to an account; say why",
    "Deliveries to the account wait until it is resumed; events are received all the same. With --dry-run "
    "they are worked out, kept, and not sent later by themselves.",
    (
        "hub pause odoo.main --reason 'closing of the month'",
        "hub pause '*' --reason 'something is wrong with all of it'",
        "hub pause klaviyo.main --dry-run --reason 'see what would go out first'",
    ),
    _pausing,
    _pause,
)
RESUME = Command(
    "resume",
    "send to an account again",
    "What waited goes out within a few minutes. What was only worked out in a dry run is sent by "
    "`hub replay --state dry-run`.",
    ("hub resume odoo.main", "hub resume '*' --reason 'it was the network'"),
    _resuming,
    _resume,
)
