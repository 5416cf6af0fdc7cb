"""hub functions: the functions that expressions may call."""

import argparse
import json
import sys
import textwrap
from difflib import get_close_matches
from typing import Any

from hub.cli.native import natives
from hub.expressions import FUNCTIONS, Function

HEADINGS = {
    "choice": "Any value",
    "texts": "Texts",
    "lists": "Lists",
    "money": "Money",
    "times": "Times and days",
    "codes": "Phones, countries, languages",
    "names": "Names of persons",
    "documents": "Identity documents",
    "hashes": "Hashes",
    "json": "JSON in texts",
    "jmespath": "JMESPath's own",
}
"""The nouns of functions in the order in which they are shown."""

SCOPES = {
    "receive": "method url query headers body, and the event levels",
    "reads (list, get, find)": "record, outer levels, since page id account",
    "writes": "record (mapped), id key customer account; current (as it stands there) of what is known",
    "responses, error": "status headers body",
    "mapping": "the record's fields; payload for what lies outside of record:; named levels",
    "flow": "the trigger by its entity's name, customer",
}


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "functions",
        help="show the functions of expressions",
        description="What expressions may call: our functions by what they are about, then JMESPath's own. "
        "With a name: that one, with examples that are run as tests. Of null our functions give null; "
        "what they do not understand, or what is too large, leaves a field without a value. There is no "
        "search by regular expressions: some never end on texts made for it.",
    )
    parser.add_argument("name", nargs="?", help="only this one, with its examples")
    parser.add_argument("--json", action="store_true", help="for programs, all with their examples")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one function with its examples, or all. 2: there is none of that name."""
    known = natives() | FUNCTIONS
    if arguments.name not in {None, *known}:
        print(f"hub: {_unknown(arguments.name, known)}", file=sys.stderr)
        return 2
    shown = [known[arguments.name]] if arguments.name else list(known.values())
    if arguments.json:
        print(json.dumps([_as_json(function) for function in shown], ensure_ascii=False, indent=2))
    else:
        print(_with_examples(shown[0]) if arguments.name else _listed(shown))
    return 0


def scopes() -> str:
    """What is in scope where, as a table."""
    width = max(map(len, SCOPES))
    return "\n".join(f"{where.ljust(width)}  {names}" for where, names in SCOPES.items())


def _unknown(name: str, known: dict[str, Function]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f'did you mean "{close[0]}"?' if close else "`hub functions` lists them"
    return f"there is no function {name}(), {hint}"


def _listed(functions: list[Function]) -> str:
    """All functions under the heading of their noun."""
    groups = []
    for noun, heading in HEADINGS.items():
        group = sorted(one.signature for one in functions if one.noun == noun)
        docs = {one.signature: one.doc for one in functions}
        groups.append("\n".join([heading, *(f"  {one}\n{_wrapped(docs[one], 6)}" for one in group)]))
    return "\n\n".join([*groups, "`hub functions <name>` shows examples."])


def _with_examples(function: Function) -> str:
    sources = [source for source, _, _ in function.examples]
    width = max(map(len, sources))
    examples = [
        f"    {source.ljust(width)}  over {_json(scope)}  gives {_json(value)}"
        for source, scope, value in function.examples
    ]
    return "\n".join([function.signature, _wrapped(function.doc, 4), "", *examples])


def _wrapped(text: str, indent: int) -> str:
    return textwrap.fill(text, 100, initial_indent=" " * indent, subsequent_indent=" " * indent)


def _as_json(function: Function) -> dict[str, Any]:
    return {
        "name": function.name,
        "about": function.noun,
        "signature": function.signature,
        "doc": function.doc,
        "least": function.least,
        "most": function.most,
        "examples": [
            {"expression": source, "over": scope, "gives": value}
            for source, scope, value in function.examples
        ],
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
