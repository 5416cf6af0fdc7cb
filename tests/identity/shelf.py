"""A store made to be watched: fast, readable to the last item, and put back to what it was."""

import json

from hub.store import Check, Conflict, Item, Page, Put


class Shelf:
    """The part of the store's contract that unify and operators use; nothing expires on it.

    Data goes through JSON text when it is written; readers share it, `untouched` proves that none changed it.
    `transactions`: what each commit wrote, in order. `stream`: the same, item by item.
    """

    def __init__(self):
        self.shelved = {}
        self.transactions = []

    @property
    def stream(self):
        return [item for writes in self.transactions for item in writes]

    def read(self, keys):
        return {key: self.shelved[key][0] for key in keys if key in self.shelved}

    def commit(self, writes):
        keys = [write.item.key if isinstance(write, Put) else write.key for write in writes]
        if len(keys) > 100 or len(set(keys)) < len(keys):
            raise ValueError("a transaction takes at most 100 distinct items")
        moved = [key for key, write in zip(keys, writes, strict=True) if not self.holds(key, write)]
        if moved:
            raise Conflict(moved)
        self.transactions.append([self._put(write.item) for write in writes if isinstance(write, Put)])

    def page(self, pk, *, prefix="", after=None, limit=50, reverse=False):
        keys = sorted((k for k in self.shelved if k.pk == pk and k.sk.startswith(prefix)), reverse=reverse)
        keys = [k for k in keys if after is None or (k.sk < after if reverse else k.sk > after)]
        return Page(list(self.read(keys[:limit]).values()), keys[limit - 1].sk if len(keys) > limit else None)

    def holds(self, key, write):
        """Whether a write finds the version that it expects."""
        held = self.shelved.get(key)
        expected = write.version if isinstance(write, Check) else write.item.version
        return (held[0].version if held else 0) == expected

    def items(self):
        """Every item, in the order of the keys."""
        return [self.shelved[key][0] for key in sorted(self.shelved)]

    def untouched(self):
        """Whether all data still is what was written."""
        return all(json.dumps(item.data) == text for item, text in self.shelved.values())

    def snapshot(self):
        """What is on it, to be put back."""
        return dict(self.shelved), len(self.transactions)

    def restore(self, snapshot):
        """Puts back what was on it."""
        items, written = snapshot
        self.shelved = dict(items)
        del self.transactions[written:]

    def mark(self):
        """The same text for shelves that one worker cannot tell apart: versions never differ, for it."""
        kept = (held for held in self.shelved.values() if held[0].kind != "outbox")
        return json.dumps(sorted((*item.key, text) for item, text in kept))

    def _put(self, item):
        text = json.dumps(item.data)
        data = json.loads(text)
        written = Item(item.key, item.kind, data, item.version + 1, item.ttl, item.agenda, item.at)
        self.shelved[item.key] = (written, text)
        return written
