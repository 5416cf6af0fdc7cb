import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.samples.validation import SchemaError, Validator

NAMES = ("id", "email", "items", "total", "né")

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 300)
    | st.sampled_from([0.0, 1.0, 1.5, -2.25, 10**20])
    | st.sampled_from(["", "a", "ab", "ñandú", "a@b", "2026-11-20", "1"])
)
payloads = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)
types = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
names = st.lists(st.sampled_from(NAMES), unique=True, max_size=3)
small = st.integers(0, 3)

KEYWORDS = {
    "type": types | st.lists(types, min_size=1, max_size=3, unique=True),
    "enum": st.lists(payloads, min_size=1, max_size=3),
    "const": payloads,
    "minimum": st.integers(-2, 5),
    "exclusiveMaximum": st.integers(0, 100),
    "multipleOf": st.integers(1, 7),
    "minLength": small,
    "maxLength": small,
    "pattern": st.sampled_from(["^a", "b", "^[0-9-]+", "[ñ@]"]),
    "minItems": small,
    "maxItems": small,
    "uniqueItems": st.booleans(),
    "minProperties": small,
    "maxProperties": small,
    "required": names,
    "dependentRequired": st.dictionaries(st.sampled_from(NAMES), names, max_size=2),
    "format": st.sampled_from(["email", "date"]),
}


def within(schemas):
    """Schemas that hold others."""
    return st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from(NAMES), schemas, max_size=3),
            "additionalProperties": schemas,
            "patternProperties": st.dictionaries(st.sampled_from(["^i", "t"]), schemas, max_size=2),
            "propertyNames": schemas,
            "items": schemas,
            "prefixItems": st.lists(schemas, min_size=1, max_size=2),
            "contains": schemas,
            "allOf": st.lists(schemas, min_size=1, max_size=2),
            "anyOf": st.lists(schemas, min_size=1, max_size=2),
            "oneOf": st.lists(schemas, min_size=1, max_size=2),
            "not": schemas,
            "if": schemas,
            "then": schemas,
            "else": schemas,
            "unevaluatedProperties": schemas,
        },
    )


plain = st.fixed_dictionaries({}, optional=KEYWORDS) | st.booleans()
schemas = st.recursive(plain, within, max_leaves=4)


def test_the_verdict_is_that_of_the_jsonschema_library(examples):
    @examples(150)
    @given(schemas, st.lists(payloads, min_size=1, max_size=4))
    def same(schema, some):
        oracle, ours = jsonschema.Draft202012Validator(schema), Validator(schema)
        assert [not ours.errors(payload) for payload in some] == [
            oracle.is_valid(payload) for payload in some
        ]

    same()


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@given(schemas.filter(lambda schema: schema not in (True, False)), payloads, st.sampled_from([4, 6, 7]))
def test_the_draft_is_what_the_schema_says(schema, payload, draft):
    marked = {"$schema": f"http://json-schema.org/draft-0{draft}/schema#"} | schema
    oracle = jsonschema.validators.validator_for(marked)
    try:
        oracle.check_schema(marked)
    except jsonschema.SchemaError:
        return
    assert bool(Validator(marked).errors(payload)) is not oracle(marked).is_valid(payload)


ORDER = {
    "type": "object",
    "required": ["id", "email"],
    "properties": {
        "id": {"type": "integer"},
        "email": {"type": "string", "maxLength": 30},
        "items": {"type": "array", "items": {"$ref": "#/$defs/item"}},
    },
    "$defs": {"item": {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}},
}


def test_a_fault_says_where_and_why_without_the_value():
    payload = {"id": "Alma", "items": [{"sku": 5}, {"sku": "A"}, *[{"sku": "B"}] * 8, {}]}
    assert Validator(ORDER).errors(payload) == [
        ((), '"email" is a required property'),
        (("id",), 'the value is not of type "integer"'),
        (("items", 0, "sku"), 'the value is not of type "string"'),
        (("items", 10), '"sku" is a required property'),
    ]


def test_a_payload_as_its_schema_says_has_no_faults():
    assert Validator(ORDER).errors({"id": 1, "email": "alma@correo.example", "items": [], "more": None}) == []


def test_amounts_are_multiples_of_a_hundredth_where_they_are_written_so():
    hundredths = Validator({"multipleOf": 0.01})
    assert [bool(hundredths.errors(amount)) for amount in (19.99, 0.07, 19.999)] == [False, False, True]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "strin"}, "anyOf"),
        ({"$ref": "#/$defs/none"}, "does not exist"),
        ({"$ref": "http://127.0.0.1:9/order.json"}, "Retrieval is disabled"),
        ({"pattern": "("}, "regex"),
        ("object", "an object, true or false"),
    ],
)
def test_what_is_no_schema_is_refused_with_the_reason(schema, why):
    with pytest.raises(SchemaError, match=why):
        Validator(schema)


def test_half_a_character_is_a_fault_and_no_crash():
    assert Validator({"type": "string"}).errors("\ud800") == [((), "this is not JSON that can be checked")]
