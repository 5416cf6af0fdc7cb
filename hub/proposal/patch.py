"""A mapping that reads renamed fields by their new names, and the proof that it does."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Any

from hub.documents import Document, Step, parse
from hub.drift.findings import Report
from hub.drift.lines import Line, lines
from hub.drift.outcomes import DRIFTED, REJECTED, TOLD, Outcomes
from hub.drift.reads import names
from hub.drift.renames import Rename
from hub.drift.shape import Path
from hub.errors import FileError, Place, RecordError
from hub.mapping import Mapping
from hub.mapping.tables import named, resolved
from hub.proof.examples import Example, examples
from hub.proposal.renaming import moved, renamed, renamed_expectation, renamed_sample, value_at
from hub.samples import Samples

_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Patch:
    """A changed mapping and its samples. `diff`: unified; `renames`: what it follows.

    `tests`: of the mapping's file, all pass; `by_hand`: samples that have old names still.
    """

    mapping: Mapping
    diff: str
    renames: tuple[Rename, ...]
    tests: int
    by_hand: tuple[str, ...]


def patch(report: Report, samples: Samples, records: Iterable[Any]) -> Patch | None:
    """The patch for the renames of a report; None where there is none that is proven.

    Proven: each line reads the new path instead of the old one and nothing else; the tests of the file pass
    with their samples renamed alike; of `records` none is rejected or not understood by a patched line.
    """
    known = [one.rename for one in report.mapped if one.rename]
    changed, followed = report.mapping, []
    for rename in known:
        following = _followed(changed, rename)
        if following is not None:
            changed = following
            followed.append(rename)
    whole = _own_samples(report.mapping, changed, followed) if followed else None
    tests = _tests(whole, samples, followed) if whole else None
    if whole is None or tests is None or not _understands(report.mapping, whole, samples, records):
        return None
    pairs, by_hand = _samples(whole, samples, followed)
    diff = "".join(_diff(*pair) for pair in [(report.mapping.document, whole.document), *pairs])
    return Patch(whole, diff, tuple(followed), tests, tuple(by_hand))


def _followed(mapping: Mapping, rename: Rename) -> Mapping | None:
    """The mapping with every line that reads the old path reading the new one; None where that fails."""
    if not _NAME.fullmatch(rename.new[-1]) or not _NAME.fullmatch(rename.old[-1]):
        return None
    before = {line.pointer: line for line in lines(mapping)}
    touched = {spot for line in before.values() if _renamed(line, rename) for spot in _spots(mapping, line)}
    text, document = list(mapping.document.lines), mapping.document
    places = {
        (document.place if is_key else document.value_place)(*path): (path, is_key)
        for path, is_key in touched
    }
    for place in sorted(places, reverse=True):
        _rewrite(text, document, place, rename, *places[place])
    try:
        document = _with_tables(mapping.document, parse("\n".join(text) + "\n", mapping.document.file))
    except FileError:
        return None
    changed = replace(mapping, document=document)
    wanted = sorted(_after(line.reads, rename) for line in before.values())
    return changed if wanted == sorted(sorted(line.reads) for line in lines(changed)) else None


def _spots(mapping: Mapping, line: Line) -> Iterator[tuple[tuple[Step, ...], bool]]:
    """Where the names that a line reads may stand: values of the file, or (in `both:`) keys."""
    path = line.rule.path
    if path[0] == "both":
        yield from ((path[: depth + 1], True) for depth in range(1, len(path)))
        return
    data: Any = mapping.document.data
    for step in path:
        data = data[step]
    if isinstance(data, dict):
        yield from (((*path, "from"), False),) if "from" in data else ()
        yield from (((*path, "each", name), False) for name in data.get("each") or {})
    else:
        yield path, False


def _rewrite(
    text: list[str], document: Document, place: Place, rename: Rename, path: tuple[Step, ...], is_key: bool
) -> None:
    """Write the new name for the old one where it is a name: in no quotes, and no function's."""
    pattern = re.compile(rf"(?<![\w\"'`-]){re.escape(rename.old[-1])}(?![\w\"'`(-])")
    before, after = text[place.line - 1][: place.column - 1], text[place.line - 1][place.column - 1 :]
    end = len(rename.old[-1]) if is_key else len(str(value_at(document.data, path)))
    text[place.line - 1] = before + pattern.sub(rename.new[-1], after[:end]) + after[end:]


