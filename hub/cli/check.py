"""hub check: the mistakes in the files that people edit."""

import argparse
from typing import Any

from hub.checks import check
from hub.cli.functions import scopes
from hub.cli.project import add_root, project_root
from hub.errors import FileError


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "check",
        help="find mistakes in connectors, accounts, entities, mappings and flows",
        description="Read every file, check its shape and sense, run the mappings' tests. 1 on findings.",
    )
    parser.add_argument("--github", action="store_true", help="print annotations for GitHub Actions")
    parser.add_argument(
        "--scopes", action="store_true", help="print what expressions may name where, and stop"
    )
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was found, and how much was looked at."""
    if arguments.scopes:
        print(scopes())
        return 0
    result = check(project_root(arguments.root))
    show = _annotation if arguments.github else FileError.render
    for error in result.errors:
        print(show(error))
        print(end="" if arguments.github else "\n")
    print(result.summary)
    return 1 if result.errors else 0


def _annotation(error: FileError) -> str:
    """GitHub's workflow command: a percent sign, a line break, and in properties `:` and `,`, are escaped."""
    place = error.place
    text = "\n".join(part for part in (error.message, error.hint) if part)
    message = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    file = place.file.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    return f"::error file={file},line={place.line},col={place.column},title={error.code}::{message}"
