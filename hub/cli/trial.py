"""hub try: what a mapping makes of an event or of an entity, or what an expression gives."""

import argparse
import json
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.cli import evaluation
from hub.cli.outcome import read, written
from hub.cli.project import NoProjectError, add_account, add_root, context_of, project_root
from hub.connector.body import answer
from hub.errors import RecordError
from hub.mapping import Mapping
from hub.samples import Samples

_DESCRIPTION = """\
  hub try shopify.order events/shopify/order.json    what the mapping makes of each record in an event:
                                                     fields, consents, lines whose value was not understood
  hub try hubspot.contact --out '{"email": "…"}'     what is written of an entity and its `customer`
  hub try "line_items[].price" events/…/order.json   what an expression gives, over what the mapping of the
                                                     event sees, or over any other JSON

Of an event that only names a record, the record is that of events/<connector>/records/. Values are shown as
they are. 1 where a record is rejected or missing, or an expression has no value."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "try",
        help="show what a mapping makes of an event or an entity, or what an expression gives",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", help="a mapping such as shopify.customer, or an expression")
    parser.add_argument("event", help="file of a sample event, of a record that is fetched, or any JSON")
    parser.add_argument(
        "--out", action="store_true", help="the other way: of an entity, in JSON or a file of it"
    )
    parser.add_argument(
        "--as",
        dest="seen_by",
        metavar="MAPPING",
        default="",
        help="whose record the expression sees; or `event`",
    )
    add_account(parser)
    parser.add_argument("--explain", action="store_true", help="show each leaf with what it read")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what comes out; 1 if a record is rejected or an expression has no value."""
    root = project_root(arguments.root)
    catalog = Catalog.read(root)
    samples = Samples(root, catalog)
    try:
        if arguments.what in catalog.mappings:
            return _mapping(catalog.mappings[arguments.what], samples, arguments)
        return _expression(catalog, samples, arguments)
    except RecordError as error:
        print(f"rejected: {error}", file=sys.stderr)
        return 1


def _mapping(mapping: Mapping, samples: Samples, arguments: argparse.Namespace) -> int:
    context = context_of(mapping, samples, arguments.account)
    if arguments.out:
        found = [written(mapping, _entity(arguments.event, samples), context)]
    else:
        records, missing = samples.completed(mapping, _json(arguments.event, samples))
        evaluation.say_missing(missing)
        if missing and not records:
            return 1
        found = [read(mapping, record, context) for record in records]
    if arguments.json:
        plain = [one.plain(explained=arguments.explain) for one in found]
        print(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        texts = ["\n".join(one.lines(explained=arguments.explain)) for one in found]
        print("\n\n".join(texts) or f"the event has no record of {mapping.name}")
    return 0


def _json(event: str, samples: Samples) -> Any:
    """JSON as it is, or that of a file. Raises NoProjectError."""
    try:
        return answer(event.encode() if event.lstrip()[:1] in ("{", "[") else Path(event).read_bytes())
    except FileNotFoundError:
        known = {str(path.relative_to(samples.root)) for path in (samples.root / "events").glob("**/*.json")}
        close = get_close_matches(event, known, n=1)
        cure = f", did you mean {close[0]}?" if close else ""
        raise NoProjectError(f"there is no file {event}{cure}") from None
    except (OSError, ValueError):
        raise NoProjectError(f"{event} is not JSON, nor a file that holds it") from None


def _entity(text: str, samples: Samples) -> dict[str, Any]:
    """The entity of an argument: JSON, or the name of a file. Raises NoProjectError."""
    entity = _json(text, samples)
    if not isinstance(entity, dict) or not isinstance(entity.get("customer", {}), dict):
        raise NoProjectError("an entity is an object, and so is its `customer`")
    return entity


def _expression(catalog: Catalog, samples: Samples, arguments: argparse.Namespace) -> int:
    near = get_close_matches(arguments.what, catalog.mappings, n=1, cutoff=0.75)
    cure = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(catalog.mappings))}"
    unknown = NoProjectError(f"there is no mapping {arguments.what}, {cure}")
    if arguments.out:
        raise unknown
    if arguments.seen_by not in {"", evaluation.EVENT, *catalog.mappings}:
        raise NoProjectError(f"there is no mapping {arguments.seen_by}")
    expression = evaluation.compiled(arguments.what)
    data = _json(arguments.event, samples)
    scopes = evaluation.scopes(catalog, samples, Path(arguments.event), data, arguments.seen_by)
    if near and not any(isinstance(scope, dict) and expression.names & scope.keys() for scope in scopes):
        raise unknown
    return evaluation.tried(expression, scopes, as_json=arguments.json)
