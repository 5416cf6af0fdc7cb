"""A report on a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from hub.plan.edits import Edit
from hub.plan.report import Block, Report, Sample, sections

BECAUSE = 4
"""Edits that are shown of a block."""


def text(report: Report, *, limit: int = 3) -> str:
    """The report as plain text. `limit`: samples of each block."""
    lines = [report.headline, "", *_sides(report)]
    if report.identity:
        lines += ["", _title("Who is who"), *(f"  ! {line}" for line in report.identity)]
    for title, blocks in sections(report):
        lines += _section(title, blocks, limit)
    if report.idle:
        lines += ["", _title("Edits that none of these events shows"), *_edits(report.idle, "  ")]
    return "\n".join([*lines, *_closing(report, limit)])


def _sides(report: Report) -> Iterator[str]:
    yield f"  before  {report.before}"
    yield f"  after   {report.after}"
    yield f"  events  {report.source}"
    yield from (f"  note    {note}" for note in report.notes)


def _section(title: str, blocks: Sequence[Block], limit: int) -> list[str]:
    lines = [line for block in blocks for line in ("", *_block(block, limit))]
    return ["", _title(title), *lines[1:]] if lines else []


def _title(text: str) -> str:
    return f"{text}\n{'-' * len(text)}"


def _block(block: Block, limit: int) -> Iterator[str]:
    mark = "! " if block.identifies else ""
    yield f"  {mark}{block.title}: {block.amount}"
    yield from _edits(block.because[:BECAUSE], "    ")
    if more := len(block.because) - BECAUSE:
        yield from [f"    … {more} more edits"] if more > 0 else []
    yield from _samples(block.samples, limit)


def _edits(edits: Iterable[Edit], margin: str) -> Iterator[str]:
    for edit in edits:
        yield f"{margin}{edit.place}"
        yield from (f"{margin}{line}" for line in edit.lines)


def _samples(samples: Sequence[Sample], limit: int) -> Iterator[str]:
    few = samples[:limit] if limit else samples
    rows = [tuple(part for part in (one.where, one.record, one.before) if part) for one in few]
    widths = [max(map(len, column)) for column in zip(*rows, strict=False)]
    for row, one in zip(rows, few, strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield f"      {'  '.join(cells)} → {one.after}"
    if more := len(samples) - len(few):
        yield f"      … {more} more"


def _closing(report: Report, limit: int) -> Iterator[str]:
    if report.empty:
        return
    blocks = (*report.blocks, *report.profiles, *report.calls)
    cut = next((block.title for block in blocks if limit and len(block.samples) > limit), None)
    yield ""
    if cut:
        yield f"All samples: --limit 0. Only some: --field '{cut}'."
    if report.masked:
        yield "Personal values are masked: --show-values shows them on a terminal."
