"""hub try: what a mapping makes of a sample event."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.cli.project import NoProjectError, add_root, project_root
from hub.entity import Field
from hub.errors import RecordError
from hub.mapping import Incoming, Mapping
from hub.samples import Samples


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "try",
        help="show what a mapping makes of a sample event",
        description="Print fields, identifiers, consents, and lines whose value was not understood.",
    )
    parser.add_argument("mapping", help="name of the mapping, such as shopify.customer")
    parser.add_argument("event", type=Path, help="file of a sample event, or of a record that is fetched")
    parser.add_argument("--account", help="such as shopify.co (default: the connector's first)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what comes out of each record of the event; 1 if one is rejected."""
    root = project_root(arguments.root)
    catalog = Catalog.read(root)
    mapping = catalog.mappings.get(arguments.mapping)
    if mapping is None:
        known = ", ".join(sorted(catalog.mappings))
        raise NoProjectError(f"there is no mapping {arguments.mapping}; there are {known}")
    samples = Samples(root, catalog)
    context = samples.context(mapping, arguments.account)
    try:
        records = samples.records(mapping, json.loads(arguments.event.read_text(encoding="utf-8")))
        told = [mapping.inward(record, context) for record in records]
    except FileNotFoundError:
        raise NoProjectError(f"there is no file {arguments.event}") from None
    except (OSError, ValueError):
        raise NoProjectError(f"{arguments.event} is not a JSON file") from None
    except RecordError as error:
        print(f"rejected: {error}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps([_plain(one) for one in told], ensure_ascii=False, indent=2))
    else:
        print(
            "\n\n".join(_described(mapping, one) for one in told)
            or "the event has no record of this resource"
        )
    return 0


def _plain(incoming: Incoming) -> dict[str, Any]:
    consents = [asdict(consent) for consent in incoming.consents]
    return {
        "fields": incoming.fields,
        "consents": consents,
        "drift": [str(place) for place in incoming.drift],
    }


def _described(mapping: Mapping, incoming: Incoming) -> str:
    fields = mapping.model.fields
    width = max(map(len, incoming.fields), default=0)
    lines = [f"{mapping.name} → {mapping.entity}"]
    for name, value in incoming.fields.items():
        lines.append(f"  {name.ljust(width)}  {_value(value)}{_identifies(fields[name])}")
    for consent in incoming.consents:
        about = f"{consent.channel}.{consent.purpose} of {consent.address}"
        lines.append(f"  consent {about}: {consent.state}, at {consent.at}")
    lines += [f"  not understood: {place}" for place in incoming.drift]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if value is None:
        return "(cleared)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _identifies(field: Field) -> str:
    return f"   [{field.identifies} identifier]" if field.identifies else ""
