"""The public JMESPath compliance suite through the compiler; jmespath.py 1.1 differs in no case."""

import json

import pytest

from hub.expressions import EvaluationError, ExpressionError, compile
from tests.hub.oracle import compiled, interpreted
from tests.vendor_check.shared import VENDORS

SUITE = VENDORS.parent / "jmespath-compliance"

needs_suite = pytest.mark.skipif(not SUITE.is_dir(), reason="the suite is not here: set CAUCE_SHARED")

WHEN_COMPILED = {"syntax", "unknown-function", "invalid-arity"}
"""Errors that the suite expects of the expression itself; the others need a document."""

EVALUATED = {"invalid-type": "wrong-type-in-", "invalid-value": "no-value"}


def cases():
    for file in sorted(SUITE.glob("*.json")):
        for group, entry in enumerate(json.loads(file.read_text(encoding="utf-8"))):
            for number, case in enumerate(entry["cases"]):
                yield pytest.param(entry["given"], case, id=f"{file.stem}-{group}-{number}")


@needs_suite
@pytest.mark.filterwarnings("ignore:deprecated string literal")
@pytest.mark.parametrize(("given", "case"), list(cases()))
def test_a_case_of_the_suite(given, case):
    source, error = case["expression"], case.get("error")
    if error in WHEN_COMPILED:
        with pytest.raises(ExpressionError):
            compile(source)
        return
    assert compiled(source, given) == interpreted(source, given)
    if error:
        with pytest.raises(EvaluationError, match=EVALUATED[error]):
            compile(source)(given)
    elif "result" in case:
        assert compile(source)(given) == case["result"]


@needs_suite
def test_the_whole_suite_is_here():
    assert len(list(cases())) == 908
