"""The tests inside of the mappings."""

import json
from collections.abc import Iterator
from typing import Any

from hub.catalog import Catalog
from hub.checks.names import unknown_field
from hub.documents import Step
from hub.errors import FileError, RecordError
from hub.mapping import ABSENT, Mapping
from hub.samples import Samples


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """What the mappings' tests expect and does not come out."""
    for mapping in catalog.mappings.values():
        entity = catalog.entities.get(mapping.entity)
        if entity is None or any(unknown_field(entity, target.names) for target in mapping.reads):
            continue
        for number, test in enumerate(mapping.tests):
            yield from _test(mapping, samples, number, test)


def _test(mapping: Mapping, samples: Samples, number: int, test: dict[str, Any]) -> Iterator[FileError]:
    error = mapping.document.error
    if ("in" in test) == ("out" in test):
        yield error("bad-test", "a test has either in: or out:", "tests", number)
        return
    try:
        yield from (
            _inward(mapping, samples, number, test)
            if "in" in test
            else _outward(mapping, samples, number, test)
        )
    except (OSError, ValueError):
        yield error("no-sample", f"{test['in']} is not a JSON file", "tests", number, "in", offset=0)
    except RecordError as rejected:
        message = f'"{test["name"]}" is rejected: {rejected}'
        yield error("test-failed", message, "tests", number)


def _inward(mapping: Mapping, samples: Samples, number: int, test: dict[str, Any]) -> Iterator[FileError]:
    inline = isinstance(test["in"], dict)
    records = [test["in"]] if inline else samples.records(mapping, samples.load(test["in"]))
    if not records:
        message = f"{test['in']} has no record of {mapping.name}"
        yield mapping.document.error("no-sample", message, "tests", number, "in", offset=0)
        return
    context = samples.context(mapping)
    fewest = min(
        (_differences(test["expect"], mapping.inward(record, context).fields) for record in records), key=len
    )
    yield from _failures(mapping, number, test, fewest)


def _outward(mapping: Mapping, samples: Samples, number: int, test: dict[str, Any]) -> Iterator[FileError]:
    fields = {name: value for name, value in test["out"].items() if name != "customer"}
    customer = test["out"].get("customer") or {}
    written = mapping.outward(fields, customer, samples.context(mapping))
    extra = {name: (ABSENT, value) for name, value in written.items() if name not in test["expect"]}
    yield from _failures(mapping, number, test, _differences(test["expect"], written) | extra)


def _differences(expected: dict[str, Any], found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Name -> what was expected and what came, where they differ."""
    pairs = {name: (value, found.get(name, ABSENT)) for name, value in expected.items()}
    return {name: pair for name, pair in pairs.items() if not _same(*pair)}


def _same(one: Any, other: Any) -> bool:
    """Equal, and not merely as Python's true and 1 are."""
    return bool(one == other) and _json(one) == _json(other) if one is not ABSENT else False


def _failures(
    mapping: Mapping, number: int, test: dict[str, Any], differences: dict[str, tuple[Any, Any]]
) -> Iterator[FileError]:
    for name, (wanted, came) in differences.items():
        path: tuple[Step, ...] = ("tests", number, "expect", *([name] if wanted is not ABSENT else []))
        message = f'"{test["name"]}": {name} is {_json(came)}'
        yield mapping.document.error("test-failed", message, *path, hint=f"expected {_json(wanted)}")


def _json(value: Any) -> str:
    if value is ABSENT:
        return "left out"
    return json.dumps(_number(value), ensure_ascii=False, sort_keys=True)


def _number(value: Any) -> Any:
    """Whole numbers without a point: 5.0 and 5 are one number in JSON."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _number(inner) for name, inner in value.items()}
    return [_number(inner) for inner in value] if isinstance(value, list) else value
