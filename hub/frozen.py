"""Dataclasses that are frozen for whoever writes code, and plain while it runs.

The checks of a frozen dataclass cost it more than half of the time in which it is made; an event makes some
forty. mypy refuses every assignment to their fields as it does elsewhere, and a test holds that.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from collections.abc import Callable

    def dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True) -> Callable[[type], type]:
        """As of `dataclasses`, with its hash, without the checks at run time."""
        return dataclasses.dataclass(slots=slots, eq=eq, unsafe_hash=frozen and eq)


__all__ = ["dataclass"]
