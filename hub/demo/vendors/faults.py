"""Faults on demand: the n-th call to an account goes wrong in one of the ways in which calls go wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

FAULTS = {
    "refuse": "the connection ends before anything is read; nothing is applied",
    "429": "too many requests, with Retry-After; nothing is applied",
    "500": "an error page; nothing is applied",
    "html": "200 with a web page that no vendor wrote; nothing is applied",
    "half": "applied, and half of the answer arrives",
    "reset": "applied, and the connection ends before an answer",
    "late": "no answer in time, and applied afterwards",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`account`: connector.account, or only the connector. `nth`: counted from 1 per account."""

    account: str
    nth: int
    kind: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """A fault written as `hubspot.main:3:429`. Raises ValueError for anything else."""
        account, nth, kind = text.split(":")
        if kind not in FAULTS:
            raise ValueError(f"no such fault: {kind}; there are {', '.join(FAULTS)}")
        return cls(account, int(nth), kind)

    def strikes(self, account: str, nth: int) -> bool:
        """Whether this call is meant."""
        return self.nth == nth and self.account in (account, account.partition(".")[0])


def fault_of(faults: Iterable[Fault], account: str, nth: int) -> str:
    """The kind of fault of this call, "" when it goes well."""
    return next((fault.kind for fault in faults if fault.strikes(account, nth)), "")
