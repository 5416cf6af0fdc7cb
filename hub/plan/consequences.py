"""What follows from recorded events: the hub itself, in memory, with vendors that take what they are told."""

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from hub import keys
from hub.archive import MemoryArchive
from hub.catalog import Catalog, Found
from hub.connector import HttpRequest, HttpResponse
from hub.documents import Document
from hub.errors import RetryError
from hub.messages import Delivery, Event, digest, escape
from hub.pipeline import Hub
from hub.pipeline.deliver import deliver
from hub.pipeline.route import route
from hub.pipeline.sweep import sweep
from hub.pipeline.unify import opened
from hub.plan.reading import RECEIVED_AT, secrets
from hub.queues import Message
from hub.runner import Clock
from hub.settings import Settings
from hub.store import Item
from hub.store.memory import MemoryStore
from hub.times import to_epoch

MARK = "x-plan"
"""Header by which a request says which call of the connector's file it is."""

LATER = (60.0, 900.0, 12 * 3600.0)
"""Seconds after which what waits is tried again: for a customer at a destination, for quiet hours to end."""

START = "90909"
ANY = f"{START}00000000000"
"""Ids that no vendor made: which one it is says nothing, so that all look like this one in a call."""

_MADE_UP = re.compile(rf"{START}\d{{11}}")

WRITES = ("upsert", "create", "update", "merge", "archive", "restore", "send")
"""Calls that are shown. What else is asked (one record, whether an act happened) is not there."""

MISSING = HttpResponse(404)

WELL = ("ok", "done", "settling")

SAID = {"due": "put off:", "rejected": "rejected:", "skipped": "not sent:", "held": "held:"}
"""States of a delivery as people read them."""


@dataclass(frozen=True, slots=True)
class Made:
    """A call. `destination`: `connector.account.resource`; `about`: entity, id and trigger of its delivery.

    `request`: as the connector's file has it; `body`: decoded.
    """

    destination: str
    about: tuple[str, ...]
    request: str
    url: str
    headers: Mapping[str, str]
    body: Any

    @property
    def key(self) -> tuple[str, ...]:
        """What two calls have in common of which one takes the other's place."""
        return (self.destination, self.request, *self.about)


@dataclass(frozen=True, slots=True)
class Known:
    """An entity as it stands in the end: its fields, and the keys of the records that it is made of."""

    entity: str
    id: str
    fields: Mapping[str, Any]
    records: frozenset[str]


@dataclass(slots=True)
class World:
    """What is left at rest. `troubles`: deliveries that did not end well; `parked`: events, by label."""

    calls: list[Made] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    troubles: dict[tuple[str, ...], str] = field(default_factory=dict)
    parked: dict[str, str] = field(default_factory=dict)


def consequences(catalog: Catalog, told: Sequence[tuple[str, Event]]) -> World:
    """The world after these events, each with its label, came in one after the other by their own times."""
    rehearsal = _Rehearsal(catalog)
    ordered = sorted(told, key=lambda one: one[1].at or one[1].received_at)
    return rehearsal.world(rehearsal.play(ordered))


class _Rehearsal:
    """A hub in memory, run to rest after each event; the clock stands until all events are in."""

    def __init__(self, catalog: Catalog) -> None:
        self.clock = Clock(to_epoch(RECEIVED_AT))
        self.store = MemoryStore(self.clock)
        self.vendors, self.outbound = _Vendors(), _Line()
        self.relayed = 0
        agreeable = _agreeable(catalog)
        self.hub = Hub(
            Settings(),
            clock=self.clock,
            sleep=self.clock.sleep,
            catalog=agreeable,
            store=self.store,
            inbound=_Line(),
            outbound=self.outbound,
            archive=MemoryArchive(),
            secrets=_with_pepper(agreeable),
            client=self.vendors,
            random=random.Random(0),
        )

    def play(self, told: Sequence[tuple[str, Event]]) -> dict[str, str]:
        """Let the events come in, then time pass: label and reason of those that are parked."""
        parked = {}
        step = opened(self.hub, [event.dumps() for _, event in told])
        for number, (label, _) in enumerate(told):
            result = step(number, last=True)
            if result.kind == "parked":
                parked[label] = result.reason + (f" at {result.place}" if result.place else "")
            self._settle()
        waits = (flow.wait + 1 for flow in self.hub.catalog.flows.values() if flow.wait)
        for seconds in sorted({*LATER, *waits}):
            self.clock.now = to_epoch(RECEIVED_AT) + seconds
            sweep(self.hub)
            self._settle()
        return parked

    def world(self, parked: dict[str, str]) -> World:
        """What is left."""
        items = self.store.items()
        return World(self.vendors.made, [*_known(items)], dict(_troubles(items)), parked)

    def _settle(self) -> None:
        """Relay and deliver until nothing moves."""
        while True:
            stream = self.store.stream
            new = stream[self.relayed :]
            self.relayed = len(stream)
            fresh = [item for item in new if item.kind == "outbox" and item.version == 1]
            if fresh:
                route(self.hub, fresh)
            taken = self.outbound.take()
            for message in taken:
                self.vendors.delivery = Delivery.loads(message.body)
                self._deliver(self.vendors.delivery)
            if not fresh and not taken:
                return

    def _deliver(self, delivery: Delivery) -> None:
        try:
            deliver(self.hub, delivery)
        except RetryError:
            # Only our own state moved, which one process does to itself; sweep tries it again.
            return


