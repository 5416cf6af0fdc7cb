"""hub test: whether the mappings do what the tests inside of their files say."""

import argparse
import json
from difflib import get_close_matches
from typing import Any

from hub.catalog import Catalog
from hub.checks import check
from hub.cli.progress import Progress
from hub.cli.project import NoProjectError, add_root, project_root
from hub.errors import FileErrors
from hub.mapping import Mapping
from hub.proof import mutation, verdicts
from hub.proof.mutation import Score
from hub.proof.verdicts import Verdict
from hub.samples import Samples

_DESCRIPTION = """\
Run the tests inside of mappings/*.yaml. A value that is not as expected is shown with its path, and with the
line of the mapping that gives it. 1 if a test fails.

A test is run with the connector's first account, or the one that it names (account: shopify.co).
  in: a record     expect: these fields at least   left: fields that are left as they were
                   consent: exactly these          drift: what is not understood (none where not said)
  out: an entity   expect: exactly this record
  in: or out:      rejected: the reason, where it is refused

--mutate changes one thing of a mapping at a time (a source, a constant, an operator, an entry of a lookup,
a pair of both:, ...), runs its tests against each, and shows the changes that no test notices, with a record
that would. A change that never gives another result, over the tests' records and many like them, does not
count."""

_OWN = frozenset({"test-failed", "bad-test", "no-sample", "untested-field"})
"""What `hub check` finds in tests, and this command says itself."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "test",
        help="run the tests inside of the mappings",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("mapping", nargs="*", help="names such as shopify.order (default: all)")
    parser.add_argument("--mutate", action="store_true", help="show the changes that no test notices")
    parser.add_argument(
        "--at-least",
        type=float,
        metavar="PERCENT",
        default=90.0,
        help="of the changes that tests notice, else 1 (default: 90)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each mapping, and below it what is wrong; 1 if anything is."""
    root = project_root(arguments.root)
    mistakes = [error for error in check(root).errors if error.code not in _OWN]
    if mistakes:
        raise FileErrors(mistakes)
    catalog = Catalog.read(root)
    samples = Samples(root, catalog)
    chosen = _chosen(catalog, arguments.mapping)
    said = [verdicts.verdict(mapping, samples) for mapping in chosen]
    if not arguments.mutate or not all(one.passed for one in said):
        print(
            _json({one.mapping.name: verdicts.plain(one) for one in said}) if arguments.json else _text(said)
        )
        return 0 if all(one.passed for one in said) else 1
    scores = _scores(chosen, samples)
    plain = {one.mapping.name: mutation.plain(one) for one in scores}
    print(_json(plain) if arguments.json else mutation.described(scores))
    return 0 if all(one.percent >= arguments.at_least for one in scores) else 1


def _chosen(catalog: Catalog, names: list[str]) -> list[Mapping]:
    for name in names:
        if name not in catalog.mappings:
            close = get_close_matches(name, catalog.mappings, n=1)
            cure = (
                f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(catalog.mappings))}"
            )
            raise NoProjectError(f"there is no mapping {name}; {cure}")
    return [catalog.mappings[name] for name in names or sorted(catalog.mappings)]


def _scores(chosen: list[Mapping], samples: Samples) -> list[Score]:
    with Progress("mutants tried") as progress:
        return [mutation.score(mapping, samples, tick=progress.tick) for mapping in chosen]


def _text(said: list[Verdict]) -> str:
    width = max((len(one.mapping.name) for one in said), default=0)
    lines = []
    for one in said:
        count = len(one.examples) + len(one.wrong)
        failed = len(one.failures) + len(one.wrong)
        words = f"{failed} failed" if failed else "ok" if count else "no tests"
        lines.append(f"{one.mapping.name.ljust(width)}  {count} test{'' if count == 1 else 's'}  {words}")
        lines += [f"  {line}" for line in verdicts.described(one)]
    return "\n".join(lines)


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
