"""A report as people and programs read it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hub.drift.findings import Finding, Report, Touch
from hub.drift.outcomes import TOLD
from hub.drift.reads import written
from hub.drift.renames import Rename, written_rename

_SAID = {
    "rejected": "record rejected",
    "cleared": "cleared",
    "not understood": "not understood, left as it was",
    "left": "left as it was",
}


def page(report: Report, *, everything: bool = False) -> str:
    """The report as text. `everything`: with the fields that no line reads, one by one."""
    blocks = ["\n".join(_heading(report)), *("\n".join(_finding(one)) for one in report.mapped)]
    if everything and report.rest:
        blocks.append("no line reads:\n" + "\n".join(f"  {_difference(one)}" for one in report.rest))
    return "\n\n".join([*blocks, _summary(report, everything=everything)])


def plain(report: Report) -> dict[str, Any]:
    """The report as JSON."""
    return {
        "mapping": report.mapping.name,
        "entity": report.mapping.entity,
        "samples": report.samples,
        "events": report.events,
        "records": report.records,
        "rejected": {str(place or ""): count for place, count in report.rejected.items()},
        "drift": [_plain(one) for one in report.mapped],
        "unmapped": [_plain(one) for one in report.rest],
    }


def _heading(report: Report) -> Iterator[str]:
    counted = f"{_count(report.events, 'event')} of {_count(report.records, 'record')}"
    name = report.mapping
    yield f"{name.name} → {name.entity}: {counted} against {_count(report.samples, 'sample')}"
    for place, count in report.rejected.items():
        yield f"rejected: {_count(count, 'event')}, by {place or 'the connector'}"
    if report.cut:
        yield "the events have more fields than are looked at"


def _finding(one: Finding) -> Iterator[str]:
    yield _difference(one)
    for touch in one.touched:
        yield f"  {touch.line.place}  {touch.line.target}: {_follows(touch)}"
        if touch.readers:
            yield f"    read by {', '.join(_readers(touch))}"
    for each in one.around:
        yield f"  {each.place}  {each.part} is read of it"
    if one.rename:
        yield f"  {_renamed(one.rename)}"


def _difference(one: Finding) -> str:
    return f"{one.difference.what.ljust(8)}  {written(one.difference.path)}: {one.difference.said}"


def _follows(touch: Touch) -> str:
    total = touch.outcomes.total()
    if not touch.worse:
        return f"still told in {touch.outcomes[TOLD]} of {total}"
    said = "; ".join(f"{_SAID[what]} in {touch.outcomes[what]} of {total}" for what in touch.worse)
    return f"{said}; {touch.identifies} identifier lost" if touch.lost else said


def _readers(touch: Touch) -> Iterator[str]:
    """Each destination or flow once, with the first of its places."""
    seen: Counter[str] = Counter()
    for reader in touch.readers:
        seen[reader.name] += 1
        if seen[reader.name] == 1:
            yield f"{reader.name} ({reader.place})"


def _renamed(rename: Rename) -> str:
    return f"renamed? {written_rename(rename)} ({rename.likely:.2f}: {rename.why})"


def _summary(report: Report, *, everything: bool) -> str:
    if not report.mapped and not report.rest:
        return "nothing differs"
    counts = Counter(one.difference.what for one in report.rest)
    listed = ", ".join(f"{count} {what}" for what, count in counts.items())
    shown = "" if everything else "; --all lists them"
    rest = f"{_count(len(report.rest), 'difference')} that no line reads ({listed}{shown})" if counts else ""
    mapped = f"{_count(len(report.mapped), 'difference')} in what is read"
    return "; ".join(part for part in (mapped, rest) if part)


def _plain(one: Finding) -> dict[str, Any]:
    rename = one.rename
    return {
        "what": one.difference.what,
        "path": written(one.difference.path),
        "said": one.difference.said,
        "lines": [_touch(touch) for touch in one.touched],
        "connector": [{"place": str(each.place), "part": each.part} for each in one.around],
        "renamed": {"to": written(rename.new), "likely": rename.likely} if rename else None,
    }


def _touch(touch: Touch) -> dict[str, Any]:
    return {
        "place": str(touch.line.place),
        "field": touch.line.target,
        "outcomes": dict(touch.outcomes),
        "identifier": touch.identifies if touch.lost else "",
        "readers": [{"name": reader.name, "place": str(reader.place)} for reader in touch.readers],
    }


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
