"""Expressions, our functions, and texts with expressions in them."""

import pytest

from hub.expressions import FUNCTIONS, compile

EXAMPLES = [(f.name, *example) for f in FUNCTIONS.values() for example in f.examples]


@pytest.mark.parametrize(("name", "source", "scope", "value"), EXAMPLES)
def test_every_example_of_a_function_holds(name, source, scope, value):
    assert compile(source)(scope) == value
    assert name in source
