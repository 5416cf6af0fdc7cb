"""How a function is registered: what people read about it stands beside what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Example = tuple[str, Any, Any]
"""An expression, the scope and the value."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of ours: `signature` as people read it, `least` and `most` arguments (None: any number).

    `noun`: what it is about, the name of its module.
    """

    name: str
    signature: str
    doc: str
    examples: tuple[Example, ...]
    least: int
    most: int | None
    call: Callable[..., Any]
    takes_null: bool = False
    noun: str = ""

    def __call__(self, *arguments: Any) -> Any:
        """Its value, null where an argument is null. Raises ValueError or TypeError, without the values."""
        if not self.takes_null and any(argument is None for argument in arguments):
            return None
        return self.call(*arguments)


FUNCTIONS: dict[str, Function] = {}


def function(
    signature: str, doc: str, *examples: Example, takes_null: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function that `signature` names; `[, x]` may be left out, `…` repeats."""
    name, _, rest = signature.partition("(")
    needed, _, optional = rest.rstrip(")").partition("[")
    least = len([part for part in needed.split(",") if part.strip(" …")])
    most = None if "…" in rest else least + optional.count(",")

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        noun = call.__module__.rpartition(".")[2]
        FUNCTIONS[name] = Function(name, signature, doc, examples, least, most, call, takes_null, noun)
        return call

    return register
