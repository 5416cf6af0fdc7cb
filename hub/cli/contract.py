"""hub contract: whether a connector keeps what all have to keep, against a vendor made of its file."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hub.catalog import Catalog
from hub.checks import check
from hub.cli.project import IN_TESTS, add_root, expect_named, project_root
from hub.contract import Verdict, checks, examined
from hub.contract.bench import Bench
from hub.errors import FileErrors

_DESCRIPTION = """\
Run the contract of connectors: the hub's own code (receive, unify, deliver, poll; everything in memory)
against a vendor that is made of connectors/<name>.yaml and events/<name>/ alone. It knows the file's calls by
their form, keeps records, signs webhooks, checks credentials and limits, and misbehaves as vendors do.

A line for each connector: checks that passed, that do not apply (what the connector does not have), that
failed; below it each failure with the line of the file. 1 if anything failed.

Where no answer can be made of an expression, give an example:
events/<name>/answers/<resource>.<call>.json, {"status": 200, "headers": {}, "body": {}}; ids go into it."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "contract",
        help="examine connectors against vendors made of their files",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("connector", nargs="*", help="names such as shopify (default: all)")
    parser.add_argument("--list", action="store_true", help="show the checks, and run none")
    parser.add_argument("-v", "--verbose", action="store_true", help="show each check")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what the checks find of each connector; 1 if anything failed."""
    if arguments.list:
        print(_listed())
        return 0
    root = project_root(arguments.root)
    catalog = _catalog(root, arguments.connector)
    found: dict[str, list[Verdict]] = {}
    width = max(map(len, arguments.connector or catalog.connectors), default=0)
    for name in arguments.connector or sorted(catalog.connectors):
        found[name] = list(examined(Bench(root, catalog, name)))
        if not arguments.json:
            print("\n".join(_lines(name.ljust(width), found[name], arguments.verbose)), flush=True)
    if arguments.json:
        print(json.dumps({name: list(map(_plain, told)) for name, told in found.items()}, indent=2))
    return int(any(one.state == "failed" for told in found.values() for one in told))


def _catalog(root: Any, names: Sequence[str]) -> Catalog:
    """The files. Raises NoProjectError for a connector that is not there, FileErrors for mistakes in one."""
    catalog = Catalog.read(root)
    for name in names:
        expect_named("connector", name, catalog.connectors)
    wanted = {f"connectors/{name}.yaml" for name in names or catalog.connectors}
    mistakes = [one for one in check(root).errors if one.code not in IN_TESTS and one.place.file in wanted]
    if mistakes:
        print("hub: the contract is for files in which `hub check` finds nothing", file=sys.stderr)
        raise FileErrors(mistakes)
    return catalog


def _listed() -> str:
    lines, group = [], ""
    for one in checks():
        if one.group != group:
            group = one.group
            lines.append(group)
        lines.append(f"  {one.name.ljust(26)} {one.sentence}")
    return "\n".join(lines)


def _lines(name: str, told: Sequence[Verdict], verbose: bool) -> list[str]:
    states = ("passed", "does not apply", "failed")
    passed, idle, failed = (sum(one.state == state for one in told) for state in states)
    head = f"{name}  {passed:3} passed  {idle:3} do not apply  {failed:3} failed"
    shown = [one for one in told if verbose or one.state == "failed"]
    marks = {"passed": "ok ", "does not apply": " - ", "failed": "NO "}
    return [head, *(f"  {marks[one.state]} {one.line}" for one in shown)]


def _plain(one: Verdict) -> dict[str, Any]:
    return {**asdict(one), "place": str(one.place) if one.place and one.state == "failed" else None}
