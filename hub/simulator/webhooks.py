"""Further webhooks of a sample: of another event, at another time, of another record, of several events."""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.connector import Connector, Request
from hub.connector.body import CONTENT_TYPES, encode, parse
from hub.connector.reception import Reception
from hub.connector.resource import quiet
from hub.errors import RecordError
from hub.expressions import EvaluationError, compile
from hub.messages import dumps
from hub.simulator.planting import NotPlantedError, planted, satisfied
from hub.simulator.writing import another, epoch_of, like

_REQUEST = ("method", "url", "query", "headers", "body")


class Level(NamedTuple):
    """A level of `events:`: its expression, the scope that it was read over, and its value there."""

    source: str
    scope: dict[str, Any]
    value: Any

    def write_back(self) -> None:
        """Put the value back where it is no part of the body, as of `from_json(body.Message)`."""
        if compile(self.source)(self.scope) != self.value:
            planted(self.source, self.scope, self.value)


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a sample. `scope`: what its expressions see, by reference into the sample; `item`: its
    innermost level; `levels`: where each level was read, and what was there."""

    resource: str
    topic: str
    deleted: bool
    record: Any = field(repr=False)
    scope: dict[str, Any] = field(repr=False)
    item: Any = field(repr=False)
    levels: tuple["Level", ...] = field(default=(), repr=False)

    def inner(self) -> dict[str, Any]:
        """The scope with the members of the innermost level."""
        return {**self.item, **self.scope} if isinstance(self.item, dict) else self.scope


def opened(connector: Connector, sample: dict[str, Any]) -> dict[str, Any]:
    """A copy of a sample whose body is a value, where its text can be read."""
    changed = deepcopy(sample)
    if isinstance(changed.get("body"), str):
        with suppress(RecordError):
            changed["body"] = parse(connector.reception.format, changed["body"].encode())
    return changed


def told(connector: Connector, sample: dict[str, Any]) -> list[Told]:
    """The events of a sample, in its order; none where it is no webhook of events."""
    reception = connector.reception
    try:
        return [one for found in opened_scopes(connector, sample) if (one := _told(reception, *found))]
    except (RecordError, EvaluationError):
        return []


def scopes(connector: Connector, sample: dict[str, Any]) -> list[dict[str, Any]]:
    """One scope per event. Raises EvaluationError."""
    return [scope for scope, _ in opened_scopes(connector, sample)]


def opened_scopes(
    connector: Connector, sample: dict[str, Any]
) -> list[tuple[dict[str, Any], tuple[Level, ...]]]:
    """One scope per event, with the levels that it went through. Raises EvaluationError."""
    first = {"method": sample.get("method", "POST"), "url": "https://hub.example/", **sample}
    found: list[tuple[dict[str, Any], tuple[Level, ...]]]
    found = [({name: first.get(name) for name in _REQUEST}, ())]
    for name, source in (connector.reception.data.get("events") or {}).items():
        read = [(scope, (*levels, Level(source, scope, compile(source)(scope)))) for scope, levels in found]
        found = [
            ({**scope, name: item}, levels) for scope, levels in read for item in _items(levels[-1].value)
        ]
    return found


def plain_request(connector: Connector, sample: dict[str, Any], url: str = "https://hub.example/") -> Request:
    """A sample as a request that nobody signed."""
    body, form = sample.get("body"), connector.reception.format
    raw = body.encode() if isinstance(body, str) else b"" if body is None else encode(form, body)
    headers = {"content-type": CONTENT_TYPES[form], **sample["headers"]} if raw else dict(sample["headers"])
    return Request(sample.get("method", "POST"), url, dict(sample["query"]), headers, raw)


def greeting(connector: Connector, secrets: dict[str, str], answer: str) -> dict[str, Any] | None:
    """A handshake with the right token, as a sample; None where the file has none. Raises NotPlantedError."""
    part = connector.reception.data.get("handshake")
    if not part:
        return None
    scope: dict[str, Any] = {
        "method": "GET",
        "url": "https://hub.example/",
        "query": {},
        "headers": {},
        "body": None,
    }
    scope = satisfied(part["if"], scope)
    if scope["body"] is not None:
        scope["method"] = "POST"
    if "secret" in part:
        scope = planted(part["token"], scope, secrets[part["secret"]])
    if "answer" in part and compile(part["answer"]).names:
        scope = planted(part["answer"], scope, answer)
    return {name: scope[name] for name in ("method", "query", "headers", "body")}


class Further:
    """Makes webhooks of a connector out of samples. Raises NotPlantedError where its file cannot be turned
    round, as it names the expression."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.data = connector.reception.data

    def event(self, sample: dict[str, Any], number: int, epoch: float | None = None) -> dict[str, Any]:
        """The sample as another event: other parts of its id, and another time."""
        changed = opened(self.connector, sample)
        for one in told(self.connector, changed):
            self.rename(one, number)
            if epoch is not None:
                self.at(one, epoch)
        return changed

    def rename(self, one: Told, number: int) -> int:
        """Another event's id: how many of its parts are others now. Whose it is stays as it is."""
        source = self.data.get("event_id")
        parts = source if isinstance(source, list) else [source] if source else []
        owner = {path for told in (self.data.get("account") or {}).values() for path in compile(told).paths}
        return sum(self._moved(one, part, number) for part in parts if not compile(part).paths & owner)

    def at(self, one: Told, epoch: float) -> None:
        """Another time, where the file says one."""
        source = self.data.get("at")
        old = quiet(source, one.inner())
        if source and epoch_of(old) is not None:
            plant(one, source, like(old, epoch))

    def identify(self, one: Told, id: Any) -> None:
        """An event of the record with this id."""
        source = self.connector.resources[one.resource].data.get("id")
        if source and quiet(source, one.inner()) != id:
            plant(one, source, id)

    def topic(self, sample: dict[str, Any], topic: str) -> dict[str, Any]:
        """The sample with another topic."""
        changed = opened(self.connector, sample)
        for scope, levels in opened_scopes(self.connector, changed):
            item = _item(self.connector.reception, scope)
            plant(Told("", "", False, None, scope, item, levels), self.data["topic"], topic)
        return changed

    def several(self, sample: dict[str, Any], count: int) -> dict[str, Any] | None:
        """A batch of so many times as many events; None where the file has no level that is a list."""
        changed = opened(self.connector, sample)
        levels = next((levels for _, levels in opened_scopes(self.connector, changed)), ())
        lists = [level for level in levels if self._repeats(level, changed)]
        if not lists:
            return None
        held = lists[-1].value
        first = deepcopy(held)
        for _ in range(1, count):
            held.extend(deepcopy(first))
        for level in reversed(levels[: levels.index(lists[-1]) + 1]):
            level.write_back()
        for number, one in enumerate(told(self.connector, changed)):
            self._apart(one, number)
        return changed

    def _apart(self, one: Told, number: int) -> None:
        """Another event of another record."""
        if not number:
            return
        self.rename(one, number)
        id = quiet(self.connector.resources[one.resource].data.get("id"), one.inner())
        if isinstance(id, str | int):
            try:
                self.identify(one, another(id, number))
            except NotPlantedError:
                return

    def _repeats(self, level: Level, sample: dict[str, Any]) -> bool:
        """Whether a level is a list that can be made longer: a part of the body, or read out of its text."""
        if not isinstance(level.value, list):
            return False
        return any(level.value is held for held in _lists(sample.get("body"))) or "from_json" in level.source

    def _moved(self, one: Told, source: str, number: int) -> bool:
        old = quiet(source, one.inner())
        if not isinstance(old, str | int) or isinstance(old, bool) or old == "":
            return False
        try:
            plant(one, source, another(old, number))
        except NotPlantedError:
            return False
        return True


