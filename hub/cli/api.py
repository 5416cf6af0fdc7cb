"""The customer API of a hub, asked from the command line: which hub, with which key, about whom."""

import argparse
import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from hub.cli.accounts import Vault
from hub.cli.project import add_root, project_root
from hub.cli.stack import OR_DEV, aws_errors, outputs
from hub.client import Client, HttpClient
from hub.connector import HttpRequest
from hub.errors import HubError, RetryError

DEV = Path("build/demo/hub.json")
"""Where `hub dev` writes its address and key, while it runs."""
UNKNOWN_PATH = "Not Found"
"""What the gateway says of a path that its template does not name."""
ASK = "-"
"""Stands for a value that is asked for, so that it does not stay in the shell's history."""


class ApiError(HubError):
    """The hub was not reached, or refused: the message is for the person at the keyboard."""


@dataclass(frozen=True, slots=True)
class Api:
    """A hub's API. `options`: those by which the command line names this hub."""

    url: str
    key: str
    client: Client
    options: str = ""

    def get(self, path: str, **query: Any) -> Any:
        """The answer to a question. Raises ApiError."""
        told = urlencode(
            {name: value for name, value in query.items() if value is not None and value is not False}
        )
        return self._asked("GET", f"{path}?{told}" if told else path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a question whose words are in the body. Raises ApiError."""
        return self._asked("POST", path, json.dumps(body).encode())

    def _asked(self, method: str, path: str, body: bytes | None) -> Any:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        try:
            answer = self.client.send(HttpRequest(method, self.url.rstrip("/") + path, headers, body))
        except RetryError as error:
            raise ApiError(f"no hub answers at {self.url}: {error.reason}") from error
        if answer.status != 200:
            raise ApiError(_refusal(answer.status, answer.body))
        return answer.json()


def add_where(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which hub is asked."""
    where = parser.add_argument_group("which hub")
    where.add_argument("--stack", default="cauce", help="name of the deployed stack (default %(default)s)")
    where.add_argument("--dev", action="store_true", help="the hub that `hub dev` runs on this machine")
    where.add_argument("--url", help="address of a hub, with --key-file")
    where.add_argument("--key-file", type=Path, help="file with its API key; /dev/stdin reads it from there")
    add_root(parser)


def api_of(arguments: argparse.Namespace) -> Api:
    """The hub that the arguments name. Raises ApiError."""
    if arguments.dev:
        return running(project_root(arguments.root) / DEV)
    if arguments.url:
        options = f" --url {shlex.quote(arguments.url)} --key-file {shlex.quote(str(arguments.key_file))}"
        return Api(arguments.url, _key(arguments.key_file), HttpClient(), options)
    url, key = _deployed(arguments.stack)
    options = "" if arguments.stack == "cauce" else f" --stack {arguments.stack}"
    return Api(url, key, HttpClient(), options)


def add_whose(parser: argparse.ArgumentParser, *, ids: bool = True) -> None:
    """Add the ways to name a customer; without `ids` only identifiers."""
    whose = parser.add_mutually_exclusive_group(required=True)
    if ids:
        whose.add_argument("id", nargs="?", help="the customer's number in the hub")
        whose.add_argument(
            "--external", metavar="ACCOUNT:RESOURCE:ID", help="as shopify.co:customer:812, or of an order"
        )
    ask = f"'{ASK}' asks for it, so that it does not stay in the shell's history"
    whose.add_argument("--email", help=ask)
    whose.add_argument("--phone", help=f"{ask}; with --country where it has no country code")
    whose.add_argument("--tax-id", help=ask)
    whose.add_argument("--by", metavar="FIELD=VALUE", help="another field that identifies, as loyalty_id=…")
    parser.add_argument("--country", help="of a phone without country code, as CO")


def whose(api: Api, arguments: argparse.Namespace) -> str:
    """The number of the customer whom the arguments name. Raises ApiError."""
    if arguments.id:
        return number(arguments.id)
    told = identifier(arguments) if not arguments.external else {"external_id": record(arguments.external)}
    return str(api.post("/v1/customers/search", told)["id"])


def number(id: str) -> str:
    """A customer's number, which stands in an address: nothing else may. Raises ApiError."""
    if not (id.isascii() and id.isalnum()):
        raise ApiError("a customer's number has 24 digits and letters; other identifiers have options")
    return id


def identifier(arguments: argparse.Namespace) -> dict[str, str]:
    """The identifier that the arguments name, as the API takes it. Raises ApiError."""
    given = {"email": arguments.email, "phone": arguments.phone, "tax_id": arguments.tax_id}
    if arguments.by:
        name, _, value = arguments.by.partition("=")
        given = {name: value or ASK}
    ((name, value),) = ((name, value) for name, value in given.items() if value)
    country = {"country": arguments.country} if arguments.country else {}
    return {name: _asked_for(name) if value == ASK else value, **country}


def record(text: str) -> dict[str, str]:
    """The record that `account:resource:id` names. Raises ApiError."""
    parts = text.split(":", 2)
    if len(parts) != 3 or not all(parts):
        raise ApiError("a record is named account:resource:id, as shopify.co:customer:812")
    return dict(zip(("source", "resource", "id"), parts, strict=True))


def _asked_for(name: str) -> str:
    """What a person types, or a program writes to standard input."""
    if sys.stdin.isatty():
        print(f"{name.replace('_', ' ')}: ", end="", file=sys.stderr, flush=True)
    told = sys.stdin.readline().strip()
    if not told:
        raise ApiError(f"no {name.replace('_', ' ')} was given")
    return told


def _refusal(status: int, body: bytes) -> str:
    """Why the hub refused, in its own words where it has some."""
    if status == 401:
        return "the hub does not know this API key"
    try:
        said = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        said = UNKNOWN_PATH if status == 404 else ""
    if said == UNKNOWN_PATH:
        return "this hub does not know the question: it was deployed from older files, deploy it again"
    return said or f"the hub answered {status}"


def running(file: Path) -> Api:
    """The hub that `hub dev` runs. Raises ApiError."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ApiError("no hub runs here: start it with `make dev`") from error
    return Api(told["url"], told["key"], HttpClient(), " --dev")


def _key(file: Path | None) -> str:
    if file is None:
        raise ApiError("say --key-file: the file that holds the API key of that hub")
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ApiError(f"{file}: cannot be read") from error


def _deployed(stack: str) -> tuple[str, str]:
    """Address and key of a deployed stack, with the environment's AWS credentials. Raises ApiError."""
    with aws_errors(ApiError, OR_DEV):
        told = outputs(stack)
        key = Vault(stack).get("api-key").get("key", "")
    if "ApiUrl" not in told:
        raise ApiError(f"{stack} is no stack of this hub: it names no ApiUrl")
    return told["ApiUrl"], key
