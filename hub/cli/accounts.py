"""hub accounts: the shops and portals, their secrets, and the switches that need no deployment."""

import argparse
import getpass
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub import keys
from hub.accounts import Account
from hub.catalog import Catalog
from hub.cli.project import add_root, project_root
from hub.cli.stack import outputs
from hub.client import Client, HttpClient
from hub.connector import Call, Connector
from hub.errors import HubError, PauseError, RecordError, RetryError
from hub.store import Item, Put, Store
from hub.times import from_epoch

STAGE = "*"
"""Stands for all accounts of the stage."""


class UnknownAccountError(HubError):
    """No such account in accounts.yaml."""


class Vault:
    """The secrets `<stack>/<name>` of Secrets Manager, read and written by a person."""

    def __init__(self, stack: str) -> None:
        import boto3

        self.stack = stack
        self._client = boto3.client("secretsmanager")

    def get(self, name: str) -> dict[str, str]:
        """The values of a secret, {} when there is none."""
        try:
            answer = self._client.get_secret_value(SecretId=f"{self.stack}/{name}")
        except self._client.exceptions.ResourceNotFoundException:
            return {}
        return {key: str(value) for key, value in json.loads(answer["SecretString"]).items()}

    def put(self, name: str, values: dict[str, str]) -> None:
        """Make these the current values; the ones before stay valid as AWSPREVIOUS."""
        text, id = json.dumps(values), f"{self.stack}/{name}"
        try:
            self._client.put_secret_value(SecretId=id, SecretString=text)
        except self._client.exceptions.ResourceNotFoundException:
            self._client.create_secret(Name=id, SecretString=text)


@dataclass(frozen=True, slots=True)
class Stage:
    """What the commands work with: the files, and the deployed stack's secrets and table."""

    catalog: Catalog
    vault: Vault
    store: Store
    client: Client
    clock: Callable[[], float]


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "accounts",
        help="list and test accounts, set their secrets, pause them",
        description="The accounts of a deployed stack, with your environment's AWS credentials and region.",
    )
    actions = parser.add_subparsers(title="actions", metavar="<action>", required=True)
    _action(actions, "list", _list, "the accounts of accounts.yaml, what they lack, and which are paused")
    test = _action(actions, "test", _test, "ask each vendor (really) for something with the account's secret")
    test.add_argument("account", nargs="?", help="only this one")
    pause = _action(actions, "pause", _pause, "send nothing to an account until it is resumed")
    pause.add_argument("account", help=f"as in accounts.yaml, or '{STAGE}' (quoted) for all")
    pause.add_argument("--reason", default="by hand", help="what `list` shows (default: %(default)s)")
    dry = _action(actions, "dry-run", _dry_run, "work out what an account would be sent, and send nothing")
    dry.add_argument("account", help=f"as in accounts.yaml, or '{STAGE}' (quoted) for all")
    resume = _action(actions, "resume", _resume, "send to an account again")
    resume.add_argument("account", help=f"as in accounts.yaml, or '{STAGE}' (quoted) for all")
    secret = actions.add_parser("secret", help="set an account's secret").add_subparsers(
        title="actions", metavar="<action>", required=True
    )
    setting = _action(secret, "set", _set_secret, "set it, from prompts or a JSON object on standard input")
    setting.add_argument("account", help="as in accounts.yaml, or a connector for its app's secret")


def run(arguments: argparse.Namespace) -> int:
    """Run one action on the deployed stack."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return int(arguments.action(stage_of(arguments), arguments))
    except (BotoCoreError, ClientError) as error:
        raise HubError(f"AWS: {error}") from error


def stage_of(arguments: argparse.Namespace) -> Stage:
    """The files of the project and the stack of this name."""
    from hub.store.dynamodb import DynamoStore

    catalog = Catalog.read(project_root(arguments.root))
    store = DynamoStore(table_of(arguments.stack))
    return Stage(catalog, Vault(arguments.stack), store, HttpClient(), time.time)


def _action(actions: Any, name: str, action: Callable[..., int], help: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help)
    parser.add_argument("--stack", default="cauce", help="name of the deployed stack (default %(default)s)")
    add_root(parser)
    parser.set_defaults(run=run, action=action)
    return parser


def table_of(stack: str) -> str:
    """The name of a deployed stack's table."""
    return outputs(stack)["TableName"]


def _list(stage: Stage, arguments: argparse.Namespace) -> int:
    rows = [("account", "role", "time zone", "secrets", "state")]
    for account in stage.catalog.accounts.values():
        lacking = _lacking(stage, account)
        secrets = f"lacks {', '.join(lacking)}" if lacking else "complete"
        rows.append((account.name, account.role, account.time_zone, secrets, _switched(stage, account.name)))
    _print(rows)
    whole = _switched(stage, STAGE)
    if whole != "active":
        print(f"all accounts: {whole}")
    return 0


