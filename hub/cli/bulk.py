"""hub map: many records through a mapping, as lines of JSON."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from hub.catalog import Catalog
from hub.cli.project import NoProjectError, add_account, add_root, context_of, named, project_root
from hub.connector.body import answer
from hub.errors import RecordError
from hub.mapping import Context, Mapping
from hub.messages import dumps
from hub.samples import Samples

DESCRIPTION = """\
Read one JSON object from each line, and write what the mapping makes of it as a line of JSON: the fields
of a vendor's record or, with --out, the vendor's record of an entity. A line that is rejected is said on
stderr with its number and the place in the mapping, and left out.

  hub map shopify.order exported.jsonl > orders.jsonl
  zcat customers.jsonl.gz | hub map --out klaviyo.profile > profiles.jsonl
"""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "map",
        help="put many records through a mapping, lines of JSON to lines of JSON",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("mapping", help="name of the mapping, such as shopify.order")
    parser.add_argument("file", type=Path, nargs="?", help="lines of JSON (default: standard input)")
    parser.add_argument("--out", action="store_true", help="from entities to the vendor's records")
    add_account(parser)
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the lines; 1 if one was rejected."""
    root = project_root(arguments.root)
    catalog = Catalog.read(root)
    mapping = named(catalog, arguments.mapping)
    context = context_of(mapping, Samples(root, catalog), arguments.account)
    mapped = _writer(mapping, context) if arguments.out else _reader(mapping, context)
    rejected = 0
    with _lines(arguments.file) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                sys.stdout.buffer.write(mapped(line) + b"\n")
            except RecordError as error:
                rejected += 1
                print(f"line {number}: {error}", file=sys.stderr)
    sys.stdout.buffer.flush()
    return 1 if rejected else 0


def _writer(mapping: Mapping, context: Context) -> Callable[[bytes], bytes]:
    """An entity to the vendor's record; its customer, where the mapping asks for one, is in its line."""

    def write(line: bytes) -> bytes:
        entity = _object(line)
        customer = entity.pop("customer", None)
        known = customer if isinstance(customer, dict) else {}
        return dumps(mapping.outward(entity, known, context)).encode()

    rules = (target.rule for target in mapping.writes)
    if any("customer" in expression.names for rule in rules for expression in rule.expressions()):
        return write
    return lambda line: mapping.transcode(line, {}, context)


def _reader(mapping: Mapping, context: Context) -> Callable[[bytes], bytes]:
    return lambda line: dumps(mapping.inward(_object(line), context).fields).encode()


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = answer(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RecordError("bad-body", "this is no object of JSON")
    return found


@contextmanager
def _lines(file: Path | None) -> Iterator[BinaryIO]:
    """The file, or standard input. Raises NoProjectError."""
    if file is None:
        yield sys.stdin.buffer
        return
    try:
        opened = file.open("rb")
    except OSError:
        raise NoProjectError(f"{file} cannot be read") from None
    with opened:
        yield opened
