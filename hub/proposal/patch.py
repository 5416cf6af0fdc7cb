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
from hub.errors import FileError, RecordError
from hub.mapping import Mapping
from hub.proof.examples import Example, examples
from hub.samples import Samples

_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Patch:
    """A changed mapping. `diff`: unified; `renames`: what it follows; `tests`: of the file, all pass.

    `samples`: files that still have the old names.
    """

    mapping: Mapping
    diff: str
    renames: tuple[Rename, ...]
    tests: int
    samples: tuple[str, ...]


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
    if not followed:
        return None
    tests = _tests(changed, samples, followed)
    if tests is None or not _understands(report.mapping, changed, samples, records):
        return None
    diff = _diff(report.mapping.document, changed.document)
    return Patch(changed, diff, tuple(followed), tests, tuple(_stale(changed, samples, followed)))


def _followed(mapping: Mapping, rename: Rename) -> Mapping | None:
    """The mapping with every line that reads the old path reading the new one; None where that fails."""
    if not _NAME.fullmatch(rename.new[-1]) or not _NAME.fullmatch(rename.old[-1]):
        return None
    before = {line.pointer: line for line in lines(mapping)}
    touched = {spot for line in before.values() if _renamed(line, rename) for spot in _spots(mapping, line)}
    text = list(mapping.document.lines)
    for path, is_key in sorted(touched, key=str):
        _rewrite(text, mapping.document, path, rename, is_key=is_key)
    try:
        document = parse("\n".join(text) + "\n", mapping.document.file)
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
    text: list[str], document: Document, path: tuple[Step, ...], rename: Rename, *, is_key: bool
) -> None:
    """Write the new name for the old one where it is a name: in no quotes, and no function's."""
    place = document.place(*path) if is_key else document.value_place(*path)
    old, new = re.escape(rename.old[-1]), rename.new[-1]
    pattern = re.compile(rf"(?<![\w\"'`-]){old}(?![\w\"'`(-])")
    before, after = text[place.line - 1][: place.column - 1], text[place.line - 1][place.column - 1 :]
    end = len(rename.old[-1]) if is_key else len(str(_value(document, path)))
    text[place.line - 1] = before + pattern.sub(new, after[:end]) + after[end:]


def _value(document: Document, path: tuple[Step, ...]) -> Any:
    data = document.data
    for step in path:
        data = data[step]
    return data


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
    moved = [
        replace(one, records=tuple(_moved(mapping, record, known) for record in one.records))
        if one.inward
        else one
        for one in ready
    ]
    passed = len(ready) == len(found) and not any(one.differences(mapping) for one in moved)
    return len(found) if passed else None


def _moved(mapping: Mapping, record: Any, known: Sequence[Rename]) -> Any:
    """A record of before, with the new names."""
    inner = mapping.document.data.get("record")
    for rename in known:
        around = rename.old[:1] == ("payload",) or not inner
        old = names(rename.old)[rename.old[:1] == ("payload",) :]
        way = old if around else (*str(inner).split("."), *old)
        record = _with(record, way, rename.new[-1])
    return record


def _with(value: Any, way: Path, new: str) -> Any:
    if isinstance(value, list):
        return [_with(item, way, new) for item in value]
    if not isinstance(value, dict) or way[0] not in value:
        return value
    if len(way) == 1:
        return {new if name == way[0] else name: inner for name, inner in value.items()}
    return {**value, way[0]: _with(value[way[0]], way[1:], new)}


def _stale(mapping: Mapping, samples: Samples, known: Sequence[Rename]) -> Iterator[str]:
    """The sample files that a rename would change."""
    for path in samples.files(mapping):
        file = path.relative_to(samples.root).as_posix()
        try:
            records = samples.records(mapping, samples.load(file))
        except (RecordError, OSError, ValueError):
            continue
        if any(_moved(mapping, record, known) != record for record in records):
            yield file


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
