"""What an object says of itself: no value of a person and no secret may stand in a repr.

A repr is what a log line, a trace, an assertion and another exception's message show of an object that
somebody handed to them. So a class that holds values names the few fields that its repr shows.
"""

from collections.abc import Callable
from typing import TypeVar

C = TypeVar("C", bound=type)


def discreet(*shown: str) -> Callable[[C], C]:
    """Let the repr of a class show only these of its fields."""

    def mark(cls: C) -> C:
        def told(self: object) -> str:
            facts = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
            return f"{type(self).__name__}({facts})"

        type.__setattr__(cls, "__repr__", told)
        return cls

    return mark
