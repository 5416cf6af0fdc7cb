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
from hub.proposal.proposal import Choice, Proposal

_SAFE = re.compile(r"[A-Za-z_][\w.]*|[a-z_\d]+\([\w., ']*\)")
Told = tuple[Any, Any]
"""What a test reads, a file below the project or the record itself, and the record."""

_WIDTH = 110
SEVERAL = 3
"""Fields of an object that may be listed one by one, where no line reads any of them."""


def page(proposal: Proposal, target: Mapping, told: Sequence[Told], context: Context) -> str:
    """The mapping file, with tests that say what comes out now.

    `target`: the mapping that is to be, of which only name, entity and connector count. A line that does not
    understand the records becomes a comment; where none is left, the page is empty.
    """
    head, records = "\n".join(_head(proposal, told)), [record for _, record in told]
    while proposal.stands:
        text = _text(head, proposal)
        mapping = replace(target, document=parse(text, target.document.file))
        doubts = _doubts(mapping, records, context)
        if not doubts:
            return "\n".join([text, "tests:", *_tests(mapping, told, context)]) + "\n"
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


def _head(proposal: Proposal, told: Sequence[Told]) -> Iterator[str]:
    files = list(dict.fromkeys(given for given, _ in told if isinstance(given, str)))
    source = f" from {', '.join(files)}" if files else ""
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
    offer = one.offer
    mark = "  " if offer.stands else "# "
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
        mark = "    " if item.stands else "  # "
        yield _padded(f"{mark}{f'{item.target}:'.ljust(width)} {_value(item)}", _figure(item))


def _value(offer: Offer) -> str:
    if offer.lookup is None:
        return _plain(offer.source)
    told = [pair for pair in offer.lookup.items() if pair[1] != "?" or not offer.stands]
    words = ", ".join(f"{json.dumps(str(word), ensure_ascii=False)}: {ours}" for word, ours in told)
    return f"{{from: {_flow(offer.source)}, lookup: {{{words}}}}}"


def _note(one: Choice) -> str:
    if one.offer.lookup is None:
        return ""
    strange = [str(word) for word, ours in one.offer.lookup.items() if ours == "?"]
    if not one.offer.stands:
        return "; say for each ? what it is"
    return f"; say what these are: {', '.join(strange)}" if strange else "; only the words that were seen"


def _rest(proposal: Proposal) -> Iterator[str]:
    if proposal.missing:
        yield ""
        yield from _comment(f"Nothing was found for: {', '.join(proposal.missing)}.")
    if proposal.unread:
        yield ""
        yield from _comment(f"No line reads: {', '.join(_unread(proposal))}.")


def _unread(proposal: Proposal) -> Iterator[str]:
    """The paths that no line reads; of an object that no line reads at all, only how much it holds."""
    read = {
        path[:1] for one in proposal.choices if one.offer.stands for path in one.offer.reads if len(path) > 1
    }
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


def _tests(mapping: Mapping, told: Sequence[Told], context: Context) -> Iterator[str]:
    """A test of the first record, and of each other that has a value where those before it had none."""
    shown: set[tuple[str, ...]] = set()
    for given, record in told:
        fields = mapping.inward(record, context).fields
        new = _members(fields) - shown
        if new:
            yield f"  - name: {f'with {_words(new)}' if shown else 'as it was proposed'}"
            shown |= new
            yield f"    in: {given if isinstance(given, str) else _json(given)}"
            yield "    expect:"
            yield from (
                f"      {name}: {_json(value)}" for name, value in fields.items() if value is not None
            )


def _members(fields: dict[str, Any]) -> set[tuple[str, ...]]:
    """The fields that have a value; of an address, and of a list's items, the parts that do."""
    found: set[tuple[str, ...]] = set()
    for name, value in fields.items():
        parts = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
        inner = {(name, part) for one in parts if isinstance(one, dict) for part in one}
        found |= inner or ({(name,)} if value is not None else set())
    return found


def _words(fields: set[tuple[str, ...]]) -> str:
    return " and ".join(sorted({names[0] for names in fields}))


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
