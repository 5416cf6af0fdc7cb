"""What is wrong with an expression, and that one has no value."""

from typing import NamedTuple

from hub.errors import HubError


class ExpressionError(HubError):
    """An expression is wrong at character `offset` (from 0): `message` says what, `hint` the cure."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


class EvaluationError(HubError):
    """An expression has no value over this scope: `reason` is a slug; never says the values."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Finding(NamedTuple):
    """A form that JMESPath allows and we do not."""

    code: str
    message: str
    offset: int
    hint: str
