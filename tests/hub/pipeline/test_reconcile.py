"""What webhooks did not tell is found by asking, once, and counted: what they did tell is not."""

import json
import random
from pathlib import Path

import pytest

from hub import keys
from hub.catalog import Catalog
from hub.documents import parse, read
from hub.pipeline.poll import poll
from hub.pipeline.poll.known import news
from hub.pipeline.poll.source import event_of, sources
from hub.pipeline.receive import Arrival, receive
from hub.pipeline.sources import sight
from hub.runner import Runner
from hub.secrets import MemorySecrets
from hub.store import Item, Put
from hub.times import from_epoch
from tests.hub.pipeline.poll.shelves import Shelf
from tests.memory_hub import NOW, memory_hub, signed

ROOT = Path(__file__).parents[3]
MAPPING = "entity: customer\nin: {email: mail, given_name: name, created_at: born, updated_at: at}\n"
SHOP = """
base_url: https://shop.example
receive:
  signature: {hmac: sha256, header: X-S, secret: s}
  topic: "'row/told'"
  event_id: body.n
resources:
  row:
    topics: [row/told]
    id: text(body.row.id)
    record: body.row
    list:
      request: "GET /rows?since={since}&page={page}"
      records: rows
      id: text(id)
      version: at
      order: time
      page: {cursor: next}
      overlap: 10m
"""
TICK = 300


class People(Shelf):
    """A shop whose rows are people, of whose changes it posts webhooks."""

    def page(self, rows, more, url):
        answer = super().page(rows, more, url)
        told = json.loads(answer.body)
        told["rows"] = [person(row["id"], row["at"]) for row in told["rows"]]
        return type(answer)(200, answer.headers, json.dumps(told).encode())


def person(id, at):
    return {
        "id": id,
        "at": at,
        "born": from_epoch(NOW - 9e6),
        "mail": f"p{id}@correo.co",
        "name": f"Ana {at[14:]}",
    }


class Town:
    """A hub, one shop, the webhooks on their way, and which of them were dropped."""

    def __init__(self, seed=1):
        self.rng = random.Random(seed)
        self.shelf = People(self.rng, "cursor-timed", churn=0.0, size=100)
        catalog = Catalog.of([
            ("connector", parse(SHOP, "connectors/shop.yaml")),
            ("mapping", parse(MAPPING, "mappings/shop.row.yaml")),
            ("entity", read(ROOT / "entities/customer.yaml", ROOT)),
            ("accounts", parse("shop.one: {role: shop, time_zone: America/Bogota}", "accounts.yaml")),
        ])  # fmt: skip
        held = MemorySecrets({"pepper": [{"1": "p"}], "shop.one": [{"s": "s"}]})
        self.hub = memory_hub(catalog=catalog, secrets=held, client=self)
        self.runner = Runner(self.hub)
        self.shelf.now, self.posted, self.dropped, self.number = NOW, [], [], 0
        since = {"since": from_epoch(NOW), "night": "2026-11-23"}
        self.hub.store.commit([Put(Item(keys.cursor("shop.one", "row"), "cursor", since))])

    def send(self, request):
        self.shelf.now = self.hub.clock()
        return self.shelf.send(request)

    def change(self, id, at, *, lost=False, lag=1.0):
        self.shelf.now = at
        self.shelf.put(id)
        self.number += 1
        body = {"n": self.number, "row": person(id, from_epoch(self.shelf.rows[id])), "at": from_epoch(at)}
        if lost:
            self.dropped.append((id, self.shelf.rows[id]))
        else:
            self.posted.append((at + lag, json.dumps(body).encode()))

    def pass_time(self, seconds=TICK):
        """The webhooks that arrive by then, what follows from them, and a tick of the clock's polls."""
        until = self.hub.clock() + seconds
        for at, body in sorted(self.posted):
            if at <= until:
                self.hub.clock.now = max(self.hub.clock.now, at)
                headers = signed(
                    self.hub, "/v1/webhooks/shop/one", body, {"s": "s"}, {"content-type": "application/json"}
                )
                arrival = Arrival("POST", "/v1/webhooks/shop/one", "", headers, body)
                assert receive(self.hub, arrival).status == 200
        self.posted = [one for one in self.posted if one[0] > until]
        self.runner.run()
        self.hub.clock.now = until
        poll(self.hub)
        self.runner.run()

    def sight(self):
        self.hub.tally.noted.clear()
        self.hub.tally.note(self.hub.store, self.hub.clock())
        return sight(self.hub, self.hub.catalog.accounts["shop.one"])

    def unknown(self, before, after=0.0):
        """People whose present state, older than this, the hub does not know."""
        (source,) = sources(self.hub)
        events = [
            event_of(source, person(id, from_epoch(at)), from_epoch(self.hub.clock()), "poll")
            for id, at in self.shelf.rows.items()
            if after < at <= before
        ]
        return news(self.hub, events)


