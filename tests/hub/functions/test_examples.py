"""What people read about a function holds."""

import re

import pytest

from hub.expressions import FUNCTIONS, compile
from tests.hub.oracle import interpreted, shown

OURS = sorted(FUNCTIONS.values(), key=lambda function: function.name)


@pytest.mark.parametrize("function", OURS, ids=lambda function: function.name)
def test_a_function_says_what_it_does_with_two_examples_at_least(function):
    assert function.doc.endswith(".")
    assert function.doc[0].isupper()
    assert len(function.examples) >= 2
    assert all(re.search(rf"\b{function.name}\(", source) for source, _, _ in function.examples)


@pytest.mark.parametrize(
    ("source", "scope", "value"), [example for one in OURS for example in one.examples], ids=str
)
def test_an_example_gives_what_it_says_and_no_other_kind_of_it(source, scope, value):
    found = compile(source)(scope)
    assert found == value
    assert type(found) is type(value)
    assert interpreted(source, scope) == shown(value)


def test_functions_stand_in_rooms_by_noun():
    assert {"documents", "names"} <= {one.noun for one in OURS}
    assert {"choice", "codes", "hashes", "lists", "money", "texts", "times"} <= {one.noun for one in OURS}


@pytest.mark.parametrize("function", OURS, ids=lambda function: function.name)
def test_no_error_says_the_value(function):
    secret = "Ñuñez-Secret-7"
    for rest in ("CO", "%Y", secret):
        try:
            function(secret, *[rest] * (function.least - 1))
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            assert "Secret" not in str(error)
