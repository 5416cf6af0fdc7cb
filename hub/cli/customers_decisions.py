"""hub customers merge, split, shared and undo: what a person decides, after seeing what it would change."""

import argparse
import getpass
import json
import sys
from collections.abc import Mapping
from typing import Any

from hub.cli.api import Api, ApiError, add_whose, identifier, number, record
from hub.cli.customers_views import Action
from hub.narrative import decided


def _deciding(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reason", required=True, help="why; it stays in the journal, so no values of people"
    )
    parser.add_argument("--actor", help="who takes the responsibility (default: your login)")
    parser.add_argument("--preview", action="store_true", help="only show what would become of it")
    parser.add_argument("--yes", action="store_true", help="do it without asking")


def _merging(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("one", help="the number of a customer")
    parser.add_argument(
        "other", help="the number of the other; the older one's stays, both go on leading there"
    )
    _deciding(parser)


def _merge(api: Api, arguments: argparse.Namespace) -> int:
    return _decide(api, arguments, "/v1/customers/merge", {"ids": [arguments.one, arguments.other]})


def _splitting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", help="the number of the customer")
    parser.add_argument(
        "records",
        nargs="+",
        metavar="ACCOUNT:RESOURCE:ID",
        help="what is somebody else's, as `show` lists it",
    )
    _deciding(parser)


def _split(api: Api, arguments: argparse.Namespace) -> int:
    body = {"records": [record(one) for one in arguments.records]}
    return _decide(api, arguments, f"/v1/customers/{number(arguments.id)}/split", body)


def _sharing(parser: argparse.ArgumentParser) -> None:
    add_whose(parser, ids=False)
    word = parser.add_mutually_exclusive_group()
    word.add_argument("--no", action="store_true", help="it is one person's, whatever the rules say")
    word.add_argument("--by-rules", action="store_true", help="take back what was said: the rules decide")
    _deciding(parser)


def _shared(api: Api, arguments: argparse.Namespace) -> int:
    word = None if arguments.by_rules else not arguments.no
    return _decide(api, arguments, "/v1/customers/shared", {**identifier(arguments), "shared": word})


def _undoing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", help="of the journal, as `log` and every decision name it")
    _deciding(parser)


def _undo(api: Api, arguments: argparse.Namespace) -> int:
    id = number(arguments.entry.partition("-")[0])
    return _decide(api, arguments, f"/v1/customers/{id}/undo", {"entry": arguments.entry})


def _decide(api: Api, arguments: argparse.Namespace, path: str, body: Mapping[str, Any]) -> int:
    """Show what would become of it, ask, do it, and say how to take it back; 1 when it was declined."""
    if arguments.json and not (arguments.yes or arguments.preview):
        raise ApiError("with --json say --yes or --preview: nobody is asked")
    told = {**body, "actor": arguments.actor or getpass.getuser(), "reason": arguments.reason}
    if not arguments.yes or arguments.preview:
        foreseen = api.post(path, {**told, "preview": True})
        _print(arguments, foreseen)
        if arguments.preview:
            return 0
        if not agreed():
            print("nothing was changed")
            return 1
    made = api.post(path, told)
    _print(arguments, made)
    if not arguments.json:
        print(f"to take it back: hub customers undo {made['entry']} --reason …{api.options}")
    return 0


def _print(arguments: argparse.Namespace, answer: Any) -> None:
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print("\n".join(decided(answer)))


def agreed() -> bool:
    """Whether a person says yes. Raises ApiError where there is nobody to ask."""
    if not sys.stdin.isatty():
        raise ApiError("there is nobody to ask: say --yes or --preview")
    print("do it? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


ACTIONS = (
    Action("merge", "two customers are one person", _merging, _merge),
    Action("split", "some records are somebody else's", _splitting, _split),
    Action("shared", "an email or phone is several people's, and joins nobody", _sharing, _shared),
    Action("undo", "take back what an entry of the journal tells", _undoing, _undo),
)
