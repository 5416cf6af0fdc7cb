"""What a simulated vendor does: each call of the file changes its records, or answers them."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hub.connector import Bulk, Connector, HttpResponse
from hub.expressions import compile
from hub.simulator.answers import Answered, told
from hub.simulator.heard import Heard
from hub.simulator.keys import identifying
from hub.simulator.pages import Tokens, asked_for, size_of, start_of, turn
from hub.simulator.pattern import READS, Match
from hub.simulator.planting import NotPlantedError
from hub.simulator.samples import Samples
from hub.simulator.shelf import Shelf, Stored
from hub.simulator.trees import tree_of
from hub.simulator.writing import epoch_of

Doing = Callable[["Service", Match, str], HttpResponse]

_HASHES = ("md5(", "sha256(")


class Service:
    """`acts`: what was sent; `subscriptions`: id -> what was subscribed."""

    def __init__(
        self, connector: Connector, shelf: Shelf, samples: Samples, clock: Callable[[], float]
    ) -> None:
        self.connector = connector
        self.shelf = shelf
        self.samples = samples
        self.clock = clock
        self.acts: list[dict[str, Any]] = []
        self.subscriptions: dict[str, Heard] = {}
        self.tokens = Tokens()
        self._answered: dict[tuple[str, str], HttpResponse] = {}
        self._acted: dict[str, str] = {}
        self._made = 0

    def perform(self, match: Match, url: str) -> HttpResponse:
        """Do what is asked. Raises NotPlantedError, SimulationError."""
        known = (match.pattern.resource, "" if match.pattern.name in READS else match.key)
        if known[1] and known in self._answered:
            return self._answered[known]
        doing = (
            self._bulk if match.pattern.bulk else getattr(self, f"_{match.pattern.name.replace('.', '_')}")
        )
        response: HttpResponse = doing(match, url)
        if known[1] and response.status < 300:
            self._answered[known] = response
        return response

    def gone(self, match: Match) -> HttpResponse:
        """What is answered where there is no such record: as the file says it, else a 404."""
        answered = Answered(404, {}, {"error": "not found"})
        own = list(match.pattern.call.data.get("responses") or ())
        shared = [] if match.pattern.name in READS else list(self.connector.data.get("responses") or ())
        rules = [rule for rule in (*own, *shared) if rule["then"] == "missing"]
        for rule in rules[:1]:
            answered = Answered()
            answered.satisfy(rule["if"])
        return answered.response()

    # Reads.

    def _get(self, match: Match, url: str) -> HttpResponse:
        stored = self.shelf.get(match.pattern.resource, match.heard.text("id"))
        if stored is None:
            return self.gone(match)
        answered = self._example(match)
        row = self.shelf.row(match.pattern.resource, stored)
        answered.plant(match.pattern.call.data.get("record", "body"), row)
        return answered.response()

    def _find(self, match: Match, url: str) -> HttpResponse:
        heard, call = match.heard, match.pattern.call
        found = self.shelf.matching(match.pattern.resource, heard, heard.keys())
        answered = self._example(match)
        rows = [self.shelf.row(match.pattern.resource, one) for one in found]
        if call.records is None:
            if not found:
                return self.gone(match)
            self._identified(match, answered, found[0])
            return answered.response()
        answered.plant(call.records.source, rows[: asked_for(call) or len(rows)])
        if found and "where" not in call.data:
            self._identified(match, answered, found[0])
        return answered.response()

    def _list(self, match: Match, url: str) -> HttpResponse:
        call, resource = match.pattern.call, match.pattern.resource
        stored = self._since(match)
        stored.sort(
            key=(lambda one: (one.at, _order(one.id))) if call.timed else (lambda one: _order(one.id))
        )
        start = start_of(call, match.heard.named("page"), self.tokens)
        if start is None:
            return Answered(400, {}, {"error": "no such page"}).response()
        size = size_of(call) or len(stored)
        page, following = stored[start : start + size], start + size
        answered = self._rows(match, page)
        more = following if following < len(stored) else None
        turn(call, answered, url, more, self.tokens, resource)
        return answered.response()

    def _ties(self, match: Match, url: str) -> HttpResponse:
        after = _order(match.heard.text("after") or "0")
        rows = sorted(self._since(match), key=lambda one: _order(one.id))
        until = epoch_of(match.heard.named("until"))
        size = max(1, size_of(match.pattern.call) or 3)
        fitting = [one for one in rows if _order(one.id) > after and (until is None or one.at < until)]
        return self._rows(match, fitting[:size]).response()

    def _since(self, match: Match) -> list[Stored]:
        since = epoch_of(match.heard.named("since"))
        held = self.shelf.records[match.pattern.resource].values()
        return [one for one in held if not one.archived and (since is None or one.at >= since)]

    def _rows(self, match: Match, page: list[Stored]) -> Answered:
        call, answered = match.pattern.call, self._example(match)
        rows = [self.shelf.row(match.pattern.resource, one) for one in page]
        answered.plant(call.records.source if call.records else "body", rows)
        return answered

    # Writes.

    def _upsert(self, match: Match, url: str) -> HttpResponse:
        if match.heard.whole and any(value in (None, "") for value in match.heard.keys().values()):
            return Answered(400, {}, {"error": "what names the record is missing"}).response()
        return self._wrote(match, self._upserted(match.pattern.resource, match.heard))

    def _create(self, match: Match, url: str) -> HttpResponse:
        return self._wrote(match, self.shelf.add(match.pattern.resource, match.heard, self.clock()))

    def _update(self, match: Match, url: str) -> HttpResponse:
        stored = self._changed(match.pattern.resource, match.heard)
        return self.gone(match) if stored is None else self._wrote(match, stored)

    def _delete(self, match: Match, url: str) -> HttpResponse:
        there = self.shelf.remove(match.pattern.resource, match.heard.text("id"))
        return self._example(match).response() if there else self.gone(match)

    def _merge(self, match: Match, url: str) -> HttpResponse:
        resource, heard = match.pattern.resource, match.heard
        kept = self.shelf.get(resource, heard.text("id"))
        other = self.shelf.get(resource, heard.text("other"))
        if kept is None or other is None:
            return self.gone(match)
        self.shelf.remove(resource, other.id)
        return self._wrote(match, kept)

    def _archive(self, match: Match, url: str) -> HttpResponse:
        return self._put_away(match, archived=True)

    def _restore(self, match: Match, url: str) -> HttpResponse:
        return self._put_away(match, archived=False)

    def _put_away(self, match: Match, *, archived: bool) -> HttpResponse:
        stored = self.shelf.get(match.pattern.resource, match.heard.text("id"))
        if stored is None:
            return self.gone(match)
        stored.archived = archived
        return self._wrote(match, stored)

    def _send(self, match: Match, url: str) -> HttpResponse:
        id = f"act-{len(self.acts) + 1}"
        self.acts.append(match.heard.facts)
        self._acted[match.key or match.heard.text("key")] = id
        answered = self._example(match)
        if match.pattern.call.id:
            answered.plant(match.pattern.call.id.source, id)
        return answered.response()

    def _verify(self, match: Match, url: str) -> HttpResponse:
        id = self._acted.get(match.heard.text("key"))
        if id is None and match.pattern.call.records is None:
            return self.gone(match)
        answered = self._example(match)
        if match.pattern.call.records:
            answered.plant(match.pattern.call.records.source, [{}] if id else [])
        if id and match.pattern.call.id:
            answered.plant(match.pattern.call.id.source, id)
        return answered.response()

    def _upserted(self, resource: str, heard: Heard) -> Stored:
        """The record that a key names, changed; a new one where there is none."""
        known = self._changed(resource, heard) if heard.text("id") else None
        if known is not None:
            return known
        wanted = identifying(heard)
        found = self.shelf.matching(resource, heard, wanted) if wanted else []
        if not found:
            return self.shelf.add(resource, heard, self.clock(), _hashed(heard))
        self.shelf.change(resource, found[0], heard, self.clock())
        return found[0]

    def _changed(self, resource: str, heard: Heard) -> Stored | None:
        stored = self.shelf.get(resource, heard.text("id"))
        if stored is not None:
            self.shelf.change(resource, stored, heard, self.clock())
        return stored

    def _wrote(self, match: Match, stored: Stored) -> HttpResponse:
        """The answer to a write: the record where the file reads it, and its id."""
        answered, data = self._example(match), match.pattern.call.data
        if "record" in data:
            answered.plant(data["record"], self.shelf.row(match.pattern.resource, stored))
        self._identified(match, answered, stored)
        return answered.response()

    def _identified(self, match: Match, answered: Answered, stored: Stored) -> None:
        source = match.pattern.call.id
        if source is None:
            return
        old = answered.read(source.source)
        if old is not None and match.pattern.call.is_message:
            # Nobody answers a message: the record is called what it said.
            self.shelf.rename(match.pattern.resource, stored, str(old))
        elif old is None or str(old) != stored.id:
            number = isinstance(old, int) and stored.id.isdigit()
            try:
                answered.plant(source.source, int(stored.id) if number else stored.id)
            except NotPlantedError:
                if old is None:
                    raise
                # The example says the id that its expression gives: it is this record's from now on.
                self.shelf.rename(match.pattern.resource, stored, str(old))

    def _bulk(self, match: Match, url: str) -> HttpResponse:
        """Each entry by itself; one whose record is not there is told among the errors."""
        bulk, resource = match.pattern.bulk, match.pattern.resource
        assert bulk is not None
        done: list[tuple[Heard, Stored | None]] = []
        for heard in match.entries:
            update = match.pattern.name == "update"
            done.append(
                (heard, self._changed(resource, heard) if update else self._upserted(resource, heard))
            )
        answered = self._example(match)
        results = [self._result(bulk, resource, heard, one) for heard, one in done if one is not None]
        answered.plant(bulk.data["results"]["at"], results)
        failed = [heard for heard, one in done if one is None]
        if failed and "errors" in bulk.data:
            answered.plant(bulk.data["errors"]["at"], [_error(bulk, heard) for heard in failed])
        return answered.response()

    def refused(self, match: Match, at: int) -> HttpResponse:
        """A bulk of which one entry is refused, and the others are done."""
        bulk = match.pattern.bulk
        assert bulk is not None
        rest = tuple(one for number, one in enumerate(match.entries) if number != at)
        answered = self._example(match)
        written = [(heard, self._upserted(match.pattern.resource, heard)) for heard in rest]
        results = [self._result(bulk, match.pattern.resource, heard, one) for heard, one in written]
        answered.plant(bulk.data["results"]["at"], results)
        answered.plant(bulk.data["errors"]["at"], [_error(bulk, match.entries[at])])
        return answered.response()

    def _result(self, bulk: Bulk, resource: str, heard: Heard, stored: Stored) -> Any:
        part = bulk.data["results"]
        result: Any = {}
        if "record" in part and part["record"] != "record":
            result = told(result, part["record"], self.shelf.row(resource, stored))
        elif "record" in part:
            result = self.shelf.row(resource, stored)
        result = told(result, part.get("id", "id"), stored.id)
        return told(result, part["name"], _name(bulk, heard))

    # Subscriptions.

    def _subscribe_list(self, match: Match, url: str) -> HttpResponse:
        data = match.pattern.call.data
        rows = []
        for id, heard in self.subscriptions.items():
            topic = heard.text("topic") or _topics(heard)
            said = {"id": id, "address": heard.original("address"), "topics": topic, "active": True}
            row = self._subscribed(match)
            for name, value in said.items():
                row = told(row, data[name], value) if _reads(data.get(name)) else row
            rows.append(row)
        answered = self._example(match)
        answered.plant(data["records"], rows)
        return answered.response()

    def _subscribed(self, match: Match) -> Any:
        """What a subscription begins as: the first of the connector's example, where it has one."""
        rows = self._example(match).read(match.pattern.call.data["records"])
        return deepcopy(rows[0]) if isinstance(rows, list) and rows else {}

    def _subscribe_create(self, match: Match, url: str) -> HttpResponse:
        self._made += 1
        source = match.pattern.call.data["id"]
        id = str(self._made) if _reads(source) else str(compile(source)({}))
        self.subscriptions[id] = match.heard
        answered = self._example(match)
        if _reads(source):
            answered.plant(source, id)
        for name, source in (match.pattern.call.data.get("secret") or {}).items():
            answered.plant(source, f"chosen-{name}-{id}")
        return answered.response()

    def _subscribe_delete(self, match: Match, url: str) -> HttpResponse:
        only = "" if match.heard.asks("id") else next(iter(self.subscriptions), "")
        there = self.subscriptions.pop(match.heard.text("id") or only, None)
        return self._example(match).response() if there else self.gone(match)

    def _example(self, match: Match) -> Answered:
        """What the answer begins as: the connector's example, where it has one; a message gets AWS's."""
        if match.pattern.call.is_message:
            self._made += 1
            return Answered(200, dict(match.said), {"id": f"message-{self._made}"})
        name = f"{match.pattern.resource}.{match.pattern.name}".lstrip(".")
        return Answered.of(self.samples.answers.get(name, {"body": {}}))


