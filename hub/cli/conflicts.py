"""hub conflicts: what people have to decide between two systems, and their decision."""

import argparse
import getpass
import json
from typing import Any

from hub.cli.api import Api, add_where, api_of, number

_DESCRIPTION = """\
A field that somebody else than its owner (owners.yaml) changed was put back; here it waits until the owner
says more, or until you decide. A record that a destination has twice waits until one of them is gone."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "conflicts", help="what two systems say otherwise, and whose word holds", description=_DESCRIPTION
    )
    actions = parser.add_subparsers(title="actions", metavar="<action>", required=True)
    listing = actions.add_parser("list", help="what has to be decided, the newest first")
    listing.add_argument("--values", action="store_true", help="with the two values")
    listing.add_argument("--limit", type=int, default=20, help="how many (default %(default)s)")
    listing.add_argument("--after", help="the `next` of the page before")
    _finish(listing, _list)
    for word, help in (("owner", "uphold what its owner says"), ("other", "take what the other one says")):
        deciding = actions.add_parser(f"keep-{word}", help=help, description=help)
        deciding.add_argument("entity", help="as the list names it: customer, order, …")
        deciding.add_argument("id", help="its number in the hub")
        deciding.add_argument("field")
        deciding.add_argument("--reason", required=True, help="why; it stays in the journal, so no values")
        deciding.add_argument("--actor", help="who takes the responsibility (default: your login)")
        deciding.add_argument("--preview", action="store_true", help="only say whether it can be decided")
        _finish(deciding, _decide)
        deciding.set_defaults(keep=word)


def run(arguments: argparse.Namespace) -> int:
    """Ask the hub that the arguments name."""
    return int(arguments.action(api_of(arguments), arguments))


def _finish(parser: argparse.ArgumentParser, action: Any) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    add_where(parser)
    parser.set_defaults(run=run, action=action)


def _list(api: Api, arguments: argparse.Namespace) -> int:
    asked = {"limit": arguments.limit, "after": arguments.after}
    found = api.get("/v1/conflicts", **asked, values="true" if arguments.values else None)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    lines = [_field(one) if one["kind"] == "field" else _twice(one) for one in found["conflicts"]]
    print("\n".join(lines) if lines else "nothing has to be decided")
    if found["next"]:
        print(f"more: hub conflicts list --after {found['next']}{api.options}")
    return 0


def _field(one: dict[str, Any]) -> str:
    """`customer 4f… stage: shopify.co says otherwise than its owner crm, 2026-11-20 15:05`."""
    told = f"{one['entity']} {one['id']} {one['field']}: {one['source']} says otherwise than its owner"
    values = "".join(f"\n    {who}: {value}" for who, value in one.get("values", {}).items())
    return f"{told} {one['owner']}, {one['at'][:16].replace('T', ' ')}{values}"


def _twice(one: dict[str, Any]) -> str:
    told = f"{one['entity']} {one['entity_id']}: {one['destination']} has two records of it"
    return f"{told}; merge or remove one there, then replay {one['id']}"


def _decide(api: Api, arguments: argparse.Namespace) -> int:
    body = {
        "entity": arguments.entity,
        "id": number(arguments.id),
        "field": arguments.field,
        "keep": arguments.keep,
        "actor": arguments.actor or getpass.getuser(),
        "reason": arguments.reason,
        "preview": arguments.preview,
    }
    made = api.post("/v1/conflicts", body)
    if arguments.json:
        print(json.dumps(made, ensure_ascii=False, indent=2))
    else:
        print("it can be decided so" if arguments.preview else f"decided: the {made['kept']}'s value holds")
    return 0
