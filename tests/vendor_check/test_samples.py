"""The shipped sample events and records have the shape that the vendor's own file gives them."""

import json
import re

import pytest

from tests.vendor_check.catalogue import (
    NAMES,
    entry,
    problems_of_value,
    specifications,
    without_documented,
)
from tests.vendor_check.shared import ROOT, needs_shared

_STEP = re.compile(r"(\w+)|\[(\d+)\]")


def each(part):
    return [
        pytest.param(name, key, id=f"{name}-{key}") for name in NAMES for key in sorted(entry(name, part))
    ]


def event(name, file):
    return json.loads((ROOT / f"events/{name}/{file}.json").read_text(encoding="utf-8"))["body"]


@needs_shared
@pytest.mark.parametrize(("name", "file"), each("BODIES"))
def test_a_sample_event_has_the_shape_of_its_schema(name, file):
    body = without_documented(name, event(name, file))
    assert problems_of_value(name, entry(name, "BODIES")[file], body) == []


@needs_shared
@pytest.mark.parametrize(("name", "file"), each("PARTS"))
def test_a_part_of_a_sample_event_has_the_shape_of_its_schema(name, file):
    path, schema = entry(name, "PARTS")[file]
    value = event(name, file)
    for member, index in _STEP.findall(path):
        value = value[member] if member else value[int(index)]
    assert problems_of_value(name, schema, without_documented(name, value)) == []


@needs_shared
@pytest.mark.parametrize(("name", "file"), each("EXAMPLES"))
def test_a_sample_event_has_the_shape_of_one_of_the_vendors_examples(name, file):
    path = entry(name, "EXAMPLES")[file]
    content = specifications(name)[0].data["paths"][path]["post"]["requestBody"]["content"]
    examples = content["application/json"]["examples"].values()
    assert shape(event(name, file)) in [shape(example["value"]) for example in examples]


@needs_shared
@pytest.mark.parametrize(("name", "pattern"), each("ANSWERS"))
def test_a_fetched_record_has_the_shape_of_the_answer(name, pattern):
    files = sorted((ROOT / f"events/{name}/records").glob(f"{pattern}.json"))
    assert files
    for file in files:
        record = without_documented(name, json.loads(file.read_text(encoding="utf-8")))
        assert problems_of_value(name, entry(name, "ANSWERS")[pattern], record) == []


def shape(value):
    """The names and kinds in a value, without what they hold."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__
