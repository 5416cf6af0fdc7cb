"""hub test: whether the mappings do what the tests inside of their files say."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from hub.catalog import Catalog
from hub.checks import check
from hub.cli.progress import Progress
from hub.cli.project import IN_TESTS, add_root, named, project_root
from hub.errors import FileErrors
from hub.mapping import Mapping
from hub.proof.coverage import Coverage, coverage, percent
from hub.proof.mutation import Score, score
from hub.proof.verdicts import Verdict, verdict
from hub.samples import Samples

_DESCRIPTION = """\
Run the tests inside of mappings/*.yaml. A value that is not as expected is shown with its path, and with the
line of the mapping that gives it. 1 if a test fails.

A test is run with the connector's first account, or the one that it names (account: shopify.co).
  in: a record     expect: these fields at least   left: fields that are left as they were
                   consent: exactly these          drift: what is not understood (none where not said)
  out: an entity   expect: exactly this record
  in: or out:      rejected: the reason, where it is refused

--coverage shows what no test reaches: the leaves, each entry of a lookup, its else and what it does not list,
both sides of || and &&, a comparison that is true and one that is false, an item that a filter keeps and one
that it drops.

--mutate changes one thing of a mapping at a time (a source, a constant, an operator, an entry of a lookup,
a pair of both:, ...), runs its tests against each, and shows the changes that no test notices, with a record
that would. A change that never gives another result, over the tests' records and many like them, does not
count."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "test",
        help="run the tests inside of the mappings",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("mapping", nargs="*", help="names such as shopify.order (default: all)")
    parser.add_argument("--coverage", action="store_true", help="show what no test reaches")
    parser.add_argument("--mutate", action="store_true", help="show the changes that no test notices")
    parser.add_argument(
        "--at-least",
        type=float,
        metavar="PERCENT",
        help="of what must be reached (default: 100), or of the changes that must be noticed (default: 90)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each mapping, and below it what is wrong; 1 if anything is."""
    root = project_root(arguments.root)
    mistakes = [error for error in check(root).errors if error.code not in IN_TESTS]
    if mistakes:
        raise FileErrors(mistakes)
    catalog = Catalog.read(root)
    samples = Samples(root, catalog)
    said = [verdict(mapping, samples) for mapping in _chosen(catalog, arguments.mapping)]
    passed = all(one.passed for one in said)
    asked = arguments.coverage or arguments.mutate
    if asked and not passed:
        print("hub: what tests reach and notice is looked at when all of them pass", file=sys.stderr)
    covered = [coverage(one.mapping, one.examples) for one in said] if passed and arguments.coverage else []
    scores = _scores(said, samples) if passed and arguments.mutate else []
    if arguments.json:
        print(_json(said, covered, scores))
    else:
        tables = [_described(covered)] if covered else []
        tables += [_described(scores)] if scores else []
        print("\n\n".join(tables or [_text(said)]))
    enough = _enough(covered, arguments.at_least, 100) and _enough(scores, arguments.at_least, 90)
    return 0 if passed and enough else 1


def _enough(found: Sequence[Coverage | Score], asked: float | None, least: float) -> bool:
    return all(percent(one.share) >= (least if asked is None else asked) for one in found)


def _chosen(catalog: Catalog, names: list[str]) -> list[Mapping]:
    return [named(catalog, name) for name in names or sorted(catalog.mappings)]


def _scores(said: list[Verdict], samples: Samples) -> list[Score]:
    with Progress("changes tried") as progress:
        return [score(one.mapping, samples, tick=progress.tick) for one in said]


def _described(found: Sequence[Coverage | Score]) -> str:
    """A line for each mapping, below it what no test reaches or notices, and the share of all."""
    width = max(len(one.mapping.name) for one in found)
    lines = []
    for one in found:
        lines.append(f"{one.mapping.name.ljust(width)}  {percent(one.share):5.1f} %  {one.counts}")
        lines += [f"  {line}" for line in one.lines()]
    if len(found) > 1:
        part, whole = (sum(column) for column in zip(*(one.share for one in found), strict=True))
        lines.append(f"{'all'.ljust(width)}  {percent((part, whole)):5.1f} %  {part} of {whole}")
    return "\n".join(lines)


def _text(said: list[Verdict]) -> str:
    width = max((len(one.mapping.name) for one in said), default=0)
    lines = []
    for one in said:
        count = len(one.examples) + len(one.wrong)
        failed = len(one.failures) + len(one.wrong)
        words = f"{failed} failed" if failed else "ok" if count else "no tests"
        lines.append(f"{one.mapping.name.ljust(width)}  {count} test{'' if count == 1 else 's'}  {words}")
        lines += [f"  {line}" for line in one.lines()]
    return "\n".join(lines)


def _json(said: list[Verdict], covered: list[Coverage], scores: list[Score]) -> str:
    data = {one.mapping.name: one.plain() for one in said}
    for found in covered:
        data[found.mapping.name]["coverage"] = found.plain()
    for tried in scores:
        data[tried.mapping.name]["mutation"] = tried.plain()
    return json.dumps(data, ensure_ascii=False, indent=2)
