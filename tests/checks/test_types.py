"""Inferred types are sound: whatever an expression gives over a document is of the type inferred for it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.checks.inference import Inference
from hub.checks.schema_types import type_of
from hub.checks.signatures import GIVES, TAKES
from hub.checks.tree import tree
from hub.checks.types import ANY, either, of, seen
from hub.expressions import FUNCTIONS, EvaluationError, compile
from hub.expressions.native import NATIVE
from tests.hub.test_compiler import DOCUMENTS, EXPRESSIONS, LITERALS, SCALARS, parses

KIND = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "text",
    list: "list",
    dict: "object",
}
PROPERTIES = settings(max_examples=400, derandomize=True, deadline=None, database=None)


SMALL = st.builds(
    "{} {} {}".format,
    st.sampled_from("ab"),
    st.sampled_from(["==", "!=", "&&", "||"]),
    LITERALS | st.sampled_from(["a", "b", "!a", "a.b", "a[0]", "b[*]"]),
).filter(parses)


def holds(type, value):
    """Whether a value is of the type."""
    kind = KIND[value.__class__]
    if kind not in type.kinds:
        return False
    if kind == "object" and type.fields is not None:
        return all(holds_member(type, name, inner) for name, inner in value.items())
    if kind == "list" and type.item is not None:
        return all(holds(type.item, inner) for inner in value)
    return kind in {"null", "list", "object"} or type.words is None or json.dumps(value) in type.words


def holds_member(type, name, value):
    known = type.member(name)
    return known is not None and holds(known, value)


def inferred(source, scope):
    return Inference(scope).type(tree(source), scope)


@PROPERTIES
@given(
    EXPRESSIONS.filter(parses) | SMALL,
    st.lists(DOCUMENTS | st.fixed_dictionaries({"a": SCALARS, "b": SCALARS}), min_size=1, max_size=3),
)
def test_what_an_expression_gives_is_of_its_type(source, documents):
    for scope in (either(map(of, documents)), seen(map(of, documents)), ANY):
        type = inferred(source, scope)
        for document in documents:
            try:
                value = compile(source)(document)
            except EvaluationError:
                continue
            assert holds(type, value), (source, document, value, type)


NULL_AT_THE_ROOT = {"of-list", "of-scalar", "index", "projection"}


def is_as_noted(note, root, value):
    """Whether what came is what the note of a node says: nothing, never equal, the left side."""
    if note.node is root and note.about in NULL_AT_THE_ROOT:
        return value is None
    if note.about == "argument" and note.node in root.children and root.kind == "function_expression":
        return value is None
    if (
        note.about in {"never-equal", "two-forms"}
        and root.kind == "comparator"
        and note.node in (root, *root.children)
    ):
        return value is (root.value == "ne")
    return True


@PROPERTIES
@given(
    EXPRESSIONS.filter(parses) | SMALL,
    st.lists(DOCUMENTS | st.fixed_dictionaries({"a": SCALARS, "b": SCALARS}), min_size=1, max_size=3),
)
def test_what_is_said_of_an_expression_holds_over_every_sample(source, documents):
    root = tree(source)
    reading = Inference(seen(map(of, documents)))
    reading.type(root, seen(map(of, documents)))
    for document in documents:
        try:
            value = compile(source)(document)
        except EvaluationError:
            continue
        assert [note for note in reading.notes if not is_as_noted(note, root, value)] == [], (
            source,
            document,
        )


@PROPERTIES
@given(EXPRESSIONS.filter(parses))
def test_every_name_and_function_stands_where_its_node_says(source):
    for node in tree(source).nodes():
        if node.kind in {"field", "function_expression"}:
            assert source[node.start :].startswith((str(node.value), f'"{node.value}"')), (source, node)
        if node.kind == "not_expression":
            assert source[node.start] == "!"
        if node.kind == "literal":
            assert source[node.start] in "'`"


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_what_functions_give_in_their_examples_is_of_their_type(name):
    for source, scope, value in FUNCTIONS[name].examples:
        known = inferred(source, of(scope))
        assert holds(known, value)
        notes = Inference(of(scope))
        notes.type(tree(source), of(scope))
        assert [note for note in notes.notes if note.about in {"argument", "constant"}] == []


@pytest.mark.parametrize(
    ("source", "scope", "kinds"),
    [
        ("max(a)", {"a": [1, 2]}, {"number", "null"}),
        ("reverse(a)", {"a": "xy"}, {"text"}),
        ("map(&b, a)", {"a": [{"b": 1}]}, {"list"}),
        ("sort_by(a, &b)[0].b", {"a": [{"b": 1}]}, {"number", "null"}),
        ("to_array(a)[0]", {"a": 1}, ANY.kinds),
    ],
)
def test_functions_of_lists_give_what_their_items_are(source, scope, kinds):
    assert inferred(source, of(scope)).kinds == kinds


def test_only_functions_that_there_are_have_signatures():
    assert GIVES.keys() | TAKES.keys() <= FUNCTIONS.keys() | NATIVE.keys()


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string"}, ["a"], [1, None]),
        ({"type": ["integer", "null"]}, [1, None], ["a", True]),
        ({"enum": ["a", None]}, ["a", None], ["b"]),
        ({"const": 5}, [5], [6]),
        ({"anyOf": [{"type": "string"}, {"type": "boolean"}]}, ["a", True], [5]),
        (
            {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"type": "number"}}},
            [{"a": 1}, {}, 5],
            [{"a": "b"}],
        ),
        ({"type": "object", "properties": {"a": {}}, "required": ["a"]}, [{"a": [1]}], [[], {"b": 1}]),
        (
            {"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": True},
            [{"b": 1}],
            [{"a": 1}],
        ),
        ({"type": "array", "items": {"type": "string"}}, [["a"], []], [[1], "a"]),
        ({"allOf": [{"type": "string"}]}, ["a", 1], []),
        ({"$ref": "https://else.example/schema"}, [1, "a"], []),
        ({"$ref": "#"}, [1, {"a": 1}], []),
        (True, [1, None], []),
        (
            {"properties": {"a/b": {"$ref": "#/properties/c"}, "c": {"type": "boolean"}}},
            [{"a/b": True}],
            [{"a/b": 1}],
        ),
    ],
)
def test_the_type_of_a_schema_holds_what_the_schema_allows(schema, good, bad):
    type = type_of(schema)
    assert [value for value in good if not holds(type, value)] == []
    assert [value for value in bad if holds(type, value)] == []
