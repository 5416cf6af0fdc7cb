"""hub accounts: the shops and portals, their secrets, and the switches that need no deployment."""

import argparse
import getpass
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hub import credentials, keys
from hub.accounts import Account
from hub.catalog import Catalog
from hub.cli.credentials import REDIRECT, connect, desk, standing, troubles
from hub.cli.project import add_root, project_root
from hub.cli.stack import aws_errors, outputs
from hub.client import Client, HttpClient
from hub.connector import Call, Connector, HttpRequest, HttpResponse, Outcome
from hub.connector.auth import REFRESH
from hub.credentials.keeping import revive
from hub.errors import HubError, PauseError, RecordError, RetryError
from hub.narrative.table import columns
from hub.pipeline.serve.switches import switch
from hub.store import Store
from hub.times import from_epoch

STAGE = "*"
"""Stands for all accounts of the stage."""

CREDENTIAL = ("credential-", "missing-secret", "status-401", "token-expired")
"""How the reasons begin for which the hub pauses an account because of its credential."""


class UnknownAccountError(HubError):
    """No such account in accounts.yaml."""


class Vault:
    """The secrets `<stack>/<name>` of Secrets Manager, read and written by a person."""

    def __init__(self, stack: str) -> None:
        import boto3

        self.stack = stack
        self._client = boto3.client("secretsmanager")

    def get(self, name: str, stage: str = "AWSCURRENT") -> dict[str, str]:
        """The values of a secret, {} when there is none. `stage`: or AWSPREVIOUS."""
        try:
            answer = self._client.get_secret_value(SecretId=f"{self.stack}/{name}", VersionStage=stage)
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
    connecting = _action(actions, "connect", _connect, "consent at the vendor's page, and keep what it gives")
    connecting.add_argument("account", help="as in accounts.yaml")
    connecting.add_argument(
        "--redirect", default=REDIRECT, help="as registered with the vendor (default %(default)s)"
    )
    rotating = _action(actions, "rotate", _rotate, "set other secrets, and ask the vendor whether they do")
    rotating.add_argument("account", help="as in accounts.yaml, or a connector for its app's secret")
    rotating.add_argument("--back", action="store_true", help="take the secrets before these again")


def run(arguments: argparse.Namespace) -> int:
    """Run one action on the deployed stack."""
    with aws_errors(HubError):
        return int(arguments.action(stage_of(arguments), arguments))


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
    rows = [("account", "role", "time zone", "secrets", "credential", "state")]
    for account in stage.catalog.accounts.values():
        lacking, stands = _lacking(stage, account), standing(stage, account.name)
        secrets = f"lacks {', '.join(lacking)}" if lacking else "complete"
        known = (account.name, account.role, account.time_zone, secrets)
        ends = f", ends {account.secret_ends}" if account.secret_ends else ""
        rows.append((*known, f"{stands or 'as set'}{ends}", _switched(stage, account.name)))
    _print(rows)
    for line in (*_lacks(stage), *troubles(stage, [*stage.catalog.accounts])):
        print(line)
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
    _switch(stage, arguments.account, "pause", arguments.reason)
    print(f"{_called(arguments.account)} paused: deliveries wait in the table until you resume")
    return 0


def _dry_run(stage: Stage, arguments: argparse.Namespace) -> int:
    _switch(stage, arguments.account, "dry-run")
    print(f"{_called(arguments.account)} dry: deliveries say what they would write, and are not sent later")
    return 0


def _resume(stage: Stage, arguments: argparse.Namespace) -> int:
    revive(desk(stage), arguments.account)
    _switch(stage, arguments.account, "resume")
    print(f"{_called(arguments.account)} resumed: what waits is sent within a few minutes")
    return 0


def _called(name: str) -> str:
    return "all accounts are" if name == STAGE else f"{name} is"


def _set_secret(stage: Stage, arguments: argparse.Namespace) -> int:
    connector = _connector(stage, arguments.account)
    held = stage.vault.get(arguments.account)
    told = _told(connector, held)
    unknown = sorted(set(told) - set(connector.secret_names))
    if unknown:
        print(f"{connector.name} knows no secret {', '.join(unknown)}", file=sys.stderr)
        return 1
    _put(stage, arguments.account, {**held, **told})
    print(f"{arguments.account}: {', '.join(sorted(told)) or 'nothing'} set")
    for name in _accounts_of(stage, arguments.account):
        if connector.auth.connects and _lacking(stage, stage.catalog.accounts[name]) == [REFRESH]:
            print(f"{name}: now consent to it: hub accounts connect {name}")
    return 0


def _connect(stage: Stage, arguments: argparse.Namespace) -> int:
    connect(stage, arguments)
    _cured(stage, [arguments.account])
    return 0


