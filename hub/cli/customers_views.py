"""hub customers show, explain and log: what a hub knows of a customer, and why."""

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hub.cli.api import Api, add_whose, whose
from hub.demo import page
from hub.narrative import journal, story


@dataclass(frozen=True, slots=True)
class Action:
    """One action of `hub customers`. `run`: from the hub's API and the arguments to the exit code."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Api, argparse.Namespace], int]
    description: str | None = None


def printed(arguments: argparse.Namespace, answer: Any, lines: Callable[[], Iterable[str]]) -> None:
    """Print an answer, as JSON or in words."""
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines()))


def _showing(parser: argparse.ArgumentParser) -> None:
    add_whose(parser)
    _paged(parser, "entries of the journey", 20)


def _show(api: Api, arguments: argparse.Namespace) -> int:
    answer = api.get(f"/v1/customers/{whose(api, arguments)}", **_page(arguments))

    def lines() -> Iterable[str]:
        yield from page.customer(answer)
        yield from ("", "the journey")
        yield from page.journey(answer)
        yield from _more(answer["timeline"]["next"])
        yield from ("", "who has been told")
        yield from page.deliveries(answer)

    printed(arguments, answer, lines)
    return 0


def _explaining(parser: argparse.ArgumentParser) -> None:
    add_whose(parser)
    parser.add_argument("--values", action="store_true", help="show emails, phones and other ids in full")
    _timed(parser)


def _explain(api: Api, arguments: argparse.Namespace) -> int:
    values = "true" if arguments.values else None
    answer = api.get(f"/v1/customers/{whose(api, arguments)}/explain", values=values)
    printed(arguments, answer, lambda: story(answer, zone=_zone(arguments)))
    return 0


def _logging(parser: argparse.ArgumentParser) -> None:
    add_whose(parser)
    _paged(parser, "entries", 20)
    _timed(parser)


def _log(api: Api, arguments: argparse.Namespace) -> int:
    answer = api.get(f"/v1/customers/{whose(api, arguments)}/log", **_page(arguments))

    def lines() -> Iterable[str]:
        yield from journal(answer, zone=_zone(arguments), options=api.options)
        yield from _more(answer["next"])

    printed(arguments, answer, lines)
    return 0


def _paged(parser: argparse.ArgumentParser, what: str, limit: int) -> None:
    parser.add_argument("--limit", type=int, default=limit, help=f"most {what} (default %(default)s)")
    parser.add_argument("--after", help="go on after this page: its last line says how")
    parser.add_argument("--newest", action="store_true", help="the newest first")


def _page(arguments: argparse.Namespace) -> dict[str, Any]:
    order = "newest" if arguments.newest else None
    return {"limit": arguments.limit, "after": arguments.after, "order": order}


def _more(after: str | None) -> Iterable[str]:
    if after:
        yield from ("", f"There is more: --after {after}")


def _timed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--utc", action="store_true", help="times in UTC, not in the accounts' own zone")


def _zone(arguments: argparse.Namespace) -> str:
    return "UTC" if arguments.utc else ""


ACTIONS = (
    Action("show", "fields, systems, journey, and who has been told", _showing, _show),
    Action(
        "explain",
        "why it is one person, and why each field says what it says",
        _explaining,
        _explain,
        "Why these records are one person, and why each field has its value. Emails, phones and other "
        "identifiers are masked, so that the explanation can be handed on.",
    ),
    Action("log", "when it was put together or taken apart, and by whom", _logging, _log),
)
