"""hub import: history into a hub before it goes live, from the vendor's API or from a file."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.cli.api import Api, ApiError, add_where, api_of
from hub.cli.leaving import leave, yard_of
from hub.cli.pace import Pace
from hub.cli.project import project_root
from hub.messages import dumps
from hub.pipeline import Hub
from hub.pipeline.importing import source_of
from hub.pipeline.poll.backfill import rejected
from hub.pipeline.poll.source import Source, event_of
from hub.rows import Row, RowsError, mark, rows
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.times import from_epoch, parse

BATCH = 200
BATCH_BYTES = 400_000
ASK_EVERY = 5.0
"""Seconds between two questions how far it is."""

DESCRIPTION = """\
Bring history in before going live. What comes is treated as if a webhook had told it, behind live events; a
record that is known in this version changes nothing, so that importing twice is harmless.

  hub import shopify.co order --since 2024-01-01      from the vendor's API, by the hub itself
  hub import woocommerce customer customers.csv       from a file: CSV with a header row, or lines of JSON
  hub import woocommerce customer customers.csv --dry-run
  hub import woocommerce customer customers.csv --drop       left in the hub's bucket, as others leave files

A row of CSV is a record whose fields are the columns, all of them texts; empty cells say nothing. A mapping
reads it like any record: a resource of its own (resources: {export: {id: …}}) can have other columns than the
API's records.
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """What works beside the hub: time and waiting."""

    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "import",
        help="bring history in, from the vendor's API or from a file",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "source", help="an account such as shopify.co, or its connector where it has one account"
    )
    parser.add_argument("resource", help="kind of record there, such as order")
    parser.add_argument("file", type=Path, nargs="?", help="CSV or lines of JSON (default: the vendor's API)")
    parser.add_argument("--since", help="only what changed from this time on (from the API)")
    parser.add_argument("--resume", action="store_true", help="go on with the one that was begun")
    parser.add_argument("--stop", action="store_true", help="let it rest; --resume goes on")
    parser.add_argument(
        "--dry-run", action="store_true", help="map all rows, report what is refused, send nothing"
    )
    parser.add_argument("--format", choices=("csv", "jsonl"), help="of the file (default: by its name)")
    parser.add_argument("--delimiter", default="", help="of CSV (default: found in the header row)")
    parser.add_argument("--encoding", default="utf-8", help="of the file, as cp1252 (default %(default)s)")
    parser.add_argument(
        "--drop", action="store_true", help="leave the file in the hub's bucket, which reads it"
    )
    parser.add_argument("--no-wait", action="store_true", help="begin it and do not watch it")
    add_where(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0: all came in (or would); 1: some rows are refused, or it did not come to its end."""
    catalog = Catalog.read(project_root(arguments.root))
    hub = Hub(Settings(), catalog=catalog, secrets=MemorySecrets({"pepper": [{"1": "dry"}]}))
    source = source_of(hub, _account(catalog, arguments.source), arguments.resource)
    if arguments.file and arguments.dry_run:
        return _try(hub, source, arguments)
    if arguments.file and arguments.drop:
        name = f"{source.account.name}/{source.resource.name}/{arguments.file.name}"
        return leave(
            yard_of(arguments), arguments.file, name, watch=not arguments.no_wait, sleep=Shop().sleep
        )
    api = api_of(arguments)
    named = {"source": source.account.name, "resource": source.resource.name}
    if arguments.stop:
        return _said(api.post("/v1/imports", {**named, "stop": True}))
    if arguments.file:
        return send(api, named, arguments, Shop())
    return watch(api, named, arguments, Shop())


def send(api: Api, named: dict[str, str], arguments: argparse.Namespace, shop: Shop) -> int:
    """Send a file's rows in batches; the hub says from where on, and when to wait."""
    asked = {**named, "file": mark(arguments.file), "resume": arguments.resume}
    status = api.post("/v1/imports", asked)
    path = f"/v1/imports/{named['source']}/{named['resource']}/rows"
    pace = Pace(shop.clock, status["file"]["size"], status["file"]["offset"], status["rows"])
    refused = 0
    while status["state"] == "running":
        place = (status["file"]["offset"], status["file"]["line"])
        for batch in _batches(arguments, place):
            refused += batch.bad
            status = _taken(api, path, batch, shop)
            pace.show(status["file"]["offset"], status["rows"])
            if not status["taken"]:
                break
    pace.end()
    return _said(status, refused)


@dataclass(slots=True)
class Batch:
    """Rows from byte `start` to `end`; `bad`: lines that are none; `last`: the end is there."""

    start: int
    end: int = 0
    line: int = 0
    size: int = 0
    bad: int = 0
    last: bool = False
    rows: list[dict[str, Any]] | None = None

    def add(self, row: Row) -> None:
        """Take a row along."""
        self.rows = self.rows or []
        self.end, self.line = row.end, row.line
        if row.record is None:
            self.bad += 1
            print(f"line {row.line}: no row: as many cells as columns, or an object of JSON", file=sys.stderr)
            return
        self.rows.append(row.record)
        self.size += len(dumps(row.record))

    @property
    def full(self) -> bool:
        """Whether it has to be sent."""
        return len(self.rows or ()) >= BATCH or self.size >= BATCH_BYTES


def _batches(arguments: argparse.Namespace, place: tuple[int, int]) -> Iterator[Batch]:
    batch = Batch(place[0], place[0], place[1])
    for row in _rows(arguments, place):
        if batch.full:
            yield batch
            batch = Batch(batch.end, batch.end, batch.line)
        batch.add(row)
    batch.last = True
    yield batch


def _rows(arguments: argparse.Namespace, place: tuple[int, int]) -> Iterator[Row]:
    form = arguments.format or (
        "csv" if arguments.file.suffix.lower() in (".csv", ".tsv", ".txt") else "jsonl"
    )
    try:
        with arguments.file.open("rb") as file:
            yield from rows(
                file, form=form, delimiter=arguments.delimiter, encoding=arguments.encoding, at=place
            )
    except OSError as error:
        raise RowsError(f"{arguments.file} cannot be read") from error


def _taken(api: Api, path: str, batch: Batch, shop: Shop) -> dict[str, Any]:
    told = {
        "from": batch.start,
        "to": batch.end,
        "line": batch.line,
        "rows": batch.rows or [],
        "last": batch.last,
    }
    while True:
        status: dict[str, Any] = api.post(path, told)
        if not status.get("wait"):
            return status
        shop.sleep(float(status["wait"]))


def watch(api: Api, named: dict[str, str], arguments: argparse.Namespace, shop: Shop) -> int:
    """Let the hub ask the vendor, and say how far it is until it has ended."""
    since = {"since": parse(arguments.since)} if arguments.since else {}
    asked = {**named, **since, "dry": arguments.dry_run, "resume": arguments.resume}
    status = api.post("/v1/imports", asked)
    pace = Pace(shop.clock, 0, 0, status["rows"])
    while status["state"] == "running" and not arguments.no_wait:
        waits = "" if status["rows"] else "the hub's next poll takes it up, within five minutes"
        pace.show(0, status["rows"], status["error"] or waits)
        shop.sleep(ASK_EVERY)
        status = api.get(f"/v1/imports/{named['source']}/{named['resource']}")
    pace.end()
    return _said(status)


def _try(hub: Hub, source: Source, arguments: argparse.Namespace) -> int:
    """Map all rows here, as the hub would."""
    now, bad, count = from_epoch(time.time()), 0, 0
    found: list[dict[str, Any]] = []
    for row in _rows(arguments, (0, 0)):
        count += 1
        if row.record is None:
            bad += 1
            print(f"line {row.line}: no row", file=sys.stderr)
            continue
        found = rejected(hub, [event_of(source, row.record, now, "import")], row.line, found)
    return _said({"dry": True, "rows": count, "rejects": found, "state": "done"}, bad)


def _said(status: dict[str, Any], bad: int = 0) -> int:
    """Print what became of it."""
    refused = sum(one["count"] for one in status["rejects"]) + bad
    if status.get("dry"):
        print(f"{status['rows']} rows, {refused} refused; nothing was sent")
        _print_rejects(status["rejects"])
    else:
        known = status["rows"] - status["sent"]
        print(f"{status['state']}: {status['rows']} rows, {status['sent']} sent on, {known} known already")
    if status["state"] in ("failed", "stopped"):
        print(f"{status['error'] or 'it rests'}: --resume goes on", file=sys.stderr)
    return 1 if refused or status["state"] == "failed" else 0


def _print_rejects(found: list[dict[str, Any]]) -> None:
    for one in sorted(found, key=lambda one: -int(one["count"])):
        lines = ", ".join(map(str, one["rows"])) + (", …" if one["count"] > len(one["rows"]) else "")
        print(f"  {one['count']} × {one['reason']}  {one['place'] or '-'}  line {lines}")


def _account(catalog: Catalog, name: str) -> str:
    """The account of a name, or the only one of that connector. Raises ApiError."""
    own = [account.name for account in catalog.accounts.values() if account.connector == name]
    if name in catalog.accounts or len(own) == 1:
        return name if name in catalog.accounts else own[0]
    raise ApiError(f"say one of {', '.join(own or catalog.accounts)}")
