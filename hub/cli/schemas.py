"""hub schemas: the JSON Schemas that editors complete and explain the files with."""

import argparse
import sys
from typing import Any

from hub import schemas
from hub.cli.project import add_root, project_root


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "schemas",
        help="write schemas/*.schema.json for editors",
        description="Write the JSON Schemas of the files.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if a file is not up to date")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the schema files, or say which are stale."""
    folder = project_root(arguments.root) / "schemas"
    stale = schemas.stale(folder)
    if not arguments.check:
        schemas.write(folder)
        print(f"{len(stale)} of {len(schemas.SCHEMAS)} schema files written anew")
        return 0
    for name in stale:
        print(f"schemas/{name} is not up to date: run `hub schemas`", file=sys.stderr)
    return 1 if stale else 0
