"""Addresses of AWS to which messages can be sent: a queue of SQS, or a bus of EventBridge."""

import re
from dataclasses import dataclass
from typing import Self

_QUEUE = r"sqs:(?P<region>[\w-]+):(?P<owner>\d{12}):(?P<name>[\w-]{1,80}(\.fifo)?)"
_BUS = r"events:(?P<in>[\w-]+):(?P<by>\d{12}):event-bus/(?P<bus>[\w./-]{1,256})"
_ARN = rf"(?a)arn:aws[\w-]*:({_QUEUE}|{_BUS})"


@dataclass(frozen=True, slots=True)
class Arn:
    """An ARN of a queue or a bus. `owner`: 12 digits; `name`: of a FIFO queue it ends with .fifo (SQS)."""

    text: str
    region: str
    owner: str
    name: str
    is_bus: bool

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The queue or the bus that a text names; None where it names neither."""
        found = re.fullmatch(_ARN, text)
        if found is None:
            return None
        if found["bus"]:
            return cls(text, found["in"], found["by"], found["bus"], is_bus=True)
        return cls(text, found["region"], found["owner"], found["name"], is_bus=False)

    @property
    def is_fifo(self) -> bool:
        """Whether it keeps order by group, and knows a repeated message again for five minutes."""
        return not self.is_bus and self.name.endswith(".fifo")