class _Line:
    """A queue of which everything is taken at once."""

    def __init__(self) -> None:
        self.waiting: list[Message] = []

    def send(self, messages: Sequence[Message]) -> None:
        self.waiting.extend(messages)

    def postpone(self, receipt: str, seconds: float) -> None:
        """Nothing is received from here by a receipt."""

    def take(self) -> list[Message]:
        taken, self.waiting = self.waiting, []
        return taken


class _Vendors:
    """Every destination: finds nothing, takes every write, and names what it wrote by what it is about."""

    def __init__(self) -> None:
        self.made: list[Made] = []
        self.delivery: Delivery | None = None

    def send(self, request: HttpRequest) -> HttpResponse:
        delivery = self.delivery
        assert delivery is not None
        headers = {name.lower(): text for name, text in request.headers.items()}
        if MARK not in headers:
            return MISSING
        asked = _request(headers.pop(MARK))
        about = (delivery.entity, delivery.id, delivery.trigger)
        url, body = (_MADE_UP.sub(ANY, text) for text in (request.url, (request.body or b"").decode()))
        self.made.append(Made(delivery.destination, about, asked, url, headers, _decoded(body)))
        number = int(digest(escape(delivery.destination, delivery.entity, delivery.id))[:9], 16)
        id = f"{START}{number:011}"
        return HttpResponse(200, {}, json.dumps({"id": id, "records": []}).encode())


def _known(items: Iterable[Item]) -> Iterable[Known]:
    for item in items:
        data = item.data
        if item.kind == "root" and data["state"] == "active":
            fields = {name: register[0] for name, register in data["fields"].items()}
            yield Known(data["entity"], data["id"], fields, frozenset(data.get("records", ())))


def _troubles(items: Iterable[Item]) -> Iterable[tuple[tuple[str, ...], str]]:
    for item in items:
        data = item.data
        state, reason, place = data.get("state", ""), data.get("reason", ""), data.get("place")
        if item.kind in ("delivery", "act") and state not in WELL:
            delivery = Delivery.loads(data["message"])
            about = (delivery.destination, delivery.entity, delivery.id, delivery.trigger)
            where = f"at {place}" if place else ""
            yield about, " ".join(filter(None, (SAID.get(state, state), reason, where)))
        elif item.kind == "outbox" and item.agenda == keys.PARKED:
            flow, _, why = reason.partition(":")
            yield (f"flow {flow}", data["entity"], data["id"], ""), f"not decided: {why}"


def _agreeable(catalog: Catalog) -> Catalog:
    """The catalogue with connectors that read one form of answer and tell their calls apart by a header."""
    return Catalog.of(map(_marked, catalog.documents), catalog.revision)


def _marked(found: Found) -> Found:
    kind, document = found
    if kind != "connector":
        return found
    data = deepcopy(document.data)
    for name in ("limit", "responses"):
        data.pop(name, None)
    for resource in (data.get("resources") or {}).values():
        _mark(resource or {})
    return kind, Document(document.file, data, document.places, document.lines)


def _mark(resource: dict[str, Any]) -> None:
    # The key that a vendor knows a repetition by names a version of ours, which says nothing of a change.
    resource.pop("idempotency", None)
    writes = [resource[name] for name in WRITES if name in resource]
    for call in (*writes, *(resource.get("find") or ())):
        call["headers"] = {**(call.get("headers") or {}), MARK: _literal(call["request"])}
    for call in writes:
        call.pop("bulk", None)  # each is shown by itself
        call.update({"id": "id"} if "id" in call else {})
    for call in resource.get("find") or ():
        call.update(records="records", id="records[0].id")


def _literal(text: str) -> str:
    """A text whose braces no template takes for an expression."""
    return text.replace("{", "\x02").replace("}", "\x03")


def _request(mark: str) -> str:
    """The request as the connector's file has it."""
    return mark.replace("\x02", "{").replace("\x03", "}")


def _with_pepper(catalog: Catalog) -> Any:
    held = secrets(catalog)
    held.held[Settings().pepper_secret] = [{"1": "plan"}]
    return held


def _decoded(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return dict(parse_qsl(text, keep_blank_values=True))
