"""The demo's day, after which its one person is forgotten."""

import json
import random
from dataclasses import replace

from hub.messages import Event
from hub.pipeline.erase import Order, begin, erase
from hub.pipeline.receive import enqueue
from tests.journey import Day

LUCIA = (
    "lucia.fernandez@correo.example",
    "573105550147",
    "3105550147",
    "1018456789",
    "Lucía",
    "Fernández",
    "Carrera 7",
)
"""What identifies the day's one person, in whatever writing."""

BY_HAND = {"whatsapp.co"}
"""The demo's vendors that no call makes forget."""


class Lived(Day):
    """A day that was lived. `history`: every event that came in, as it was archived."""

    def __init__(self):
        super().__init__()
        self.story()
        self.later(3600)
        [self.customer] = self.customers()
        self.history = [
            Event.loads(line)
            for name, text in sorted(self.hub.archive.texts.items())
            if name.startswith("raw/")
            for line in text.split("\n")
            if line
        ]

    @property
    def id(self):
        return self.customer.data["id"]

    def erase(self, rounds=8, **budget):
        """Forget her, and let the minutes pass that it takes."""
        begin(self.hub, self.id, Order("tests", "she asked"))
        self.minutes(rounds, **budget)

    def minutes(self, rounds=8, **budget):
        for _ in range(rounds):
            erase(self.hub, **budget)
            self.later(61)

    def again(self, events):
        """Events come in once more; FIFO's memory of five minutes is over."""
        self.clock.now += 301
        enqueue(self.hub, events)
        self.rest()


def left(day, values=LUCIA):
    """Where the table or the archive still holds a value."""
    found = []
    for item in day.hub.store.items():
        text = json.dumps([item.key, item.data], ensure_ascii=False).lower()
        found += [(item.key, value) for value in values if value.lower() in text]
    for name, text in day.hub.archive.texts.items():
        told = text.encode().decode("unicode_escape", "replace") if "\\u" in text else text
        found += [(name, value) for value in values if value.lower() in told.lower()]
    return found


def left_at_vendors(day, values=LUCIA):
    """The vendors whose state still holds a value."""
    state = day.town.state().items()
    return {
        account
        for account, rows in state
        for value in values
        if value in json.dumps(rows, ensure_ascii=False)
    }


def lasting(day):
    """What holds people: not the counts of what the sources told by the hour."""
    return [item for item in day.hub.store.items() if item.kind != "source"]


def kinds(day):
    """How many items of each kind there are, besides the counts of what the sources told by the hour."""
    counted = {}
    for item in lasting(day):
        counted[item.kind] = counted.get(item.kind, 0) + 1
    return counted


def shuffled(events, seed):
    """Every event twice, in any order."""
    twice = [*events, *events]
    random.Random(seed).shuffle(twice)
    return twice


def replayed(events, day):
    """The same events, as a replay sends them."""
    id = f"{day.customer.data['fields']['updated_at'][0]}-0000000a"
    return [replace(event, via="replay", replay=id) for event in events]


def polled(events):
    """The same records, as a backfill would find them."""
    return [
        replace(event, via="poll", topic=f"poll/{event.resource}", event_id=(event.id, "again"))
        for event in events
    ]
