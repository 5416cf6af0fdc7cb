"""hub functions: the functions that expressions may call."""

import argparse
import json
import sys
from difflib import get_close_matches
from typing import Any

from hub.expressions import FUNCTIONS, Function

SCOPES = {
    "receive": "method url query headers body, and the event levels",
    "reads (list, get, find)": "record, outer levels, since page id account",
    "writes": "record (mapped), id key customer account",
    "responses": "status headers body",
    "mapping": "the record's fields; payload for what lies outside of record:; named levels",
    "flow": "the trigger by its entity's name, customer",
}


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "functions",
        help="show the functions of expressions",
        description="Our functions, beside JMESPath's own, each with examples that are run as tests.",
    )
    parser.add_argument("name", nargs="?", help="only this one")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one function or all."""
    if arguments.name is None:
        print("\n\n".join(_described(function) for function in sorted(FUNCTIONS.values(), key=_name)))
        return 0
    function = FUNCTIONS.get(arguments.name)
    if function:
        print(_described(function))
        return 0
    close = get_close_matches(arguments.name, FUNCTIONS, n=1)
    hint = f', did you mean "{close[0]}"?' if close else ""
    print(f"hub: there is no function {arguments.name}(){hint}", file=sys.stderr)
    return 2


def scopes() -> str:
    """What is in scope where, as a table."""
    width = max(map(len, SCOPES))
    return "\n".join(f"{where.ljust(width)}  {names}" for where, names in SCOPES.items())


def _name(function: Function) -> str:
    return function.name


def _described(function: Function) -> str:
    lines = [function.signature, f"    {function.doc}"]
    for source, scope, value in function.examples:
        lines.append(f"    {_json(scope)}  {source}  gives {_json(value)}")
    return "\n".join(lines)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
