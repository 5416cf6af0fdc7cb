"""hub plan: what the changed files would change, shown on recorded events."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hub.catalog import Catalog
from hub.checks import check
from hub.cli.deployed import Deployed
from hub.cli.progress import Progress
from hub.cli.project import NoProjectError, add_root, project_root
from hub.errors import FileError, FileErrors, HubError
from hub.plan import baseline
from hub.plan.markdown import markdown, plain
from hub.plan.model import CALLS, Plan, plan
from hub.plan.recordings import Recordings, read
from hub.plan.report import Names, Report, report
from hub.plan.text import text

DESCRIPTION = """\
Replay recorded events through the files as they are deployed (or committed) and as they are here, and show
what would change: fields, identifiers, consents, rejected events, customers that would be joined or split,
and what other systems would be sent. Nothing is sent, nothing is written, personal values are masked.

  hub plan                                 events/ and HEAD against the working tree
  hub plan --against main                  … against another revision, or a folder with connectors/
  hub plan --events recorded/              … on other events: samples as in events/, or .jsonl(.gz)
  hub plan --stack cauce                   … against a deployed stack, on the events of its archive

Exit codes: 0 nothing would change, 1 something would, 2 it cannot be run like this."""


@dataclass(frozen=True, slots=True)
class Side:
    """The files of one side and what they are called."""

    catalog: Catalog
    name: str


class WrongSideError(FileErrors):
    """The files of one side hold mistakes that keep them from being run."""

    def __init__(self, side: str, errors: Sequence[FileError]) -> None:
        super().__init__(errors)
        self.side = side


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "plan",
        help="show what changed files would change for recorded events",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--against", metavar="REF|FOLDER", help="what to compare with (default: HEAD of git)")
    parser.add_argument("--events", type=Path, metavar="FOLDER", help="recorded events (default: events/)")
    parser.add_argument("--stack", help="compare with what this stack runs, on the events of its archive")
    parser.add_argument(
        "--last", type=int, default=10_000, metavar="N", help="events taken of an archive (%(default)s)"
    )
    parser.add_argument(
        "--calls",
        type=int,
        default=CALLS,
        metavar="N",
        help="events whose calls are worked out (%(default)s)",
    )
    parser.add_argument(
        "--field",
        default="",
        metavar="NAME",
        help="only what begins with this, such as 'shopify.customer email'",
    )
    parser.add_argument(
        "--limit", type=int, default=3, metavar="N", help="samples shown of each (%(default)s; 0: all)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--markdown", action="store_true", help="print a summary for a pull request")
    parser.add_argument("--show-values", action="store_true", help="show personal values, on a terminal only")
    parser.add_argument("--exit-zero", action="store_true", help="0 even where something would change")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan; 0 for no change, 1 for one, 2 where it cannot be made."""
    try:
        return _run(arguments)
    except FileErrors as errors:
        print("\n\n".join(error.render() for error in errors.errors), file=sys.stderr)
        where = f" in {errors.side}" if isinstance(errors, WrongSideError) else ""
        print(f"\nhub plan: nothing can be compared while files are wrong{where}", file=sys.stderr)
        return 2
    except HubError as error:
        print(f"hub plan: {error}", file=sys.stderr)
        return 2


def _run(arguments: argparse.Namespace) -> int:
    if arguments.show_values and (arguments.json or arguments.markdown or not sys.stdout.isatty()):
        raise NoProjectError("--show-values is for a terminal: what is kept or passed on stays masked")
    root = project_root(arguments.root)
    catalog = Catalog.read(root)
    before, recordings, source = _before(arguments, root)
    deployed = bool(arguments.stack) and not arguments.against  # only what has an account is deployed
    after = Side(catalog.in_use() if deployed else catalog, "the working tree")
    made = _made(arguments, root, (before, after), recordings)
    names = Names(before.name, after.name, source, tuple(_said(check(root).errors, made)))
    told = report(
        made, (before.catalog, after.catalog), names, only=arguments.field, reveal=arguments.show_values
    )
    print(_printed(told, arguments))
    return 0 if made.empty or arguments.exit_zero else 1


def _printed(told: Report, arguments: argparse.Namespace) -> str:
    if arguments.json:
        return json.dumps(plain(told), ensure_ascii=False, indent=2)
    return (markdown if arguments.markdown else text)(told, limit=arguments.limit)


def _made(
    arguments: argparse.Namespace, root: Path, sides: tuple[Side, Side], recordings: Recordings
) -> Plan:
    """The plan. Files with mistakes are run as far as they go; where that is nowhere, they are the answer."""
    try:
        with Progress("events replayed") as progress:
            before, after = (side.catalog for side in sides)
            return plan(before, after, recordings, calls=arguments.calls, progress=progress.tick)
    except (HubError, LookupError, TypeError, ValueError, AttributeError) as error:
        for side in reversed(sides):
            if mistakes := _mistakes(root, side):
                raise WrongSideError(side.name, mistakes) from error
        raise


def _mistakes(root: Path, side: Side) -> Sequence[FileError]:
    """What `hub check` finds in the files of a side, by the samples that are here; those of an artifact have
    passed it."""
    documents = [document for _, document in side.catalog.documents]
    if not all(document.lines for document in documents):
        return ()
    with TemporaryDirectory() as folder:
        if (root / "events").is_dir():
            (Path(folder) / "events").symlink_to((root / "events").resolve())
        for document in documents:
            path = Path(folder) / document.file
            path.parent.mkdir(exist_ok=True)
            path.write_text("\n".join(document.lines), encoding="utf-8")
        return check(Path(folder)).errors


def _before(arguments: argparse.Namespace, root: Path) -> tuple[Side, Recordings, str]:
    """The side to compare with, the events and what those are called."""
    deployed = Deployed(arguments.stack) if arguments.stack else None
    if arguments.against or not deployed:
        side = _compared(arguments.against or "HEAD", root)
    else:
        side = Side(deployed.catalog(), f"what {arguments.stack} runs")
    if deployed and not arguments.events:
        return side, deployed.events(arguments.last), f"the archive of {arguments.stack}"
    folder = arguments.events or root / "events"
    shown = f"{folder}/" if arguments.events else f"{folder.name}/"
    return side, read(folder, shown), shown


def _said(mistakes: Sequence[FileError], made: Plan) -> Iterator[str]:
    """The first mistake in the files that differ."""
    files = {edit.place.file for edit in made.edits}
    found = [error for error in mistakes if error.place.file in files]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield f"hub check: {found[0]}{more}"


def _compared(against: str, root: Path) -> Side:
    folder = Path(against)
    if (folder / "connectors").is_dir():
        return Side(Catalog.read(folder), f"{folder}/")
    catalog, commit = baseline.committed(root, against)
    return Side(catalog, f"{against} ({commit})")
