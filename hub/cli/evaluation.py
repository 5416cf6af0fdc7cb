"""hub try with an expression: what it gives over an event, or any JSON."""

import json
import sys
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.cli.project import NoProjectError
from hub.errors import RecordError
from hub.expressions import EvaluationError, Expression, ExpressionError, compile
from hub.mapping import Mapping
from hub.samples import Samples

EVENT = "event"
_REQUEST = frozenset({"method", "headers", "query", "body"})
_FEW = 12


def compiled(source: str) -> Expression:
    """The expression of an argument that is no mapping. Raises NoProjectError, with a caret and the cure."""
    try:
        found = compile(source)
    except ExpressionError as error:
        raise NoProjectError(f"{error.message}\n{_caret(source, error.offset, error.hint)}") from None
    for finding in found.findings():
        print(f"hub: {finding.message}\n{_caret(source, finding.offset, finding.hint)}", file=sys.stderr)
    return found


def scopes(catalog: Catalog, samples: Samples, file: Path, data: Any, seen_by: str = "") -> list[Any]:
    """What expressions see of a file: each record of an event as its mapping does, or the JSON itself.

    `seen_by`: the mapping, EVENT for the JSON of an event, or empty for the mapping of its outermost record.
    Raises RecordError for what is no record of that mapping.
    """
    known = catalog.mappings.get(seen_by)
    mapping = known if seen_by else _reader(catalog, samples, file, data)
    if mapping is None:
        say_missing(_missing(catalog, samples, file, data))
        return [data]
    print(f"as {mapping.name} sees it:", file=sys.stderr)
    records, missing = samples.completed(mapping, data)
    say_missing(missing)
    return [mapping.scope(record) for record in records]


def say_missing(files: list[str]) -> None:
    """Say where the records of an event belong that would have to be fetched."""
    for file in files:
        print(f"hub: the event only names a record: put what its `get:` answers into {file}", file=sys.stderr)


def evaluated(expression: Expression, scope: Any) -> Any:
    """The value; of a name that is not there, what it is near to is said. Raises EvaluationError."""
    value = expression(scope)
    if value is None and isinstance(scope, dict):
        for name in sorted(expression.names - scope.keys()):
            print(f'hub: there is no "{name}" here{_cure(name, scope)}', file=sys.stderr)
    return value


def tried(expression: Expression, found: list[Any], *, as_json: bool) -> int:
    """Print the value over each scope; 1 where there is none."""
    try:
        values = [evaluated(expression, scope) for scope in found]
    except EvaluationError:
        print("hub: no value: a function got what it does not take", file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(values, ensure_ascii=False, indent=2))
        return 0
    for value in values:
        print(json.dumps(value, ensure_ascii=False, indent=2))
    return 0


def _cure(name: str, scope: dict[str, Any]) -> str:
    close = get_close_matches(name, scope, n=1)
    if close:
        return f', did you mean "{close[0]}"?'
    if name in _REQUEST:
        return f"; --as {EVENT} shows the whole event, as connectors see it"
    known = sorted(scope)
    return f"; there is {', '.join(known[:_FEW])}{', …' if len(known) > _FEW else ''}"


def _caret(source: str, offset: int, hint: str) -> str:
    """The line of the expression, a caret below the character, and the cure."""
    start = source.rfind("\n", 0, offset) + 1
    line = source[start:].split("\n", 1)[0]
    return f"  {line}\n  {' ' * (offset - start)}^{f' {hint}' if hint else ''}"


def _reader(catalog: Catalog, samples: Samples, file: Path, data: Any) -> Mapping | None:
    """The mapping of the outermost record in a sample; None for what is no sample that is mapped."""
    found = []
    for mapping in _mappings(catalog, samples, file):
        found += [(len(json.dumps(record)), mapping) for record in _records(samples, mapping, data)]
    return max(found, key=lambda one: one[0])[1] if found else None


def _mappings(catalog: Catalog, samples: Samples, file: Path) -> list[Mapping]:
    """The mappings of whose samples a file is one."""
    every = catalog.mappings.values()
    return [one for one in every if file.resolve() in (path.resolve() for path in samples.files(one))]


def _records(samples: Samples, mapping: Mapping, data: Any) -> list[Any]:
    try:
        records, _ = samples.completed(mapping, data)
        return [record for record in records if mapping.scope(record)]
    except RecordError:
        return []


def _missing(catalog: Catalog, samples: Samples, file: Path, data: Any) -> list[str]:
    """The files that would hold what an event only names, each once."""
    found: list[str] = []
    for mapping in _mappings(catalog, samples, file):
        with suppress(RecordError):
            found += samples.completed(mapping, data)[1]
    return list(dict.fromkeys(found))
