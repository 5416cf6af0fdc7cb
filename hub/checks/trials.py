"""Whether mappings understand their own samples: a value that is left out of every sample is a mistake."""

from collections.abc import Iterator
from typing import Any

from hub.checks.leaves import text_of
from hub.checks.suggestion import suggest
from hub.errors import FileError, Place, RecordError
from hub.expressions import EvaluationError
from hub.mapping import Mapping, Rule
from hub.mapping.model import STATES
from hub.samples import Samples
from hub.values import plain


def check(mapping: Mapping, samples: Samples) -> Iterator[FileError]:
    """The leaves whose value no sample event's record gives in a form that is understood."""
    yield from _no_record(mapping, samples)
    yield from _mapping(mapping, samples)


def _no_record(mapping: Mapping, samples: Samples) -> Iterator[FileError]:
    """`record:` that leads to an object in no sample."""
    if "record" not in mapping.document.data:
        return
    payloads = [one for one in samples.all(mapping) if isinstance(one, dict)]
    if payloads and not any(_scope(mapping, one) for one in payloads):
        names = {name for one in payloads for name, inner in one.items() if isinstance(inner, dict)}
        hint = suggest(str(mapping.document.data["record"]), names)
        message = "this is an object in no sample, so that nothing is ever read"
        yield mapping.document.error("no-record", message, "record", hint=hint, offset=0)


def _mapping(mapping: Mapping, samples: Samples) -> Iterator[FileError]:
    told = [trial for record in samples.recorded(mapping) for trial in _tried(mapping, samples, record)]
    for rule, type in _rules(mapping):
        values = [(value, drift) for scope, drift in told if (value := _value(rule, scope)) not in (None, "")]
        place = mapping.document.place(*rule.path)
        if values and all(place in drift for _, drift in values):
            yield _not_understood(mapping, rule, type, [value for value, _ in values])


def _rules(mapping: Mapping) -> Iterator[tuple[Rule, str]]:
    """The leaves that are read, each with what it must be."""
    for target in mapping.reads:
        yield target.rule, mapping.model.fields[target.names[0]].type
    for ledger in mapping.consents:
        yield ledger.address, ledger.type
        yield ledger.state, "state"
        if ledger.at:
            yield ledger.at, "time"


def _scope(mapping: Mapping, record: Any) -> dict[str, Any]:
    try:
        return mapping.scope(record)
    except RecordError:
        return {}


def _tried(mapping: Mapping, samples: Samples, record: Any) -> Iterator[tuple[dict[str, Any], set[Place]]]:
    """What expressions see of a record, and the lines that every account leaves out; nothing if rejected."""
    try:
        drifts = [set(mapping.inward(record, context).drift) for context in samples.contexts(mapping)]
    except RecordError:
        return
    yield _scope(mapping, record), set.intersection(*drifts)


def _value(rule: Rule, scope: dict[str, Any]) -> Any:
    try:
        return rule.source(scope) if rule.source else None
    except EvaluationError:
        return None


def _not_understood(mapping: Mapping, rule: Rule, type: str, values: list[Any]) -> FileError:
    known = sorted(rule.lookup) if rule.lookup else sorted(STATES) if type == "state" else []
    message, hint = f"no sample's value can be read as {type}", ""
    if known:
        words = sorted({_shown(value) for value in values})[:3]
        message, hint = f"none of the samples' values is listed: {', '.join(words)}", suggest(words[0], known)
    text = text_of(mapping, rule)
    path, offset = (text.path, None if text.key else 0) if text else (rule.path, None)
    return mapping.document.error("not-understood", message, *path, hint=hint, offset=offset)


def _shown(value: Any) -> str:
    try:
        return plain(value)
    except ValueError:
        return "an object" if isinstance(value, dict) else "a list"