@pytest.fixture
def town():
    return Town()


def test_one_webhook_of_a_hundred_is_dropped_and_all_are_found_within_one_interval(pytestconfig):
    """With `--examples 10000` of as many changes."""
    town = Town()
    changes = pytestconfig.getoption("--examples") or 2_000
    hours = 12 * changes // 10_000 + 1
    moments = sorted(town.rng.uniform(0, hours * 3600) for _ in range(changes))
    lost = set(town.rng.sample(range(changes), changes // 100))
    done = 0
    while town.hub.clock() < NOW + hours * 3600 + 1800:
        end = town.hub.clock() + TICK - NOW
        while done < changes and moments[done] <= end:
            town.change(
                town.rng.randint(1, 6000), NOW + moments[done], lost=done in lost, lag=town.rng.uniform(0, 90)
            )
            done += 1
        town.pass_time()
        overdue = town.hub.clock() - 900 - 120 - TICK
        assert town.unknown(overdue, after=overdue - TICK) == []
    seen = town.sight()
    truth = 100 * len(town.dropped) / changes
    print(f"dropped {len(town.dropped)} of {changes}; found {seen.missed} of {seen.checked}")
    assert town.unknown(town.hub.clock()) == []
    assert abs(seen.missed_percent - truth) < 0.1
    assert abs(seen.checked - changes) < changes / 20


def test_what_came_by_webhook_is_neither_sent_nor_counted(town):
    for id in range(1, 40):
        town.change(id, NOW + id)
    for _ in range(8):
        town.pass_time()
    assert (town.sight().missed, town.sight().checked) == (0, 39)
    assert not [e for e in town.hub.store.items() if e.kind == "marker" and "#poll/" in e.key.pk]


def test_a_webhook_that_is_still_on_its_way_is_not_missed(town):
    for _ in range(3):
        town.pass_time()
    town.change(1, town.hub.clock() - 5, lag=60)
    town.pass_time(1)
    town.pass_time(900)
    town.pass_time(900)
    assert (town.sight().missed, town.sight().checked) == (0, 1)


def test_a_webhook_that_waits_on_the_queue_while_it_is_asked_for_is_not_missed(town):
    town.change(1, NOW + 10)
    run, town.runner.run = town.runner.run, lambda: None
    town.pass_time(900)
    town.runner.run = run
    town.pass_time(900)
    assert (town.sight().missed, town.sight().checked) == (0, 1)


def test_a_missed_one_is_found_once_and_its_late_webhook_changes_nothing(town):
    town.change(1, NOW + 10, lag=3000)
    for _ in range(14):
        town.pass_time()
    assert (town.sight().missed, town.sight().checked) == (1, 1)
    (root,) = [item for item in town.hub.store.items() if item.kind == "root"]
    assert root.data["fields"]["email"][0] == "p1@correo.co"


def test_what_is_known_costs_two_reads_and_no_message(town):
    for id in range(1, 101):
        town.change(id, NOW + 1)
    town.pass_time(600)
    read, keys_read = town.hub.store.read, []
    town.hub.store.read = lambda wanted: keys_read.append(len(list(wanted))) or read(wanted)
    sent = town.hub.inbound.calls
    poll(town.hub)
    town.hub.clock.now += 900
    before = len(keys_read)
    poll(town.hub)
    assert town.hub.inbound.calls == sent
    assert sum(keys_read[before:]) <= 2 * 100 + 3
