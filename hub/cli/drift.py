"""hub drift: what a source sends otherwise than its samples say, and which mapping lines that touches."""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.checks import check
from hub.cli.project import NoProjectError, add_account, add_root, project_root
from hub.drift import page
from hub.drift.events import Events
from hub.drift.findings import Report, Survey
from hub.drift.renames import written_rename
from hub.errors import FileErrors
from hub.mapping import Mapping
from hub.proposal.patch import Patch, patch
from hub.samples import Samples

_DESCRIPTION = """\
Compare the records in recorded events with the samples in events/: fields that are new, gone, narrower, wider
or of another type; for each the mapping lines that read it, what came of them, and who reads the field.
A field that seems to be renamed gets a patch, if the mapping's own tests and the events pass with it.

An event is {headers, query, body} as in events/, a fetched record, or a line of the archive (raw/*.jsonl).
0: nothing differs that a mapping reads. 1: something does. 2: it cannot be said."""

_OF_SAMPLES = frozenset({"test-failed", "bad-test", "no-sample", "untested-field", "unknown-source-field"})
"""What `hub check` finds in tests and samples: drift is there to say it better."""


_UNPROVEN = "No patch: the mapping's tests and the events do not prove one for what was renamed."


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "drift",
        help="show where events differ from the samples, and the mapping lines that it touches",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("resource", help="<connector>.<resource>, such as shopify.customer")
    parser.add_argument(
        "--events", type=Path, required=True, help="folder, or file: .json, .jsonl, also with .gz"
    )
    parser.add_argument(
        "--against", default="samples", metavar="samples|FOLDER", help="what they are compared with"
    )
    add_account(parser)
    parser.add_argument("--all", action="store_true", help="list the fields that no line reads, too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_root(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what differs, most serious first, and the patch for what was renamed."""
    root = project_root(arguments.root)
    catalog = Catalog.read(root)
    samples = Samples(root, catalog)
    found = []
    mappings = _mappings(catalog, arguments.resource)
    _sound(root, mappings)
    for mapping in mappings:
        report = _report(arguments, catalog, samples, mapping)
        events = Events(arguments.events, samples).records(mapping)
        found.append((report, patch(report, samples, events)))
    if arguments.json:
        told = [{**page.plain(report), "patch": one.diff if one else None} for report, one in found]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join(_text(report, one, everything=arguments.all) for report, one in found))
    return 1 if any(report.mapped for report, _ in found) else 0


def _mappings(catalog: Catalog, name: str) -> list[Mapping]:
    connector, _, resource = name.partition(".")
    found = [one for one in catalog.mappings_of(connector, resource.partition(".")[0]) if one.reads]
    named = [one for one in found if name in {one.name, f"{one.connector}.{one.resource}"}]
    if not named:
        known = ", ".join(sorted(one.name for one in catalog.mappings.values() if one.reads))
        raise NoProjectError(f"no mapping reads {name}; there are {known}")
    return named


def _sound(root: Path, mappings: list[Mapping]) -> None:
    """Raises FileErrors for mappings that cannot be run."""
    files = {mapping.document.file for mapping in mappings}
    mistakes = [one for one in check(root).errors if one.code not in _OF_SAMPLES]
    own = [one for one in mistakes if one.place.file in files]
    if own:
        raise FileErrors(own)


def _report(arguments: argparse.Namespace, catalog: Catalog, samples: Samples, mapping: Mapping) -> Report:
    survey = Survey(mapping, samples.context(mapping, arguments.account), samples.connector(mapping))
    against = arguments.against
    own = against == "samples"
    for record in samples.recorded(mapping) if own else _read(samples, Path(against), mapping):
        survey.sample(record)
    for record in samples.examples(mapping) if own else ():
        survey.example(record)
    for record in _watched(_read(samples, arguments.events, mapping)):
        survey.event(record)
    report = survey.report(catalog)
    if not report.samples:
        raise NoProjectError(f"there is no sample of {mapping.name} to compare with")
    return report


def _read(samples: Samples, path: Path, mapping: Mapping) -> Iterator[Any]:
    """The records; raises NoProjectError where there are none."""
    events, count = Events(path, samples), 0
    try:
        for record in events.records(mapping):
            count += 1
            yield record
    except OSError as error:
        raise NoProjectError(f"{path} cannot be read: {error.strerror}") from None
    if events.unread:
        print(f"hub: {events.unread} of the events in {path} are not JSON, or no events", file=sys.stderr)
    if not count:
        raise NoProjectError(f"{path} has no record of {mapping.name}")


def _watched(records: Iterable[Any]) -> Iterator[Any]:
    """The records; at a terminal, every two seconds a word of how many there were."""
    said = time.monotonic()
    for number, record in enumerate(records, 1):
        yield record
        if sys.stderr.isatty() and time.monotonic() - said > 2:
            said = time.monotonic()
            print(f"\r{number:,} records", end="", file=sys.stderr, flush=True)


def _text(report: Report, found: Patch | None, *, everything: bool) -> str:
    shown = page.page(report, everything=everything)
    if found is None:
        seems = any(one.rename for one in report.mapped)
        return f"{shown}\n\n{_UNPROVEN}" if seems else shown
    proof = f"{found.tests} test{'' if found.tests == 1 else 's'} of the file and {report.events} events"
    lines = [f"Proposed: {', '.join(map(written_rename, found.renames))}. Tried with {proof}: all pass."]
    lines += ["Rename it by hand in: " + ", ".join(found.by_hand)] if found.by_hand else []
    return "\n\n".join([shown, "\n".join(lines), found.diff.rstrip("\n")])
