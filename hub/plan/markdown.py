"""A report for a pull request, and as JSON for a machine."""

from collections.abc import Iterable, Iterator
from typing import Any

from hub.plan.edits import Edit
from hub.plan.report import Block, Report, Sample, sections


def markdown(report: Report, *, limit: int = 3) -> str:
    """The report as Markdown. `limit`: samples of each block."""
    sides = f"`{report.before}` → `{report.after}`, on `{report.source}`"
    lines = [f"### hub plan: {report.headline}", "", sides]
    lines += [line for note in report.notes for line in ("", f"Note: {note}")]
    lines += [line for said in report.identity for line in ("", f"> [!WARNING]\n> {said}")]
    for title, blocks in sections(report):
        lines += ["", f"#### {title}"] if blocks else []
        lines += [line for block in blocks for line in ("", *_block(block, limit))]
    if report.idle:
        lines += ["", "#### Edits that none of these events shows", "", *_diff(report.idle)]
    return "\n".join(lines)


def plain(report: Report) -> dict[str, Any]:
    """The report as JSON, every value masked as it is on the screen."""
    return {
        "changes": not report.empty,
        "headline": report.headline,
        "before": report.before,
        "after": report.after,
        "source": report.source,
        "events": report.events,
        "touched": report.touched,
        "notes": list(report.notes),
        "identity": list(report.identity),
        "fields": [_plain_block(block) for block in report.blocks],
        "profiles": [_plain_block(block) for block in report.profiles],
        "calls": [_plain_block(block) for block in report.calls],
        "deliveries": [_plain_block(block) for block in report.troubles],
        "idle": [_plain_edit(edit) for edit in report.idle],
    }


def _block(block: Block, limit: int) -> Iterator[str]:
    yield f"**{block.title}**: {block.amount}"
    if block.because:
        yield from ("", *_diff(block.because))
    few = block.samples[:limit] if limit else block.samples
    if few:
        yield from ("", "| | before | after |", "|---|---|---|", *map(_row, few))
    if more := len(block.samples) - len(few):
        yield from ("", f"… {more} more")


def _row(sample: Sample) -> str:
    about = " ".join(filter(None, (sample.where, sample.record)))
    cells = (f"`{_cell(text)}`" if text else "" for text in (about, sample.before, sample.after))
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")


def _diff(edits: Iterable[Edit]) -> Iterator[str]:
    yield "```diff"
    for edit in edits:
        yield f"# {edit.place}"
        yield from edit.lines
    yield "```"


def _plain_block(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "title": block.title,
        "count": block.count,
        "of": block.of,
        "outcomes": dict(block.outcomes),
        "identifies": block.identifies,
        "because": [_plain_edit(edit) for edit in block.because],
        "samples": [_plain_sample(sample) for sample in block.samples],
    }


def _plain_edit(edit: Edit) -> dict[str, Any]:
    place = edit.place
    return {"file": place.file, "line": place.line, "column": place.column, "lines": list(edit.lines)}


def _plain_sample(sample: Sample) -> dict[str, str]:
    return {"where": sample.where, "record": sample.record, "before": sample.before, "after": sample.after}
