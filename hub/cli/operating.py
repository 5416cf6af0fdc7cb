"""The commands of whoever operates a hub, asked of its API: what they have in common."""

import argparse
import json
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hub.cli.api import ASK, Api, ApiError, add_where, api_of, identifier, number, record
from hub.keys import DONE
from hub.pipeline.serve.wanted import LISTS, WORDS

_HELD = [f"{name} ({', '.join(held)})" for name, held in WORDS.items()]
STATES = f"{', '.join(_HELD)}; one of these; or {', '.join(LISTS[DONE][2:])}"
"""The states that a list shows, behind the word that stands for them."""
LOOKED = 20
"""Parts of a list that are looked through until something is found."""
Arguments = Callable[[argparse.ArgumentParser], None]
Run = Callable[[Api, argparse.Namespace], int]


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `examples`: lines that can be copied, each with what it is for behind `#`."""

    name: str
    help: str
    description: str
    examples: Sequence[str]
    arguments: Arguments
    run: Run


def add_command(subparsers: Any, command: Command) -> argparse.ArgumentParser:
    """Add a command, with its examples under its help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        command.name,
        help=command.help,
        description=textwrap.fill(command.description, 100),
        epilog="examples:\n" + "\n".join(f"  {line}" for line in command.examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.arguments(parser)
    parser.add_argument("--json", action="store_true", help="for programs")
    add_where(parser)
    parser.set_defaults(run=run, command=command.run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Ask the hub that the arguments name."""
    return int(arguments.command(api_of(arguments), arguments))


def add_wanted(parser: argparse.ArgumentParser, *, sources: bool = True) -> None:
    """Add the ways to say which: from or to where, by which flow, in which state, why, when, about whom."""
    which = parser.add_argument_group("which")
    which.add_argument("--connector", help="of this vendor, as odoo")
    which.add_argument("--account", help="of this account, as odoo.main; odoo, where it has one")
    which.add_argument("--destination", help="to this destination, as odoo.main.order or odoo.order")
    # Where nothing comes from a source, the hub says what to ask instead.
    which.add_argument("--source", help="from this account, as shopify.co" if sources else argparse.SUPPRESS)
    which.add_argument("--flow", help="that this flow sent, as sales")
    which.add_argument("--state", help=STATES)
    which.add_argument("--reason", help="with this reason, as status-422, or 422")
    which.add_argument("--group", help="of this group, as `hub parked --groups` names it")
    which.add_argument("--replay", metavar="ID", help="that this replay sent, as it said")
    which.add_argument("--since", help="tried since then, in UTC: 2026-11-20T14:00:00Z, 14:00, or 2h, 3d ago")
    which.add_argument("--until", help="tried until then")
    add_about(which)


def add_about(which: Any, record: str = "about the customer of this record") -> None:
    """Add the ways to say about whom. `record`: what naming a record asks for."""
    which.add_argument("--customer", metavar="NUMBER", help="about the customer with this number in the hub")
    whose = which.add_mutually_exclusive_group()
    ask = f"; '{ASK}' asks for it, so that it stays in no history"
    whose.add_argument("--email", help=f"about the customer with this email{ask}")
    whose.add_argument("--phone", help="about the customer with this phone")
    whose.add_argument("--tax-id", help="about the customer with this tax id")
    whose.add_argument(
        "--by", metavar="FIELD=VALUE", help="about the customer with this identifier, as loyalty_id=…"
    )
    whose.add_argument(
        "--external",
        metavar="ACCOUNT:RESOURCE:ID",
        help=f"{record}, as shopify.co:order:5501",
    )
    which.add_argument("--country", help="of a phone without country code, as CO")


NAMES = (
    "connector",
    "account",
    "destination",
    "source",
    "flow",
    "state",
    "reason",
    "group",
    "replay",
    "since",
    "until",
)


def wanted(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the arguments ask for, as the API takes it. Raises ApiError."""
    return {name: value for name in NAMES if (value := getattr(arguments, name, None))} | about(arguments)


def about(arguments: argparse.Namespace) -> dict[str, Any]:
    """About whom the arguments ask, as the API takes it. Raises ApiError."""
    told: dict[str, Any] = {"customer": number(arguments.customer)} if arguments.customer else {}
    if arguments.external:
        told["whose"] = {"external_id": record(arguments.external)}
    elif any((arguments.email, arguments.phone, arguments.tax_id, arguments.by)):
        told["whose"] = identifier(arguments)
    return told


def words(arguments: argparse.Namespace) -> str:
    """The options that ask for the same again; no value of a person."""
    named = [*NAMES, "customer"]
    given = [f"--{name} {value}" for name in named if (value := getattr(arguments, name, None))]
    hidden = [name for name in ("email", "phone", "tax_id", "by", "external") if getattr(arguments, name)]
    return " ".join([*given, *(f"--{name.replace('_', '-')} …" for name in hidden)])


def printed(arguments: argparse.Namespace, answer: Any, lines: Callable[[], Iterable[str]]) -> None:
    """Print an answer, as JSON or in words."""
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines()))


def add_shown(parser: argparse.ArgumentParser, what: str) -> None:
    """Add `show ID`, beside the options of a list."""
    parser.add_argument("show", nargs="*", metavar="show ID", help=f"everything about {what}")
    parser.add_argument("--values", action="store_true", help="with show: values of people in full")


def shown(arguments: argparse.Namespace) -> str:
    """The id that is to be shown, "" for a list; `show` itself may go unsaid. Raises ApiError."""
    words = arguments.show[1:] if arguments.show[:1] == ["show"] else arguments.show
    if not arguments.show:
        return ""
    if len(words) != 1:
        raise ApiError("say `show` and one id, in quotes; or only options, for a list")
    return str(words[0])


def add_pages(parser: argparse.ArgumentParser, limit: int = 20) -> None:
    """Add which part of a list is shown."""
    parser.add_argument(
        "--limit", type=int, default=limit, help="most lines, from 1 to 100 (default %(default)s)"
    )
    parser.add_argument("--after", help="go on after this page: its last line says how")


def sought(ask: Callable[[str | None], Any], name: str, after: str | None) -> Any:
    """The first part of a list in which there is something, or the last that was looked at."""
    for _ in range(LOOKED):
        answer = ask(after)
        after = answer["next"]
        if answer[name] or after is None:
            break
    return answer


def listed(lines: Iterable[str], found: Sequence[Any], after: str | None) -> Iterable[str]:
    """A part of a list, and how it goes on."""
    if found or not after:
        yield from lines
    else:
        yield "Nothing like that in what was looked through so far."
    if after:
        yield from ("", f"There is more: --after {after}")
