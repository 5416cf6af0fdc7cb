"""What the functions of mappings call, and what they give back where there is no value."""

from enum import Enum
from typing import Any

from hub.documents import Step
from hub.expressions.error import EvaluationError
from hub.expressions.expression import FAILURES
from hub.expressions.operators import EMPTY
from hub.values import plain

Path = tuple[Step, ...]
"""Where a leaf stands in its file."""


class Absent(Enum):
    """The value of what is not there: another thing than null."""

    ABSENT = "absent"
    UNLISTED = "unlisted"


ABSENT = Absent.ABSENT
UNLISTED = Absent.UNLISTED
"""What a lookup gives for a word that it does not list."""

LOST = (*FAILURES, EvaluationError)
"""What a leaf raises that has no value for this record."""


class LeafError(EvaluationError):
    """The leaf at `path` of the file has no value for this record."""

    def __init__(self, reason: str, path: Path) -> None:
        super().__init__(reason)
        self.path = path


class RequiredError(Exception):
    """The leaf at `path` must have a value and has none, so that the record can never succeed."""

    def __init__(self, reason: str, path: Path) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path


class _Nulls(dict[str, Any]):
    """What stands below an explicit null: null under every name."""

    def get(self, name: str, default: Any = None) -> Any:
        """Null, whatever the default."""
        return None


NULLS = _Nulls()


def below(value: Any) -> dict[str, Any]:
    """The members of what is no object: null under each name of a null, none of anything else."""
    return NULLS if value is None else EMPTY


def word(value: Any) -> str | None:
    """A value as the keys of a lookup are written: None for what is no scalar."""
    try:
        return plain(value)
    except ValueError:
        return None


def at(error: Exception, path: Path) -> LeafError:
    """What a leaf at `path` raised; a leaf of the items of its list keeps its own place."""
    if isinstance(error, LeafError):
        return error
    return LeafError(error.reason if isinstance(error, EvaluationError) else "no-value", path)


def walk(scope: Any, path: tuple[str, ...]) -> Any:
    """The value at a path: ABSENT without its last key, null below a null."""
    for name in path:
        if scope is None:
            return None
        if not isinstance(scope, dict) or name not in scope:
            return ABSENT
        scope = scope[name]
    return scope
