"""jmespath.py's own interpreter with our functions: what compiled expressions are compared with."""

import json

import jmespath
from jmespath import exceptions
from jmespath.functions import Functions
from jmespath.visitor import Options

from hub.expressions import FUNCTIONS, EvaluationError, compile


class _Functions(Functions):
    def __init__(self, root):
        self._root = root

    def call_function(self, function_name, resolved_args):
        if function_name == "root":
            return self._root
        ours = FUNCTIONS.get(function_name)
        return ours(*resolved_args) if ours else super().call_function(function_name, resolved_args)


def interpreted(source, scope):
    """The value, or the reason why there is none."""
    try:
        value = jmespath.compile(source).search(scope, Options(custom_functions=_Functions(scope)))
    except exceptions.JMESPathTypeError as error:
        return f"EvaluationError: wrong-type-in-{error.function_name}"
    except (ValueError, TypeError, AttributeError, ArithmeticError, LookupError, OSError):
        return "EvaluationError: no-value"
    return shown(value)


def compiled(source, scope):
    """As `interpreted`, through the compiler."""
    try:
        return shown(compile(source)(scope))
    except EvaluationError as error:
        return f"EvaluationError: {error.reason}"


def shown(value):
    """JSON text: it tells 1, 1.0 and true apart, and NaN is NaN; the order of keys counts."""
    return json.dumps(value, default=lambda reference: "&expression")
