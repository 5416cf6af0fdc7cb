"""Keys under which a vendor recognises a repeated write."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hub.messages import digest


@dataclass(frozen=True, slots=True)
class Idempotency:
    """Where a vendor takes a key that makes a repeated write harmless: a header or a body member.

    `longest`: characters that the vendor takes. `spent_by`: answers that use up a key, such as "5xx".
    """

    header: str | None
    member: str | None
    longest: int | None
    spent_by: str | None

    @classmethod
    def of(cls, data: Mapping[str, Any] | None) -> Self | None:
        """The idempotency of a resource's `idempotency:`, None without one."""
        if not data:
            return None
        return cls(data.get("header"), data.get("body"), data.get("max"), data.get("spent_by"))

    @property
    def repeatable(self) -> bool:
        """Whether a write with an unknown outcome may be sent again under the same key."""
        return bool(self.header or self.member)

    def key(self, written: str) -> str:
        """The key in the form that the vendor takes."""
        fits = self.longest is None or len(written) <= self.longest
        return written if fits else digest(written)[: self.longest]