def _rotate(stage: Stage, arguments: argparse.Namespace) -> int:
    """1 when a vendor refuses the new secrets."""
    connector, name = _connector(stage, arguments.account), arguments.account
    held = stage.vault.get(name)
    told = stage.vault.get(name, "AWSPREVIOUS") if arguments.back else _told(connector, held)
    if not set(told.items()) - set(held.items()):
        raise HubError(f"{name} keeps its secrets: nothing else was given")
    _put(stage, name, told if arguments.back else {**held, **told})
    print(f"{name}: rotated; what vendors sign with the secrets before is still accepted")
    results = [(one, *_tried(stage, stage.catalog.accounts[one])) for one in _accounts_of(stage, name)]
    _print([(one, text) for one, _, text in results])
    refused = [one for one, well, _ in results if not well]
    _cured(stage, [one for one, well, _ in results if well])
    if refused and not arguments.back:
        print(f"to take the ones before again: hub accounts rotate --back {name}")
    return 1 if refused else 0


def _cured(stage: Stage, names: Iterable[str]) -> None:
    """Resume the accounts that the hub itself had paused for their credential."""
    for name in names:
        reason = _switch_of(stage, name).get("reason") or ""
        if _switch_of(stage, name).get("paused") and reason.startswith(CREDENTIAL):
            _switch(stage, name, "cured")
            print(f"{_called(name)} resumed: what waits is sent within a few minutes")


def _told(connector: Connector, held: dict[str, str]) -> dict[str, str]:
    """What a person types at a terminal, or the JSON object on standard input."""
    names = [name for name in connector.secret_names if name != REFRESH or not connector.auth.connects]
    return _prompted(connector, names, held) if sys.stdin.isatty() else _piped()


def _put(stage: Stage, name: str, values: dict[str, str]) -> None:
    """Set secrets, with which tokens are asked for anew."""
    stage.vault.put(name, values)
    for account in _accounts_of(stage, name):
        revive(desk(stage), account)


def _accounts_of(stage: Stage, name: str) -> list[str]:
    """The account of this name, or all of a connector."""
    return [one.name for one in stage.catalog.accounts.values() if name in (one.name, one.connector)]


def _prompted(connector: Connector, names: Iterable[str], held: dict[str, str]) -> dict[str, str]:
    """What a person types, unseen; nothing typed leaves a value as it is. Where it is found is said first."""
    texts = {}
    for name in names:
        if where := (connector.data.get("secrets") or {}).get(name, {}).get("help"):
            print(f"{name}: {where}")
        kept = " (set; empty keeps it)" if name in held else ""
        texts[name] = getpass.getpass(f"{name}{kept}: ")
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
    name, call = found or ("credential", None)
    well, text = _asked(stage, account, name, call)
    dead = next(troubles(stage, [account.name]), "")
    return well and not dead, dead.removeprefix(f"{account.name}: ") or text


def _asked(stage: Stage, account: Account, name: str, call: Call | None) -> tuple[bool, str]:
    try:
        if call is None:
            made = stage.catalog.connectors[account.connector].auth.kind
            credentials.current(desk(stage), account.name)
            known = "a token was given" if made else "secrets complete"
            return True, f"{known}; the connector reads nothing that could be asked for"
        scope = {"since": from_epoch(stage.clock() - 60), "page": None}
        outcome = credentials.asked(
            desk(stage), account, call, scope, partial(_sent, stage, account, call)
        ).outcome
    except (PauseError, RecordError, RetryError) as error:
        return False, f"{name}: {error}"
    return outcome.kind == "done", f"{name}: {outcome.kind}, {outcome.reason}"


def _sent(stage: Stage, account: Account, call: Call, request: HttpRequest) -> tuple[Outcome, HttpResponse]:
    response = stage.client.send(request)
    connector = stage.catalog.connectors[account.connector]
    return connector.meaning(response, call, stage.clock()), response


def _lacks(stage: Stage) -> Iterator[str]:
    """For each account without its secrets a sentence with the place that names them, and what to do."""
    for account in stage.catalog.accounts.values():
        connector, lacking = stage.catalog.connectors[account.connector], _lacking(stage, account)
        if lacking:
            consents = lacking == [REFRESH] and connector.auth.connects
            cure = "connect" if consents else "secret set"
            place = connector.document.place("auth" if "auth" in connector.data else "receive")
            yield f"{place}: {account.name} lacks {', '.join(lacking)}: hub accounts {cure} {account.name}"


def _lacking(stage: Stage, account: Account) -> list[str]:
    """The secrets that neither the account nor its connector's app has."""
    needed = stage.catalog.connectors[account.connector].secret_names
    held = {**stage.vault.get(account.connector), **stage.vault.get(account.name)}
    return [name for name in needed if not held.get(name)]


def _switched(stage: Stage, name: str) -> str:
    data = _switch_of(stage, name)
    if data.get("paused"):
        return f"paused ({data.get('reason') or 'no reason given'})"
    return "dry run" if data.get("dry_run") else "active"


def _switch_of(stage: Stage, name: str) -> dict[str, Any]:
    key = keys.account(name)
    found = stage.store.read([key]).get(key)
    return found.data if found else {}


def _switch(stage: Stage, name: str, action: str, reason: str = "") -> None:
    """Switch an account as the API does. Raises HubError where somebody else did so just now."""
    if name != STAGE:
        _named(stage, name)
    who = {"actor": getpass.getuser(), "reason": reason}
    if not switch(stage.store, name, action, **who, now=stage.clock()):
        raise HubError(f"{name} has just been switched by somebody else: look, and say it again")


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
    for line in columns(rows):
        print(line)
