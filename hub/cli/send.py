"""hub send: a sample event, signed as the vendor signs it, posted to a hub."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.accounts import Account
from hub.catalog import Catalog
from hub.cli.api import DEV, running
from hub.cli.project import add_root, project_root
from hub.client import HttpClient
from hub.connector import HttpRequest, Request
from hub.errors import HubError, RetryError
from hub.samples.signing import Endpoint

DEFAULT_SECRETS = Path("build/demo/secrets.json")


class Mistake(HubError):
    """What the person at the keyboard can put right."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "send",
        help="sign a sample event as the vendor does and post it",
        description="Be the vendor: sign a sample event and post it to a hub. 0 when it took it, 1 when not.",
    )
    parser.add_argument("connector", help="name of the connector, such as shopify")
    parser.add_argument("event", type=Path, help="sample event: {headers, query, body} as JSON")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="address of the hub, such as `make deploy` prints")
    where.add_argument("--dev", action="store_true", help="the hub that `hub dev` runs on this machine")
    parser.add_argument("--public-url", help="address over which the vendor signs, where it is another")
    parser.add_argument(
        "--account",
        help="such as shopify.co, where a connector has several",
    )
    parser.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one value of the account's secret; again for each",
    )
    parser.add_argument(
        "--secrets-file", type=Path, help=f"{{account: {{name: value}}}} as JSON (default {DEFAULT_SECRETS})"
    )
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Post the event; 0 when the hub answered 2xx, 1 when it did not, 2 for a mistake in the arguments."""
    root = project_root(arguments.root)
    try:
        status, text = _send(arguments, root, Catalog.read(root))
    except HubError as error:
        print(f"hub: {error}", file=sys.stderr)
        return 2
    print(f"{status} {text.strip()}".rstrip())
    if status == 401:
        print(
            "hub: another secret signs there (a new one is taken up within a minute), or another address is"
            " signed: see --public-url",
            file=sys.stderr,
        )
    return 0 if 200 <= status < 300 else 1


def post(
    endpoint: Endpoint, base: str, signed_base: str, sample: Mapping[str, Any], secrets: Mapping[str, str]
) -> tuple[int, str]:
    """Post a sample to the hub at `base`, signed now over `signed_base`: status and body of the answer."""
    request = _signed(endpoint, signed_base, sample, secrets)
    address = base.rstrip("/") + request.url.removeprefix(signed_base.rstrip("/"))
    try:
        answer = HttpClient(plain=True).send(
            HttpRequest(request.method, address, request.headers, request.body)
        )
    except RetryError as error:
        raise Mistake(f"no hub answers at {base}: {error.reason}") from error
    return answer.status, answer.body.decode("utf-8", "replace")


def _signed(endpoint: Endpoint, url: str, sample: Mapping[str, Any], secrets: Mapping[str, str]) -> Request:
    import time

    try:
        return endpoint.request(url, sample, secrets, time.time())
    except KeyError as error:
        missing = error.args[0]
        raise Mistake(f"no secret {missing!r} of {endpoint.secret}: say --secret {missing}=…") from error


def _send(arguments: argparse.Namespace, root: Path, catalog: Catalog) -> tuple[int, str]:
    connector = catalog.connectors.get(arguments.connector)
    if connector is None:
        raise Mistake(
            f"no connector {arguments.connector!r}; there are {', '.join(sorted(catalog.connectors))}"
        )
    shared = connector.shared and not arguments.account
    account = None if shared else _account(arguments, catalog)
    endpoint = Endpoint(connector, account.key if account else "")
    secrets = _secrets(arguments, root, endpoint.secret)
    url = arguments.url or running(root / DEV).url
    base = str(arguments.public_url or (account.public_url if account else None) or url)
    return post(endpoint, url, base, _sample(arguments.event), secrets)


def _account(arguments: argparse.Namespace, catalog: Catalog) -> Account:
    own = {key: one for key, one in catalog.accounts.items() if one.connector == arguments.connector}
    wanted = arguments.account or (next(iter(own)) if len(own) == 1 else "")
    if wanted not in own:
        raise Mistake(f"say --account, one of: {', '.join(sorted(own)) or 'none in accounts.yaml'}")
    return own[wanted]


def _sample(path: Path) -> dict[str, Any]:
    try:
        sample = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Mistake(f"{path}: not a sample event: {type(error).__name__}") from error
    if not isinstance(sample, dict) or ("body" not in sample and "query" not in sample):
        raise Mistake(f"{path}: a sample event has headers, query and body")
    return sample


def _secrets(arguments: argparse.Namespace, root: Path, name: str) -> dict[str, str]:
    pairs = [text.partition("=") for text in arguments.secret]
    path = arguments.secrets_file or root / DEFAULT_SECRETS
    if not path.exists():
        if arguments.secrets_file:
            raise Mistake(f"{path}: no such file")
        return {name: value for name, _, value in pairs}
    try:
        held = json.loads(path.read_text()).get(name, {})
    except (ValueError, AttributeError) as error:
        raise Mistake(f"{path}: not JSON of the form {{account: {{name: value}}}}") from error
    return {**held, **{name: value for name, _, value in pairs}}
