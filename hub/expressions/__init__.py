"""JMESPath with our functions: what is read; and texts with `{expression}` in them: what is written."""

from hub.expressions.error import EvaluationError, ExpressionError, Finding
from hub.expressions.expression import Expression, compile
from hub.expressions.functions import FUNCTIONS, Function
from hub.expressions.template import Template, template

__all__ = [
    "FUNCTIONS",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "Finding",
    "Function",
    "Template",
    "compile",
    "template",
]
