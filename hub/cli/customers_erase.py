"""hub customers erase, export, certificate, readmit and reapply."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from typing import Any

from hub.catalog import Catalog
from hub.cli.project import add_root, project_root
from hub.errors import HubError
from hub.pipeline import Hub
from hub.pipeline.erase import Order, begin, certificate
from hub.pipeline.erase.export import export
from hub.pipeline.erase.restore import readmit, reapply
from hub.pipeline.serve.erasure import view
from hub.pipeline.serve.exchange import Refusal
from hub.pipeline.serve.search import named
from hub.settings import Settings

ID = "the customer's id, or one that was merged into it"


class UnknownError(HubError):
    """There is no such customer, or nobody was erased who is named so."""


def add(actions: Any) -> None:
    """Add the actions to `hub customers`."""
    erase = _action(actions, "erase", _erase, "forget somebody: here at once, then at every destination")
    erase.add_argument("id", help=ID)
    erase.add_argument("--reason", required=True, help="why, without the person's own data")
    erase.add_argument("--actor", default=getpass.getuser(), help="who decides (default %(default)s)")
    exported = _action(
        actions, "export", _export, "all that is known of somebody, as one JSON on standard output"
    )
    exported.add_argument("id", help=ID)
    shown = _action(
        actions, "certificate", _certificate, "print the certificate of an erasure, and verify it"
    )
    shown.add_argument("id", help="the customer's id")
    back = _action(actions, "readmit", _readmit, "let somebody who was erased be known again")
    back.add_argument(
        "kind", help="email, phone or another field that identifies; the value is read from standard input"
    )
    back.add_argument("--country", help="of a phone without a country code, two letters")
    _action(
        actions, "reapply", _reapply, "after a restore: put all suppressions back, and erase whoever is there"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run one action on the deployed stack."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return int(arguments.action(hub_of(arguments), arguments))
    except (BotoCoreError, ClientError) as error:
        raise HubError(f"AWS: {error}") from error
    except Refusal as refusal:
        told = refusal.answer.data or {}
        raise UnknownError(str(told.get("message", refusal.answer.status))) from None


def hub_of(arguments: argparse.Namespace) -> Hub:
    """The hub of a deployed stack, with the files of the project."""
    import boto3

    client = boto3.client("cloudformation")
    [stack] = client.describe_stacks(StackName=arguments.stack)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())}
    settings = Settings(stack=arguments.stack, table=outputs["TableName"], bucket=outputs["BucketName"])
    return Hub(settings, catalog=Catalog.read(project_root(arguments.root)))


def _erase(hub: Hub, arguments: argparse.Namespace) -> int:
    found = begin(hub, arguments.id, Order(arguments.actor, arguments.reason))
    if found is None:
        raise UnknownError("there is no customer with this id")
    return _print(view(hub, found))


def _export(hub: Hub, arguments: argparse.Namespace) -> int:
    found = export(hub, arguments.id)
    if found is None:
        raise UnknownError("there is no customer with this id")
    return _print(found)


def _certificate(hub: Hub, arguments: argparse.Namespace) -> int:
    """0 for a certificate that is ours and as it was issued."""
    try:
        found = certificate.kept(hub, arguments.id)["certificate"]
    except KeyError:
        raise UnknownError("nobody with this id was erased") from None
    if found is None:
        print("the erasure is under way: no certificate yet", file=sys.stderr)
        return 1
    _print(found)
    genuine = certificate.verify(hub, found)
    print("the signature holds" if genuine else "the signature does NOT hold", file=sys.stderr)
    return 0 if genuine else 1


def _readmit(hub: Hub, arguments: argparse.Namespace) -> int:
    value = sys.stdin.readline().strip() if not sys.stdin.isatty() else getpass.getpass(f"{arguments.kind}: ")
    country = {"country": arguments.country} if arguments.country else {}
    id = readmit(hub, named(hub, {arguments.kind: value, **country}))
    if id is None:
        raise UnknownError("nobody who is named so was erased")
    return _print({"erasure": id, "readmitted": True})


def _reapply(hub: Hub, arguments: argparse.Namespace) -> int:
    return _print(reapply(hub))


def _print(data: Any) -> int:
    print(json.dumps(data, ensure_ascii=False, indent=2))
    return 0


def _action(actions: Any, name: str, action: Callable[..., int], help: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help)
    parser.add_argument("--stack", default="cauce", help="name of the deployed stack (default %(default)s)")
    add_root(parser)
    parser.set_defaults(run=run, action=action)
    return parser
