"""hub connectors: which systems there are, what each takes and writes, and how sure that is."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.cli.project import NoProjectError, add_root, project_root
from hub.listing import index, page, put
from hub.listing.table import facts, standing
from hub.narrative.table import columns

FOLDER = "docs/connectors"
PAGES = {"README.md": "en", "README.es.md": "es"}

_DESCRIPTION = """\
List the connectors of this project: what comes in, what goes out, and by what it was verified (the vendor's
API file, signed examples, documentation, or nothing yet). With a name, the whole page: fields, settings,
secrets, the steps in the vendor's console.

  hub connectors                 all of them
  hub connectors vtex            one, in full
  hub connectors --write         docs/connectors/ and the tables of the READMEs, written anew"""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "connectors",
        help="which systems there are, and how sure each is",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", help="one connector, such as vtex")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--write", action="store_true", help="write docs/connectors/ and the READMEs' tables")
    how.add_argument("--check", action="store_true", help="write nothing; 1 if a page is not up to date")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the list or one page, or write all pages."""
    root = project_root(arguments.root)
    catalog = Catalog.read(root)
    if arguments.write or arguments.check:
        return _written(root, catalog, check=arguments.check)
    if arguments.name:
        if arguments.name not in catalog.connectors:
            raise NoProjectError(f"there is no connector {arguments.name}; `hub connectors` lists them")
        print(page(catalog, arguments.name), end="")
        return 0
    print(_list(catalog), end="")
    return 0


def _list(catalog: Catalog) -> str:
    rows = [("connector", "comes in", "goes out", "standing")]
    for one in facts(catalog):
        rows.append((one.connector.name, ", ".join(one.receives), ", ".join(one.writes), standing(one)))
    return "\n".join(columns(rows)) + "\n"


def _written(root: Path, catalog: Catalog, *, check: bool) -> int:
    pages = dict(_pages(root, catalog))
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
    left = [path for path in sorted((root / FOLDER).glob("*.md")) if path not in pages]
    if check:
        for path in [*stale, *left]:
            print(
                f"{path.relative_to(root)} is not up to date: run `hub connectors --write`", file=sys.stderr
            )
        return 1 if stale or left else 0
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
    for path in left:
        path.unlink()
    print(f"{len(stale) + len(left)} of {len(pages)} pages written anew")
    return 0


def _pages(root: Path, catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """Every page with its text."""
    yield root / FOLDER / "README.md", index(catalog)
    for name in catalog.connectors:
        yield root / FOLDER / f"{name}.md", page(catalog, name)
    for name, language in PAGES.items():
        if (root / name).is_file():
            yield root / name, put((root / name).read_text("utf-8"), catalog, language)
