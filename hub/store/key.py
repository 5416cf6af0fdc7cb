"""Where an item lies."""

from typing import NamedTuple


class Key(NamedTuple):
    """Partition key and sort key."""

    pk: str
    sk: str

    def __repr__(self) -> str:
        """The kind of item and whose it is, without the last parts: ids of a source may be a phone number."""
        parts = self.pk.split("#")
        shown = parts[: 3 if parts[0] in ("ACT", "NOTE") else 4]
        return f"Key({'#'.join(shown)}{'#…' if len(parts) > len(shown) else ''}, {self.sk.partition('#')[0]})"