def _renamed(line: Line, rename: Rename) -> bool:
    return any(path[: len(names(rename.old))] == names(rename.old) for path in line.reads)


def _after(paths: Iterable[Path], rename: Rename) -> list[Path]:
    """The paths as they are called after the rename."""
    old, new = names(rename.old), names(rename.new)
    return sorted(new + path[len(old) :] if path[: len(old)] == old else path for path in paths)


def _tests(mapping: Mapping, samples: Samples, known: Sequence[Rename]) -> int | None:
    """How many tests the file has, where all pass; None where one does not."""
    found = list(examples(mapping, samples))
    ready = [one for one in found if isinstance(one, Example)]
    renewed = [
        replace(one, records=tuple(moved(mapping, record, known) for record in one.records))
        if one.inward
        else one
        for one in ready
    ]
    passed = len(ready) == len(found) and not any(one.differences(mapping) for one in renewed)
    return len(found) if passed else None


def _own_samples(before: Mapping, mapping: Mapping, known: Sequence[Rename]) -> Mapping | None:
    """The mapping with the new names in the records of its own tests; None where that fails."""
    written = [one for one in known if _is_both(before, one)]
    document: Document | None = mapping.document
    try:
        for number, test in enumerate(mapping.tests):
            if document and isinstance(test.get("in"), dict):
                document = renamed(document, ("tests", number, "in"), mapping, lambda one: [one], known)
            for rename in written if "out" in test else ():
                document = document and renamed_expectation(document, ("tests", number, "expect"), rename)
    except FileError:
        return None
    return replace(mapping, document=_with_tables(mapping.document, document)) if document else None


def _with_tables(old: Document, new: Document) -> Document:
    """The new file with the lookup tables that the old one names."""
    said = parse("\n".join(old.lines) + "\n", old.file)
    return resolved(new, {name: value_at(old.data, path) for path, name in named(said)})


def _is_both(mapping: Mapping, rename: Rename) -> bool:
    """Whether what is renamed is written by that name, too."""
    return any(line.rule.path[0] == "both" and _renamed(line, rename) for line in lines(mapping))


def _samples(
    mapping: Mapping, samples: Samples, known: Sequence[Rename]
) -> tuple[list[tuple[Document, Document]], list[str]]:
    """The sample files before and after, and those that people have to rename in."""
    found, by_hand = [], []
    for path in samples.files(mapping):
        file = path.relative_to(samples.root).as_posix()
        if _is_stale(mapping, samples, file, known):
            pair = renamed_sample(samples, mapping, file, known)
            found += [pair] if pair else []
            by_hand += [] if pair else [file]
    return found, by_hand


def _is_stale(mapping: Mapping, samples: Samples, file: str, known: Sequence[Rename]) -> bool:
    """Whether a sample has an old name."""
    try:
        records = samples.of_file(mapping, file)
    except (RecordError, OSError, ValueError):
        return False
    return any(moved(mapping, record, known) != record for record in records)


def _understands(old: Mapping, new: Mapping, samples: Samples, records: Iterable[Any]) -> bool:
    """Whether each line that was changed tells something of the records, and none is refused or not read."""
    held = {line.pointer: line.reads for line in lines(old)}
    changed = [line for line in lines(new) if held.get(line.pointer) != line.reads]
    outcomes = Outcomes.of(new, changed, records, samples.context(new))
    counts = [outcomes.of_line(line) for line in changed]
    refused = any(count[REJECTED] or count[DRIFTED] for count in counts)
    return bool(counts) and not refused and any(count[TOLD] for count in counts)


def _diff(old: Document, new: Document) -> str:
    before, after = ([f"{line}\n" for line in one.lines] for one in (old, new))
    return "".join(unified_diff(before, after, f"a/{old.file}", f"b/{new.file}"))