def plant(one: Told, source: str, value: Any) -> None:
    """Let an expression give a value over an event, in the sample that it is a part of."""
    names = compile(source).names
    if names <= set(one.scope) or not isinstance(one.item, dict):
        changed = planted(source, dict(one.scope), value)
        if isinstance(changed.get("body"), dict) and isinstance(one.scope.get("body"), dict):
            one.scope["body"] = changed["body"]
    else:
        planted(source, one.item, value)
    for level in reversed(one.levels):
        level.write_back()


def _told(reception: Reception, scope: dict[str, Any], levels: tuple[Level, ...]) -> Told | None:
    item = _item(reception, scope)
    inner = {**item, **scope} if isinstance(item, dict) else scope
    topic = topic_of(reception, scope)
    resource = reception.topics.get(topic)
    if resource is None or topic in reception.asks or resource.says("skip", inner):
        return None
    record = None if resource.get else resource.record_in(inner, item)
    return Told(resource.name, topic, resource.says("deleted", inner), record, scope, item, levels)


def topic_of(reception: Reception, scope: dict[str, Any]) -> str:
    """What kind of event it is, as a resource's `topics:` name it."""
    item = _item(reception, scope)
    inner = {**item, **scope} if isinstance(item, dict) else scope
    topic = quiet(reception.data.get("topic"), inner)
    return topic if isinstance(topic, str) else "" if topic is None else dumps(topic)


def _item(reception: Reception, scope: dict[str, Any]) -> Any:
    levels = list(reception.data.get("events") or {})
    return scope[levels[-1] if levels else "body"]


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _lists(one)
