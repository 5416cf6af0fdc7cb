"""hub test: whether the mappings do what the tests inside of their files say."""

import argparse
import json
from difflib import get_close_matches
from typing import Any

from hub.catalog import Catalog
from hub.checks import check
from hub.cli.project import NoProjectError, add_root, project_root
from hub.errors import FileErrors
from hub.mapping import Mapping
from hub.proof.verdicts import Verdict, described, plain, verdict
from hub.samples import Samples

_DESCRIPTION = """\
Run the tests inside of mappings/*.yaml. A value that is not as expected is shown with its path, and with the
line of the mapping that gives it. 1 if a test fails.

A test is run with the connector's first account, or the one that it names (account: shopify.co).
  in: a record     expect: these fields at least   consent: exactly these   drift: what is not understood
  out: an entity   expect: exactly this record     rejected: the reason, where it is refused"""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "test",
        help="run the tests inside of the mappings",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("mapping", nargs="*", help="names such as shopify.order (default: all)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each mapping, and below it what fails; 1 if anything does."""
    root = project_root(arguments.root)
    mistakes = [error for error in check(root).errors if error.code not in _OWN]
    if mistakes:
        raise FileErrors(mistakes)
    catalog = Catalog.read(root)
    samples = Samples(root, catalog)
    verdicts = [verdict(mapping, samples) for mapping in _chosen(catalog, arguments.mapping)]
    print(_json(verdicts) if arguments.json else _text(verdicts))
    return 0 if all(one.passed for one in verdicts) else 1


_OWN = frozenset({"test-failed", "bad-test", "no-sample"})
"""What `hub check` finds in tests, and this command says itself."""


def _chosen(catalog: Catalog, names: list[str]) -> list[Mapping]:
    for name in names:
        if name not in catalog.mappings:
            close = get_close_matches(name, catalog.mappings, n=1)
            cure = (
                f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(catalog.mappings))}"
            )
            raise NoProjectError(f"there is no mapping {name}; {cure}")
    return [catalog.mappings[name] for name in names or sorted(catalog.mappings)]


def _text(verdicts: list[Verdict]) -> str:
    width = max((len(one.mapping.name) for one in verdicts), default=0)
    lines = []
    for one in verdicts:
        count = len(one.examples) + len(one.wrong)
        failed = len(one.failures) + len(one.wrong)
        said = f"{failed} failed" if failed else "ok" if count else "no tests"
        lines.append(f"{one.mapping.name.ljust(width)}  {count} test{'' if count == 1 else 's'}  {said}")
        lines += [f"  {line}" for line in described(one)]
    return "\n".join(lines)


def _json(verdicts: list[Verdict]) -> str:
    return json.dumps({one.mapping.name: plain(one) for one in verdicts}, ensure_ascii=False, indent=2)
