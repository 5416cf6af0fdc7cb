"""hub new connector: a connector, its mappings and its sample events from what a vendor publishes."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.cli.project import NoProjectError, add_root, project_root, read_json, write_new
from hub.documents import Document
from hub.mapping import Mapping
from hub.proposal.openapi import Api, Found, draft, drafted, resources, told
from hub.proposal.openapi.draft import record_of
from hub.proposal.openapi.told import Sample, Told
from hub.proposal.page import page
from hub.proposal.proposal import propose
from hub.samples import Samples

_DESCRIPTION = """\
Propose a connector from the vendor's OpenAPI file (JSON or YAML, 2.0 to 3.1) and what its webhooks look like:
addresses, authorisation, lists and their pages, how records are found, created and changed, how webhooks are
signed; and a mapping for each kind of record. Each line says how likely it is and why; what is less likely
than 0.50 is a comment. Of a vendor without such a file, its webhooks alone show how it sends, and what of.

  hub new connector posada --openapi posada.yaml --from guest-updated.json
  hub new connector posada --from guest-updated.json guest-deleted.json

It is printed; --write makes connectors/posada.yaml, mappings/posada.*.yaml and events/posada/. What to do
then: docs/guides/add-a-connector.md."""

_SAFE = "abcdefghijklmnopqrstuvwxyz0123456789_"


def add(things: Any) -> None:
    """Add `connector` to what `hub new` makes."""
    parser = things.add_parser(
        "connector",
        help="propose a connector from an OpenAPI file and sample events",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", help="what it is called here: small letters, such as posada")
    parser.add_argument("--openapi", type=Path, metavar="FILE", help="the vendor's file")
    parser.add_argument(
        "--from",
        dest="events",
        type=Path,
        nargs="+",
        default=[],
        metavar="EVENT",
        help="webhooks as they came: {headers, query, body}",
    )
    parser.add_argument("--write", action="store_true", help="write the files, where there are none")
    parser.add_argument("--force", action="store_true", help="with --write: over existing files, too")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the files, or write them; 1 where the API has no kind of record that is recognised."""
    name = arguments.name
    if not name or set(name) - set(_SAFE):
        raise NoProjectError(f"{name} is no name: small letters and digits, as in posada")
    root = project_root(arguments.root)
    events = [(path.name, read_json(path)) for path in arguments.events]
    files = _proposed(root, name, arguments.openapi, events)
    if not files:
        print("hub: none of the API's records was recognised as a customer, an order, …", file=sys.stderr)
        return 1
    if not arguments.write:
        print("\n".join(f"# --- {file}\n{text}" for file, text in files.items()), end="")
        return 0
    for file, text in files.items():
        write_new(root / file, text, force=arguments.force)
        print(root / file)
    print("check each line, then `hub check`; `hub contract` tells what the connector keeps")
    return 0


def _proposed(root: Path, name: str, openapi: Path | None, events: list[Sample]) -> dict[str, str]:
    """Each file with its text; none where nothing was recognised. Raises NoProjectError, ApiError."""
    if openapi is not None:
        api = Api.read(openapi)
        found = resources(api)
        return dict(_files(root, name, api, found, events)) if found else {}
    if not told(events):
        raise NoProjectError(
            "there is nothing to propose from: --openapi FILE, or --from with webhooks {headers, query, body}"
        )
    return dict(_sent(root, name, events))


def _sent(root: Path, name: str, events: list[Sample]) -> Iterator[tuple[str, str]]:
    """Each file that webhooks alone show, with its text."""
    yield f"connectors/{name}.yaml", drafted(name, events)
    catalog = Catalog.read(root)
    kinds: dict[str, list[Told]] = {}
    for one in told(events):
        kinds.setdefault(one.name, []).append(one)
    for kind, some in kinds.items():
        whole = [one for one in some if isinstance(one.record, dict) and not one.thin]
        given = [(f"events/{name}/{one.file}", one.record) for one in whole]
        text = _mapping(root, catalog, f"{name}.{kind}", some[0].entity, given) if given else ""
        if text:
            yield f"mappings/{name}.{kind}.yaml", text
        else:
            hint = "an event that only names it is fetched" if not whole else "say it with --entity"
            print(f"hub: no mapping of {name}.{kind}: {hint}, then `hub new mapping`", file=sys.stderr)
    for file, sample in events:
        yield f"events/{name}/{file}", _json(sample)


def _files(
    root: Path, name: str, api: Api, found: list[Found], events: list[Sample]
) -> Iterator[tuple[str, str]]:
    """Each file with its text."""
    yield f"connectors/{name}.yaml", draft(api, found, name, [sample for _, sample in events])
    catalog = Catalog.read(root)
    for one in found:
        record = api.sample(record_of(api, one))
        if isinstance(record, dict):
            if text := _mapping(root, catalog, f"{name}.{one.name}", one.entity, [(record, record)]):
                yield f"mappings/{name}.{one.name}.yaml", text
            yield f"events/{name}/records/{one.name}.sample.json", _json(record)
    for file, sample in events:
        yield f"events/{name}/{file}", _json(sample)


def _mapping(root: Path, catalog: Catalog, name: str, kind: str, given: list[tuple[Any, Any]]) -> str:
    """The mapping of one kind of record, "" where none of its fields was recognised.

    `given`: what a test reads (a file, or the record itself), and the record.
    """
    entity = catalog.entities.get(kind)
    if entity is None:
        return ""
    target = Mapping(Document(f"mappings/{name}.yaml", {"entity": entity.name}), {entity.name: entity})
    context = Samples(root, catalog).context(target)
    proposal = propose([record for _, record in given], entity, context.account, None)
    return page(proposal, target, given, context)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