def _test(stage: Stage, arguments: argparse.Namespace) -> int:
    """1 when any vendor refused."""
    chosen = [_named(stage, arguments.account)] if arguments.account else stage.catalog.accounts.values()
    results = [(account.name, *_tried(stage, account)) for account in chosen]
    _print([(name, text) for name, _, text in results])
    return 0 if all(well for _, well, _ in results) else 1


def _pause(stage: Stage, arguments: argparse.Namespace) -> int:
    _switch(stage, arguments.account, paused=True, reason=arguments.reason)
    print(f"{_called(arguments.account)} paused: deliveries wait in the table until you resume")
    return 0


def _dry_run(stage: Stage, arguments: argparse.Namespace) -> int:
    _switch(stage, arguments.account, dry_run=True)
    print(f"{_called(arguments.account)} dry: deliveries say what they would write, and are not sent later")
    return 0


def _resume(stage: Stage, arguments: argparse.Namespace) -> int:
    _switch(stage, arguments.account, paused=False, dry_run=False, reason="")
    print(f"{_called(arguments.account)} resumed: what waits is sent within a few minutes")
    return 0


def _called(name: str) -> str:
    return "all accounts are" if name == STAGE else f"{name} is"


def _set_secret(stage: Stage, arguments: argparse.Namespace) -> int:
    connector = _connector(stage, arguments.account)
    held = stage.vault.get(arguments.account)
    told = _prompted(connector.secret_names, held) if sys.stdin.isatty() else _piped()
    unknown = sorted(set(told) - set(connector.secret_names))
    if unknown:
        print(f"{connector.name} knows no secret {', '.join(unknown)}", file=sys.stderr)
        return 1
    stage.vault.put(arguments.account, {**held, **told})
    print(f"{arguments.account}: {', '.join(sorted(told)) or 'nothing'} set")
    return 0


def _prompted(names: Iterable[str], held: dict[str, str]) -> dict[str, str]:
    """What a person types, unseen; nothing typed leaves a value as it is."""
    texts = {
        name: getpass.getpass(f"{name}{' (set; empty keeps it)' if name in held else ''}: ") for name in names
    }
    return {name: text for name, text in texts.items() if text}


def _piped() -> dict[str, str]:
    try:
        told = json.load(sys.stdin)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise HubError("standard input holds no JSON object of names and values")
    return {str(name): str(value) for name, value in told.items()}


def _tried(stage: Stage, account: Account) -> tuple[bool, str]:
    """Whether the account works, and what was seen: one page of something that changes nothing."""
    lacking = _lacking(stage, account)
    if lacking:
        return False, f"lacks the secret {', '.join(lacking)}"
    connector = stage.catalog.connectors[account.connector]
    found = next(((name, one.list) for name, one in connector.resources.items() if one.list), None)
    if found is None:
        return True, "secrets complete; the connector reads nothing that could be asked for"
    name, call = found
    return _asked(stage, account, connector, name, call)


def _asked(stage: Stage, account: Account, connector: Connector, name: str, call: Call) -> tuple[bool, str]:
    try:
        scope = {"since": from_epoch(stage.clock() - 60), "page": None}
        response = stage.client.send(call.render(scope, account, stage.vault.get(account.name)))
    except (PauseError, RecordError, RetryError) as error:
        return False, f"{name}: {error}"
    outcome = connector.meaning(response, call, stage.clock())
    return outcome.kind == "done", f"{name}: {outcome.kind}, {outcome.reason}"


def _lacking(stage: Stage, account: Account) -> list[str]:
    """The secrets that neither the account nor its connector's app has."""
    needed = stage.catalog.connectors[account.connector].secret_names
    held = {**stage.vault.get(account.connector), **stage.vault.get(account.name)}
    return [name for name in needed if not held.get(name)]


def _switched(stage: Stage, name: str) -> str:
    key = keys.account(name)
    found = stage.store.read([key]).get(key)
    data = found.data if found else {}
    if data.get("paused"):
        return f"paused ({data.get('reason') or 'no reason given'})"
    return "dry run" if data.get("dry_run") else "active"


def _switch(stage: Stage, name: str, **data: Any) -> None:
    if name != STAGE:
        _named(stage, name)
    key = keys.account(name)
    held = stage.store.read([key]).get(key, Item(key, "account"))
    stage.store.commit([Put(replace(held, data={**held.data, **data}))])


def _named(stage: Stage, name: str) -> Account:
    account = stage.catalog.accounts.get(name)
    if account is None:
        raise UnknownAccountError(f"accounts.yaml has no {name}: {', '.join(stage.catalog.accounts)}")
    return account


def _connector(stage: Stage, name: str) -> Connector:
    """The connector of an account, or the one of this name."""
    connector = stage.catalog.connectors.get(name)
    return connector or stage.catalog.connectors[_named(stage, name).connector]


def _print(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
