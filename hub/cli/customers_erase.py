"""hub customers erase, certificate, export, readmit, reapply: forget somebody, say what is known."""

import argparse
import getpass
import json
import sys
from typing import Any

from hub.catalog import Catalog
from hub.cli.api import Api, add_whose, identifier, number, whose
from hub.cli.customers_decisions import agreed
from hub.cli.customers_views import Action
from hub.cli.project import add_root, project_root
from hub.cli.stack import aws_errors, outputs
from hub.errors import HubError
from hub.pipeline import Hub
from hub.pipeline.erase.restore import reapply
from hub.settings import Settings


def add_restore(actions: Any) -> None:
    """Add `reapply`, which works on table and archive themselves: before the API has traffic again."""
    parser: argparse.ArgumentParser = actions.add_parser(
        "reapply", help="after a restore: put all suppressions back, and erase whoever is there"
    )
    parser.add_argument("--stack", default="cauce", help="name of the deployed stack (default %(default)s)")
    add_root(parser)
    parser.set_defaults(run=run_reapply)


def run_reapply(arguments: argparse.Namespace) -> int:
    """Put the suppressions of the archive back into the table."""
    with aws_errors(HubError):
        return _print(reapply(hub_of(arguments)))


def hub_of(arguments: argparse.Namespace) -> Hub:
    """The hub of a deployed stack, with the files of the project."""
    told = outputs(arguments.stack)
    settings = Settings(stack=arguments.stack, table=told["TableName"], bucket=told["BucketName"])
    return Hub(settings, catalog=Catalog.read(project_root(arguments.root)))


def _erasing(parser: argparse.ArgumentParser) -> None:
    add_whose(parser)
    parser.add_argument("--reason", required=True, help="why; it stays, so no values of people")
    parser.add_argument("--actor", default=getpass.getuser(), help="who decides (default %(default)s)")
    parser.add_argument("--yes", action="store_true", help="do it without asking")


def _erase(api: Api, arguments: argparse.Namespace) -> int:
    id = whose(api, arguments)
    if not arguments.yes:
        known = api.get(f"/v1/customers/{id}", limit=1)["records"]
        systems = ", ".join(sorted({one["source"] for one in known}))
        print(f"{id} is known by {len(known)} records of {systems}. This cannot be taken back.")
        if not agreed():
            print("nothing was changed")
            return 1
    asked = {"actor": arguments.actor, "reason": arguments.reason}
    _print(api.post(f"/v1/customers/{id}/erase", asked))
    print(
        f"gone from here; how far it is elsewhere: hub customers certificate {id}{api.options}",
        file=sys.stderr,
    )
    return 0


def _certifying(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", help="the number that the customer had")


def _certificate(api: Api, arguments: argparse.Namespace) -> int:
    """0 for a certificate that is ours and as it was issued; 1 for another, and for none yet."""
    found = api.get(f"/v1/customers/{number(arguments.id)}/erasure")
    if not found.get("certificate"):
        _print(found)
        print("the erasure is under way: no certificate yet", file=sys.stderr)
        return 1
    _print(found["certificate"])
    genuine = bool(found.get("genuine"))
    print("the signature holds" if genuine else "the signature does NOT hold", file=sys.stderr)
    return 0 if genuine else 1


def _exporting(parser: argparse.ArgumentParser) -> None:
    add_whose(parser)


def _export(api: Api, arguments: argparse.Namespace) -> int:
    return _print(api.get(f"/v1/customers/{whose(api, arguments)}/export"))


def _readmitting(parser: argparse.ArgumentParser) -> None:
    add_whose(parser, ids=False)


def _readmit(api: Api, arguments: argparse.Namespace) -> int:
    return _print(api.post("/v1/customers/readmit", identifier(arguments)))


def _print(data: Any) -> int:
    print(json.dumps(data, ensure_ascii=False, indent=2))
    return 0


ACTIONS = (
    Action("erase", "forget somebody: here at once, then at every destination", _erasing, _erase),
    Action("certificate", "how far an erasure is; its certificate, verified", _certifying, _certificate),
    Action("export", "all that is known of somebody, as one JSON", _exporting, _export),
    Action("readmit", "let somebody who was erased be known again", _readmitting, _readmit),
)
