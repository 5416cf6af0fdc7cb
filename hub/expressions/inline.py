"""Functions that are so small that calling them would cost more than what they do."""

from collections.abc import Callable, Sequence

INLINE: dict[str, Callable[[Sequence[str]], str]] = {}
"""By name: from the texts of the arguments (variables and literals) to that of the value. None of them may
be null where the function passes null on."""


def _inline(write: Callable[[Sequence[str]], str]) -> Callable[[Sequence[str]], str]:
    INLINE[write.__name__.strip("_")] = write
    return write


@_inline
def _concat(arguments: Sequence[str]) -> str:
    return " + ".join(map(_text, arguments))


@_inline
def _coalesce(arguments: Sequence[str]) -> str:
    text = ""
    for one in arguments:
        if not one.isidentifier():
            if one not in ("''", "None"):
                return text + one
            continue
        text += f"{one} if {one} is not None and {one} != '' else "
    return text + "None"


def _text(argument: str) -> str:
    if not argument.isidentifier():
        return argument if argument[0] in "'\"" else f"plain({argument})"
    return f"({argument} if isinstance({argument}, str) else plain({argument}))"
