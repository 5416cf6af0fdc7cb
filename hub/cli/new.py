"""hub new: what is written for people to go on with."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.cli import scaffold
from hub.cli.project import NoProjectError, add_account, add_root, project_root, read_json, write_new
from hub.connector import Connector
from hub.documents import Document
from hub.entity import Entity
from hub.errors import RecordError
from hub.mapping import ABSENT, Mapping
from hub.proposal.page import page
from hub.proposal.proposal import propose
from hub.samples import Samples

_DESCRIPTION = """\
Propose a mapping by names (English, Spanish, Portuguese), types and values of sample events. Each line says
how likely it is and why; what is less likely than 0.50 is a comment, with the alternatives; fields that
nothing was found for, and those that no line reads, are listed. The test at the end holds what comes out now.

  hub new mapping posada.guest --from events/posada/guest-updated.json --entity customer

It is printed; --write makes it mappings/<connector>.<resource>.yaml. Give several events: the more a mapping
sees, the better it is."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "new", help="propose a connector or a mapping from what a vendor publishes"
    )
    things = parser.add_subparsers(title="things", metavar="<thing>", required=True)
    mapping = things.add_parser(
        "mapping",
        help="propose a mapping from sample events",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mapping.add_argument("name", help="<connector>.<resource>, such as posada.guest")
    mapping.add_argument(
        "--from",
        dest="events",
        metavar="EVENT",
        type=Path,
        nargs="+",
        required=True,
        help="files: {headers, query, body}, or a record as it is fetched",
    )
    mapping.add_argument("--entity", required=True, help="what the records become, such as customer")
    add_account(mapping)
    mapping.add_argument("--write", action="store_true", help="write mappings/<name>.yaml, if there is none")
    mapping.add_argument("--force", action="store_true", help="with --write: over an existing file, too")
    add_root(mapping)
    mapping.set_defaults(run=run)
    scaffold.add(things)


def run(arguments: argparse.Namespace) -> int:
    """Print the proposal, or write it; 1 where no line could be proposed."""
    root = project_root(arguments.root)
    catalog = Catalog.read(root)
    entity = catalog.entities.get(arguments.entity)
    if entity is None:
        raise NoProjectError(
            f"there is no entity {arguments.entity}; there are {', '.join(catalog.entities)}"
        )
    if len(arguments.name.split(".")) not in {2, 3}:
        raise NoProjectError(f"{arguments.name} is no <connector>.<resource>, such as posada.guest")
    text = _proposed(arguments, Samples(root, catalog), entity)
    if not text:
        print("hub: none of the fields was recognised", file=sys.stderr)
        return 1
    if not arguments.write:
        print(text, end="")
        return 0
    path = root / "mappings" / f"{arguments.name}.yaml"
    write_new(path, text, force=arguments.force)
    print(f"{path}: check each line, then `hub check`")
    return 0


def _proposed(arguments: argparse.Namespace, samples: Samples, entity: Entity) -> str:
    target = _target(arguments.name, samples, entity)
    context = samples.context(target, arguments.account)
    told = [(path, record) for path in arguments.events for record in _records(samples, target, path)]
    if not told:
        raise NoProjectError(f"the events have no record of {arguments.name}")
    _say_what_is_missing(samples, target)
    proposal = propose([record for _, record in told], entity, context.account, target.empty)
    return page(proposal, target, [(_given(samples, target, *one), one[1]) for one in told], context)


def _given(samples: Samples, target: Mapping, path: Path, record: Any) -> Any:
    """What a test reads: the file, if it is of this project and the connector can read it."""
    file = path.resolve()
    known = samples.connector(target) is not None and file.is_relative_to(samples.root)
    return file.relative_to(samples.root).as_posix() if known else record


def _target(name: str, samples: Samples, entity: Entity) -> Mapping:
    """The mapping that is to be: so far it says nothing but its name and entity."""
    target = Mapping(Document(f"mappings/{name}.yaml", {"entity": entity.name}), {entity.name: entity})
    connector = samples.connector(target)
    return replace(target, empty=connector.document.data.get("empty", ABSENT) if connector else ABSENT)


def _records(samples: Samples, target: Mapping, path: Path) -> list[Any]:
    sample = read_json(path)
    try:
        if samples.connector(target) is None and isinstance(sample, dict) and "body" in sample:
            return [sample["body"]]
        return [record for record in samples.records(target, sample) if isinstance(record, dict)]
    except RecordError as error:
        raise NoProjectError(f"the connector cannot read {path}: {error}") from None


def _say_what_is_missing(samples: Samples, target: Mapping) -> None:
    connector: Connector | None = samples.connector(target)
    if connector is None:
        print(
            f"hub: connectors/{target.connector}.yaml is not there: the body is taken for the record",
            file=sys.stderr,
        )
    elif target.resource not in connector.resources:
        print(f"hub: {target.connector} has no resource {target.resource} yet", file=sys.stderr)
