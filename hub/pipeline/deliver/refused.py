"""What stands for a request that a vendor refused: by it the next look can say whether anything has changed.

Of the record a digest, and of each of its members four digits: enough to see which line changed, too little
to guess a value by. Of how it is asked for, a digest of the lines of the connector and the account.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.messages import digest, dumps
from hub.pipeline.deliver.target import Target
from hub.reprs import discreet

WHOLE = 16
MEMBER = 4
"""Digits of the digests."""
MOST = 40
"""Members that are told apart; a record with more is compared as a whole."""
ASKED = ("base_url", "headers", "auth", "settings")
"""The parts of a connector file that make a request, beside those of the resource."""

Marks = dict[str, Any]


@discreet()
@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise than in the request that was refused. `members`: of the record, by their path;
    `asked`: how it is asked for."""

    members: tuple[str, ...]
    asked: bool

    @property
    def nothing(self) -> bool:
        """Whether the same would be sent as was refused."""
        return not self.members and not self.asked


def marks(target: Target, record: Any) -> Marks:
    """What stands for the request that writes `record`."""
    members = {path: digest(dumps(value))[:MEMBER] for path, value in _leaves(record)}
    told = {"record": digest(dumps(record))[:WHOLE], "asked": _asked(target)}
    return {**told, "members": members} if len(members) <= MOST else told


def change(held: Marks, target: Target, record: Any) -> Change:
    """What has changed since a request was refused. The whole stands for what has no path of its own."""
    now = marks(target, record)
    asked = now["asked"] != held["asked"]
    if now["record"] == held["record"]:
        return Change((), asked)
    before, after = held.get("members", {}), now.get("members", {})
    differ = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    return Change(tuple(differ) or ("",), asked)


def _asked(target: Target) -> str:
    data, account = target.connector.document.data, target.account
    parts = {name: data.get(name) for name in ASKED}
    return digest(dumps([parts, target.resource.data, account.settings]))[:WHOLE]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict) or not value:
        yield path, value
        return
    for name, inner in value.items():
        yield from _leaves(inner, f"{path}.{name}" if path else str(name))
