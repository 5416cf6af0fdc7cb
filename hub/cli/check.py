"""hub check: the mistakes in the files that people edit."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hub.checks import check
from hub.cli.functions import scopes
from hub.cli.project import NoProjectError, add_root, project_root
from hub.errors import FileError

_DESCRIPTION = """\
Read every file, check its shape and sense, run the mappings' tests. Nothing is written or sent.
1 if something is found.

What vendors send is known by the sample events, events/<connector>/*.json, and where there is one,
by a JSON Schema of the payload, events/<connector>/<resource>.schema.json."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "check",
        help="find mistakes in connectors, accounts, entities, mappings and flows",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", nargs="*", help="show only what is found in these files or folders")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--github", action="store_true", help="print annotations for GitHub Actions")
    form.add_argument(
        "--json", action="store_true", help="print [{file, line, column, code, message, hint}, …]"
    )
    form.add_argument("--scopes", action="store_true", help="print what expressions may name where, and stop")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was found, and how much was looked at."""
    if arguments.scopes:
        print(scopes())
        return 0
    root = project_root(arguments.root)
    result = check(root)
    errors = _of_files(result.errors, [_relative(file, root) for file in arguments.file])
    if arguments.json:
        print(json.dumps([_plain(error) for error in errors], indent=1, ensure_ascii=False))
        return 1 if errors else 0
    for error in errors:
        print(_annotation(error) if arguments.github else f"{error.render()}\n")
    others = len(result.errors) - len(errors)
    print(f"nothing more in these files; {others} elsewhere" if arguments.file else result.summary)
    return 1 if errors else 0


def _relative(file: str, root: Path) -> str:
    """A file as findings name it; it may be named from here, or from the project. Raises NoProjectError."""
    found = next((path.resolve() for path in (Path(file), root / file) if path.exists()), None)
    if found is None or not found.is_relative_to(root):
        raise NoProjectError(f"there is no {file} in {root}")
    return found.relative_to(root).as_posix()


def _of_files(errors: Iterable[FileError], files: list[str]) -> list[FileError]:
    """The findings in these files and folders; all where none is named."""
    return [
        error
        for error in errors
        if not files or any(f"{error.place.file}/".startswith(f"{file}/") for file in files)
    ]


def _plain(error: FileError) -> dict[str, Any]:
    place = error.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
    }


def _annotation(error: FileError) -> str:
    """GitHub's workflow command: a percent sign, a line break, and in properties `:` and `,`, are escaped."""
    place = error.place
    text = "\n".join(part for part in (error.message, error.hint) if part)
    message = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    file = place.file.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    return f"::error file={file},line={place.line},col={place.column},title={error.code}::{message}"
