"""hub pepper: a new version of the secret that identifiers are hashed with, while events go on."""

import argparse
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hub import keys
from hub.cli.accounts import Vault, table_of
from hub.cli.stack import aws_errors
from hub.errors import HubError
from hub.identity import FLOOR, Pepper, peppers
from hub.pipeline.rekey import brought
from hub.store import Item, Key, Put, Store

NAME = "pepper"
KNOWN = 600.0
"""Seconds after which every worker knows a new version: the secrets' cache, and the longest function."""


Scan = Callable[[Key | None], Iterator[tuple[list[Item], Key | None]]]
"""The items of a table after a key, page by page, each page with where to go on."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a rotation works with."""

    vault: Any
    store: Store
    scan: Scan
    clock: Callable[[], float]
    sleep: Callable[[float], None]


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser("pepper", help="rotate the secret that identifiers are hashed with")
    actions = parser.add_subparsers(title="actions", metavar="<action>", required=True)
    rotate = actions.add_parser(
        "rotate",
        help="add a version (unless one is under way) and bring all keys to it",
        description="Events go on meanwhile. It may be stopped at any moment: run it again and it goes on. "
        "It scans the table with your AWS credentials. Older versions stay in the secret.",
    )
    rotate.add_argument("--stack", default="cauce", help="name of the deployed stack (default %(default)s)")
    rotate.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Rotate the pepper of a deployed stack."""
    with aws_errors(HubError):
        return rotate(stage_of(arguments.stack))


def stage_of(stack: str) -> Stage:
    """The secret and the table of a stack."""
    from hub.store.dynamodb import DynamoStore, decode

    store = DynamoStore(table_of(stack))

    def scan(after: Key | None) -> Iterator[tuple[list[Item], Key | None]]:
        start: Any = {"pk": {"S": after.pk}, "sk": {"S": after.sk}} if after else None
        while True:
            more = {"ExclusiveStartKey": start} if start else {}
            page = store.client.scan(TableName=store.table, ConsistentRead=True, **more)
            start = page.get("LastEvaluatedKey")
            items = [decode(image) for image in page["Items"] if "data" in image]
            yield items, Key(start["pk"]["S"], start["sk"]["S"]) if start else None
            if not start:
                return

    return Stage(Vault(stack), store, scan, time.time, time.sleep)


def rotate(stage: Stage) -> int:
    """Add a version unless one is under way, and pass over the table until nothing lies under older ones."""
    newest = _version(stage)
    while True:
        cursor = _cursor(stage, newest)
        written = _pass(stage, newest, cursor)
        if written == 0 and cursor.data["began"] >= cursor.data["added"] + KNOWN:
            break
        rest = cursor.data["added"] + KNOWN - stage.clock()
        if written == 0 and rest > 0:
            print(f"waiting {rest:.0f} s, until every worker knows version {newest.version}")
            stage.sleep(rest)
    stage.vault.put(NAME, {**stage.vault.get(NAME), FLOOR: newest.version})
    print(f"done: nothing lies below version {newest.version}, and nothing older is read any more.")
    print("The older versions stay in the secret (the next stands on them), but protect nothing any more.")
    return 0


def _version(stage: Stage) -> Pepper:
    held = stage.vault.get(NAME)
    known = peppers([held])
    if len(known) == 1:
        version = str(int(known[0].version) + 1)
        stage.vault.put(NAME, held := {**held, version: secrets.token_hex(32)})
        print(f"version {version} was added")
    return peppers([held])[0]


def _cursor(stage: Stage, newest: Pepper) -> Item:
    """Where the pass stands, or a new one. `added`: when the version was first seen."""
    key = keys.cursor(NAME, newest.version)
    held = stage.store.read([key]).get(key, Item(key, "cursor"))
    if held.data.get("after"):
        return held
    now = stage.clock()
    return _kept(stage, held, added=held.data.get("added", now), began=now, written=0, after=None)


def _kept(stage: Stage, cursor: Item, **changes: Any) -> Item:
    item = replace(cursor, data={**cursor.data, **changes})
    stage.store.commit([Put(item)])
    return replace(item, version=item.version + 1)


def _pass(stage: Stage, newest: Pepper, cursor: Item) -> int:
    """Go over the rest of the table: what was written in this pass, or somebody else was at."""
    after = cursor.data["after"]
    seen = 0
    for items, last in stage.scan(Key(*after) if after else None):
        written, busy = brought(stage.store, items, newest, stage.clock())
        seen += len(items)
        total = cursor.data["written"] + written + busy
        cursor = _kept(stage, cursor, written=total, after=list(last) if last else None)
        print(f"{seen} items seen, {total} brought to version {newest.version} in this pass")
    return int(cursor.data["written"])