def _topics(heard: Heard) -> Any:
    """The topics of a subscription: a list of them, or a flag for each (`contains(topics, 'x')`)."""
    told = heard.named("topics")
    flags = [tree_of(source) for source, value in heard.captured.items() if value is True]
    named = [tree["children"][1] for tree in flags if tree.get("value") == "contains"]
    return told if isinstance(told, list) else [one["value"] for one in named if one["type"] == "literal"]


def _reads(source: str | None) -> bool:
    """Whether an expression reads anything: one that says what is always so cannot be planted."""
    return source is not None and bool(compile(source).names)


def _name(bulk: Bulk, heard: Heard) -> Any:
    """What the answer calls an entry: what its name is over the entry that was sent."""
    return compile(bulk.data["name"])(heard.entry)


def _hashed(heard: Heard) -> str:
    """The name that a request gives its record, where that is a hash of it (`{md5(lower(record.email))}`)."""
    named = (value for source, value in heard.captured.items() if source.startswith(_HASHES))
    return next((str(value) for value in named if value), "")


def _error(bulk: Bulk, heard: Heard) -> Any:
    name = _name(bulk, heard)
    source = bulk.data["errors"]["name"]
    try:
        return told({}, source, name)
    except NotPlantedError:
        return told({}, source, [name])


def _order(id: str) -> tuple[int, str]:
    return (int(id), "") if id.isdigit() else (0, id)
