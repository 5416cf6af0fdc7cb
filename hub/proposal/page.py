"""A proposal as the file that it is meant to become."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hub.documents import parse
from hub.drift.reads import written
from hub.errors import Place, RecordError
from hub.mapping import Context, Mapping
from hub.proposal.offers import Offer
from hub.proposal.proposal import SURE, Choice, Proposal

_SAFE = re.compile(r"[A-Za-z_][\w.]*|[a-z_\d]+\([\w., ']*\)")
_WIDTH = 110
SEVERAL = 3
"""Fields of an object that may be listed one by one, where no line reads any of them."""


def page(proposal: Proposal, target: Mapping, sample: Any, records: Sequence[Any], context: Context) -> str:
    """The mapping file, with a test that says what comes out of the first record.

    `target`: the mapping that is to be, of which only name, entity and connector count. `sample`: what the
    test reads, a file below the project or the record itself. A line that does not understand the
    records becomes a comment; where none is left, the page is empty.
    """
    head = "\n".join(_head(proposal, sample))
    while proposal.sure:
        text = _text(head, proposal)
        mapping = replace(target, document=parse(text, target.document.file))
        doubts = _doubts(mapping, records, context)
        if not doubts:
            return f"{text}\n{_test(mapping, sample, records[0], context)}"
        proposal = proposal.doubting(doubts)
    return ""


def _text(head: str, proposal: Proposal) -> str:
    return "\n".join([head, *_lines(proposal), *_rest(proposal)]) + "\n"


def _doubts(mapping: Mapping, records: Iterable[Any], context: Context) -> set[str]:
    """The fields whose values of these records are not understood."""
    places: set[Place] = set()
    for record in records:
        try:
            places |= set(mapping.inward(record, context).drift)
        except RecordError as error:
            places |= {error.place} if error.place else set()
    return {
        target.names[0] for target in mapping.reads if mapping.document.place(*target.rule.path) in places
    }


def _head(proposal: Proposal, sample: Any) -> Iterator[str]:
    source = f" from {sample}" if isinstance(sample, str) else ""
    yield f"# Proposed{source}."
    yield "# The figures say how likely a line is (1 is certain): check each, then take it away."
    yield f"entity: {proposal.entity.name}"
    yield ""
    yield "in:"


def _lines(proposal: Proposal) -> Iterator[str]:
    width = max((len(one.offer.target) for one in proposal.choices), default=0) + 1
    for one in proposal.choices:
        yield from _choice(one, width)


def _choice(one: Choice, width: int) -> Iterator[str]:
    offer, mark = one.offer, "  " if one.sure else "# "
    name = f"{offer.target}:".ljust(width)
    if offer.items:
        yield f"{mark}{offer.target}:{' ' * 3}# {_figure(offer)}"
        yield from (f"{mark}{line}" for line in _each(offer))
    else:
        yield _padded(f"{mark}{name} {_value(offer)}", _figure(offer) + _note(one))
    for other in one.others:
        yield f"  # or {other.target}: {_value(other)}   # {_figure(other)}"


def _each(offer: Offer) -> Iterator[str]:
    width = max(len(item.target) for item in offer.items) + 1
    yield f"  each:   {{line: {_plain(offer.source)}}}"
    yield "  fields:"
    for item in offer.items:
        mark = "    " if item.likely >= SURE else "  # "
        yield _padded(f"{mark}{f'{item.target}:'.ljust(width)} {_value(item)}", _figure(item))


def _value(offer: Offer) -> str:
    if offer.lookup is None:
        return _plain(offer.source)
    words = ", ".join(
        f"{json.dumps(str(word), ensure_ascii=False)}: {ours}" for word, ours in offer.lookup.items()
    )
    return f"{{from: {_flow(offer.source)}, lookup: {{{words}}}}}"


def _note(one: Choice) -> str:
    if one.offer.lookup is None:
        return ""
    return "; only the words that were seen" if one.sure else "; say for each ? what it is"


def _rest(proposal: Proposal) -> Iterator[str]:
    if proposal.missing:
        yield ""
        yield from _comment(f"Nothing was found for: {', '.join(proposal.missing)}.")
    if proposal.unread:
        yield ""
        yield from _comment(f"No line reads: {', '.join(_unread(proposal))}.")


def _unread(proposal: Proposal) -> Iterator[str]:
    """The paths that no line reads; of an object that no line reads at all, only how much it holds."""
    read = {path[:1] for one in proposal.choices if one.sure for path in one.offer.reads if len(path) > 1}
    held = Counter(path[0] for path in proposal.unread)
    whole = {name for name in held if held[name] > SEVERAL and (name,) not in read}
    for path in proposal.unread:
        if path[0] not in whole:
            yield written(path)
    yield from (f"{name} ({held[name]} fields)" for name in held if name in whole)


def _comment(text: str) -> Iterator[str]:
    line = "#"
    for part in text.split(" "):
        if len(line) + len(part) >= _WIDTH:
            yield line
            line = "#"
        line += f" {part}"
    yield line


def _test(mapping: Mapping, sample: Any, record: Any, context: Context) -> str:
    """The test of what comes out now."""
    fields = mapping.inward(record, context).fields
    expected = [f"      {name}: {_json(value)}" for name, value in fields.items() if value is not None]
    given = sample if isinstance(sample, str) else _json(sample)
    head = ["tests:", "  - name: as it was proposed", f"    in: {given}"]
    return "\n".join([*head, *(["    expect:", *expected] if expected else ["    expect: {}"])]) + "\n"


def _padded(line: str, comment: str) -> str:
    return f"{line.ljust(40)}   # {comment}"


def _figure(offer: Offer) -> str:
    return f"{min(offer.likely, 0.99):.2f} {offer.why}"


def _plain(source: str) -> str:
    """An expression as a YAML value: in double quotes where YAML would read something else."""
    return source if _SAFE.fullmatch(source) else _json(source)


def _flow(source: str) -> str:
    return source if re.fullmatch(r"[A-Za-z_][\w.]*", source) else _json(source)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
