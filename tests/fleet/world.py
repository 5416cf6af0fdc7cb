"""One seed's life: the hub in memory, the vendors around it, their people, the weather, a clock that jumps.

The clock stands while our steps work and moves while they wait for a vendor, so that whatever is due
meanwhile (a webhook, a person, another worker) comes in between. When nothing is left to do it jumps to what
is due next; when nothing is due any more, the seed is over.
"""

import heapq
import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path

from hub import identity, keys
from hub.archive import MemoryArchive
from hub.catalog import Catalog
from hub.connector import Request
from hub.errors import RetryError
from hub.pipeline import Hub
from hub.pipeline.batch import Taken, give_back, work_through
from hub.pipeline.deliver import carry
from hub.pipeline.poll import poll
from hub.pipeline.receive import Arrival, receive
from hub.pipeline.route import route
from hub.pipeline.sweep import sweep
from hub.pipeline.unify import opened
from hub.queues import MemoryQueue
from hub.settings import Settings
from hub.store import Item, Put
from hub.store.memory import MemoryStore
from hub.times import from_epoch, to_epoch
from tests.fleet.people import People, moves
from tests.fleet.systems import KINDS, NAMES
from tests.fleet.weather import DAY, MINUTE, Weather
from tests.fleet.wire import Wire

START = to_epoch("2026-11-23T13:00:00.000000Z")
LONGEST = START + 14 * DAY
POLL = 300.0
RECONCILED = 1500.0
"""Seconds after a change within which a source with webhooks is asked for it, whatever came."""

RELAY = 121.0
"""Seconds after which sweep takes up an image that the stream's relay has left."""

PEPPER = identity.Pepper("1", "a pepper of the fleet")
FILES = Path(__file__).parent / "project"


class Crash(BaseException):
    """A process of ours died."""


class RestlessError(Exception):
    """Something stays due for ever."""


@cache
def files() -> Catalog:
    """All vendors' files."""
    return Catalog.read(FILES)


@cache
def catalog(systems: tuple[str, ...]) -> Catalog:
    """The files of a fleet of these systems; the models themselves are shared."""
    whole = files()
    flows = {name: flow for name, flow in whole.flows.items() if _sends_to(flow, systems)}
    accounts = {name: whole.accounts[name] for name in systems}
    names = {account.connector for account in accounts.values()}
    connectors = {name: connector for name, connector in whole.connectors.items() if name in names}
    return Catalog(
        whole.entities, connectors, whole.mappings, flows, accounts, whole.owners, whole.revision, ()
    )


def _sends_to(flow, systems) -> bool:
    return all(to.to.rpartition(".")[0] in systems for to in flow.send)


class Table(MemoryStore):
    """The table, with a boundary before and after each call."""

    def __init__(self, world):
        super().__init__(world.clock)
        self.world = world

    def read(self, keys):
        self.world.cross()
        found = super().read(keys)
        self.world.cross()
        return found

    def commit(self, writes):
        self.world.cross()
        super().commit(writes)
        self.world.effects += 1
        self.world.committed([write.item for write in writes if isinstance(write, Put)])
        self.world.cross()

    def page(self, *args, **named):
        self.world.cross()
        return super().page(*args, **named)

    def agenda(self, *args, **named):
        self.world.cross()
        return super().agenda(*args, **named)

    def count(self, tally):
        self.world.cross()
        counted = super().count(tally)
        self.world.effects += 1
        self.world.cross()
        return counted


class Line(MemoryQueue):
    """A queue, with a boundary before and after each sending; `sent` hears what it took."""

    def __init__(self, world, sent=lambda messages: None):
        super().__init__(world.clock)
        self.world = world
        self.sent = sent

    def send(self, messages):
        self.world.cross()
        super().send(messages)
        self.world.effects += 1
        self.sent(messages)
        self.world.cross()


class Vault:
    """Secrets that are cached for five minutes, as AWS's are."""

    def __init__(self, world):
        self.world = world
        self.cache = {}

    def get(self, name):
        now = self.world.clock()
        at, held = self.cache.get(name, (float("-inf"), []))
        if now - at >= 300:
            held = [self._now(name)]
            self.cache[name] = (now, held)
        return held

    def refresh(self, name):
        self.cache.pop(name, None)

    def _now(self, name):
        if name == "pepper":
            return {"1": PEPPER.secret}
        return {"token": self.world.tokens[name], "user": "cauce", "signing": f"signs-{name}"}


class World:
    """A seed at work. `only`: the moves that are made (all when None); `weather`: in place of the seed's.

    `carrier`: what takes our requests to the vendors. `boundaries`: how many our processes have crossed;
    `effects`: how often they changed table or queues; `step`: the number of the worker at work.
    """

    carrier = Wire

    def __init__(self, seed, *, systems=None, only=None, weather=None, story=False):
        self.seed = seed
        self.now = START
        self.told = [] if story else None
        dice = self.dice("fleet")
        drawn = tuple(sorted(dice.sample(NAMES, dice.randint(2, 6)), key=NAMES.index))
        if not any(KINDS[name.partition(".")[0]].written for name in drawn):
            drawn = ("shop.co", *drawn)
        self.names = systems or drawn
        self.moves = [
            move
            for move in moves(self.dice("moves"), drawn)
            if move.system in self.names and (only is None or move.number in only)
        ]
        span = max((move.at for move in self.moves), default=0.0) + MINUTE
        self.weather = weather or Weather.of(self.dice("weather"), drawn, span)
        self.tokens = dict.fromkeys(self.names, "token-1")
        self.systems = {name: self._system(name) for name in self.names}
        self.people = People(self)
        self._calendar = []
        self._turn = 0
        self._webhooks = 0
        self._batches = {}
        self.batches = []
        self.mood = self.dice("mood")
        self.boundaries = 0
        self.effects = 0
        self.deaths = 0
        self.depth = 0
        self.steps = 0
        self.step = 0
        self.relayed = 0
        self.asked_until = {}
        self.unasked = {n for n, one in self.systems.items() if self.weather.polled(n, told=one.told)}
        self.counts = dict.fromkeys(
            (
                "changes",
                "webhooks",
                "webhooks dropped",
                "webhooks repeated",
                "deliveries",
                "polls",
                "heard by poll",
            ),
            0,
        )
        self._rng = self.dice("world")
        self.hub = self._hub()
        self.echoes = []
        self.pending = {}
        self.members = {}
        self._begin()

    def dice(self, name):
        """Dice of their own for each concern: what is left out of a seed does not change the rest."""
        return random.Random(f"{self.seed} {name}")

    def tell(self, line):
        """A line of the story."""
        if self.told is not None:
            self.told.append(f"{_clock(self.now)}  {line}")

    # Time.

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.spend(seconds)

    def later(self, seconds, work):
        """Something that happens outside of us in so many seconds."""
        self._turn += 1
        heapq.heappush(self._calendar, (self.now + seconds, self._turn, work))

    def spend(self, seconds):
        """Time passes, and what is due outside of us meanwhile happens."""
        until = self.now + seconds
        while self._calendar and self._calendar[0][0] <= until:
            at, _, work = heapq.heappop(self._calendar)
            self.now = max(self.now, at)
            work()
        self.now = max(self.now, until)

    # Deaths and others at work.

    def cross(self):
        """A boundary of our process: before or after a call of a port."""
        self.boundaries += 1
        if self.boundaries in self.weather.crashes and self.depth:
            self.deaths += 1
            self.tell("a process of ours dies")
            for system in self.systems.values():  # what it was told last, nobody may know
                system.gauge.banned = 0.0
            raise Crash
        if self.weather.others and 0 < self.depth < 3 and self._rng.random() < self.weather.others / 20:
            self._alive(self._rng.choice((self.unify, self.route, self.deliver)))

    def _alive(self, work):
        """A worker that may die."""
        self.depth += 1
        self.steps += 1
        outer, self.step = self.step, self.steps
        try:
            return work()
        except Crash:
            return True
        finally:
            self.depth -= 1
            self.step = outer

    # The life.

    def live(self):
        """All of it."""
        while True:
            self._settle()
            due = self._next()
            if due is None:
                return
            if due > LONGEST:
                raise RestlessError("something stays due for ever")
            self.spend(max(0.0, due - self.now))
            self._ticks()

    def _settle(self):
        """Our steps work until there is nothing to do now."""
        while sum(bool(self._alive(step)) for step in self._steps()):
            pass

    def _steps(self):
        steps = [self.unify, self.route, self.deliver]
        self._rng.shuffle(steps)
        return steps

    def _next(self):
        times = [self._calendar[0][0]] if self._calendar else []
        for queue in (self.hub.inbound, self.hub.outbound):
            times += [one.until for one in queue.waiting if one.until > self.now]
        swept = self._sweep_at()
        times += [swept] if swept is not None else []
        if self.unasked:
            times.append(self._poll_at)
        return min(times, default=None)

    def _sweep_at(self):
        """The minute at which sweep has something to do."""
        store = super(Table, self.hub.store)
        times = []
        for name in (keys.DUE, keys.WAITING):
            times += [to_epoch(item.at) for item in store.agenda(name, limit=1).items]
        times += [at + RELAY for at in self.pending.values()]
        return None if not times else max(self._swept + MINUTE, min(times))

    def _ticks(self):
        swept = self._sweep_at()
        if swept is not None and swept <= self.now:
            self._swept = self.now
            self._caught_up()
            self._alive(lambda: sweep(self.hub))
        if self.unasked and self._poll_at <= self.now:
            self._poll_at = self.now + POLL
            self._ask()

    def _caught_up(self):
        """The outbox's cursor as the sweeps of the minutes that were jumped over would have left it."""
        until = from_epoch(min([*self.pending.values(), self.now - RELAY]))
        held = MemoryStore.read(self.hub.store, [keys.RELAYED]).get(keys.RELAYED)
        if held is None or held.data["until"] < until:
            item = held or Item(keys.RELAYED, "cursor")
            MemoryStore.commit(self.hub.store, [Put(replace(item, data={"until": until}))])

    def _ask(self):
        """Ask those that have something to tell; who could not be asked is asked again next time."""
        asked, self.unasked = tuple(sorted(self.unasked)), set()
        self.counts["polls"] += 1
        self.tell(f"{', '.join(asked)}: asked for what changed")
        found = self._alive(lambda: poll(self._asking(asked)))
        failed = asked if found is True else [one.account for one in found if one.error]
        self.unasked |= {*failed, *(name for name in asked if self.now < self.asked_until.get(name, 0.0))}

    def _asking(self, names):
        """The hub with these accounts only: who tells all by webhooks need not be asked."""
        if names not in self._views:
            known = self.hub.catalog
            view = Hub(self.hub.settings, clock=self.clock, sleep=self.sleep, **self._parts)
            accounts = {name: known.accounts[name] for name in names}
            view.catalog = replace(known, accounts=accounts)
            self._views[names] = view
        return self._views[names]

    # Our steps.

    def unify(self):
        return self._step(self.hub.inbound, self._events)

    def deliver(self):
        return self._step(self.hub.outbound, self._deliveries)

    def route(self):
        rows = self.hub.store.stream.rows
        fresh = [row for row in rows[self.relayed :] if row.kind == "outbox" and row.version == 1]
        seen = len(rows)
        images = [self.hub.store._item(row) for row in fresh if self._rng.random() >= self.weather.unrelayed]
        if images:
            route(self.hub, images)
        self.relayed = max(self.relayed, seen)
        return bool(fresh)

    def _step(self, queue, work):
        """A batch: acknowledged when all of it is done, so that one who dies has acknowledged nothing."""
        stored = queue.receive()
        batch = [
            Taken(one.message.dedup, one.message.body, one.message.group, one.received, one.message.dedup)
            for one in stored
        ]
        if not batch:
            return False
        self.cross()
        outcomes = list(work(batch))
        self.cross()
        for one, outcome in zip(stored, outcomes, strict=True):
            if isinstance(outcome, Exception) and not isinstance(outcome, RetryError):
                raise outcome
            if not isinstance(outcome, Exception):
                queue.ack(one)
        give_back(queue, batch, outcomes)
        return True

    def _events(self, batch):
        step = opened(self.hub, [one.body for one in batch])
        for outcome in work_through(batch, lambda number: step(number, last=batch[number].last)):
            self.tell(
                f"  unify: {outcome.kind} {outcome.reason}"
                if hasattr(outcome, "kind")
                else f"  unify: {outcome}"
            )
            yield outcome
        step.close()

    def _deliveries(self, batch):
        return work_through(batch, lambda number: self._deliver(batch[number].body))

    def _deliver(self, body):
        told = carry(self.hub, body)
        self.counts["deliveries"] += len(told)
        for one, result in told:
            self.tell(f"  deliver {one.destination} {one.entity} epoch {one.epoch}: {result}")
        return told

    # What the vendors do.

    def changed(self, system, table, record):
        """A vendor's record has a new version: it tells, or waits to be asked."""
        if self.weather.polled(system.name, told=system.told):
            self.unasked.add(system.name)
            self.asked_until[system.name] = self.now + RECONCILED
        if system.told == "fat":
            self._webhooks += 1
            self._post(system, table, system.event(table, record, self._webhooks))
        elif system.told == "thin":
            self._webhooks += 1
            batch = self._batches.setdefault(system.name, [])
            if not batch:
                self.later(self._rng.uniform(0.1, 2), lambda: self._flush(system))
            batch.append(system.thin(record, self._webhooks))

    def _flush(self, system):
        batch = self._batches.pop(system.name)
        self._post(system, "contacts", batch)

    def _post(self, system, table, body):
        weather, rng = self.weather, self._rng
        self.counts["webhooks"] += 1
        if weather.dropped(rng, system.name, self.now):
            self.counts["webhooks dropped"] += 1
            self.tell(f"{system.name}: a webhook is lost")
            return
        copies = rng.randint(2, weather.most) if rng.random() < weather.repeat else 1
        self.counts["webhooks repeated"] += copies - 1
        for _ in range(copies):
            wait = rng.uniform(0, weather.latest) if rng.random() < weather.late else rng.uniform(0.05, 1.0)
            self.later(wait, lambda: self._arrive(system, json.dumps(body).encode()))

    def _arrive(self, system, body, tries=8):
        """A webhook comes to our door; who is not answered sends again."""
        path = f"/v1/webhooks/{system.name.replace('.', '/')}"
        connector = self.hub.catalog.connectors[system.kind]
        signed = connector.sign(
            Request("POST", path, {}, {}, body), {"signing": f"signs-{system.name}"}, self.now
        )
        headers = {"content-type": "application/json", **signed.headers}
        reply = self._alive(lambda: receive(self.hub, Arrival("POST", path, "", headers, body)))
        if reply is True:
            self.later(60.0, lambda: self._arrive(system, body, tries - 1))
        elif reply.status != 200:
            raise AssertionError(f"a webhook was answered with {reply.status}")
        else:
            self.tell(f"{system.name}: a webhook comes in")

    def _heard(self, messages):
        """What was told to us: the versions that are on the queue now."""
        for message in messages:
            event = json.loads(message.body)
            record = event["record"]
            if record is None:
                continue
            name = f"{event['connector']}.{event['account']}"
            resource = self.systems[name].resource
            told = record if event["resource"] == resource else record.get("customer")
            if told and "_v" in told:
                self.heard(name, told["id"], told["_v"], via=event["via"])

    def heard(self, name, id, number, *, via="webhook"):
        """A version of a customer's record reached us."""
        record = self.systems[name].customers.get(id)
        if record is None:
            return
        version = record.versions[number]
        if record.told is None:
            record.told = self.systems[name].time()
        for edit in version.authors.values():
            if edit is not None and not _is_repeated(edit, version):
                if edit.heard is None and via == "poll":
                    self.counts["heard by poll"] += 1
                edit.heard = version.updated if edit.heard is None else min(edit.heard, version.updated)

    def committed(self, items):
        """What our steps wrote: what records said reached us; images that an echo caused are counted."""
        for image in items:
            if image.kind == "record":
                self.people.said(image)
            if image.kind != "outbox":
                continue
            if image.version:
                self.pending.pop(image.key, None)
                continue
            self.pending[image.key] = self.now
            if image.data["entity"] == "customer":
                key = keys.root("customer", image.data["id"])
                root = next(item for item in items if item.key == key)
                members = frozenset(root.data["records"])
                joined = self.members.get(key, members) != members
                self.members[key] = members
                self.echoes += (
                    []
                    if joined or image.data["created"]
                    else [
                        (name, root.data["id"]) for name in image.data["changed"] if self._echoed(root, name)
                    ]
                )

    def _echoed(self, root, name):
        """Whether the value that has changed comes from a record where no person wrote it."""
        if name not in root.data["fields"]:
            return False
        value, record, *_ = root.data["fields"][name]
        told = keys.told(record)
        own = value.get("city") if isinstance(value, dict) else value
        return own is not None and own not in self.people.values(told.source, told.id, name)

    # How it begins.

    def _system(self, name):
        weather = self.weather
        coarse = 1.0 if weather.coarse.get(name) else 1e-6
        made = KINDS[name.partition(".")[0]]
        return made(name, self, skew=weather.skew.get(name, 0.0), resolution=coarse)

    def _hub(self):
        self._swept = self.now
        self._poll_at = self.now + POLL
        self._views = {}
        self._parts = {
            "catalog": catalog(self.names),
            "store": Table(self),
            "inbound": Line(self, self._heard),
            "outbound": Line(self),
            "archive": MemoryArchive(),
            "secrets": Vault(self),
            "client": self.carrier(self),
            "random": self.dice("hub"),
        }
        return Hub(Settings(), clock=self.clock, sleep=self.sleep, **self._parts)

    def _begin(self):
        for move in self.moves:
            self.later(move.at, lambda move=move: self._move(move))
        for number, (at, name) in enumerate(self.weather.expiries):
            if name in self.systems:
                self.later(at, lambda name=name, number=number: self._expire(name, f"token-{number + 2}"))

    def _move(self, move):
        self.counts["changes"] += 1
        self.people.make(move)

    def _expire(self, name, token):
        """A credential is replaced at the vendor; somebody brings us the new one a little later."""
        self.tell(f"{name}: the credential expires")
        self.systems[name].token = token
        self.later(self._rng.uniform(0, 240), lambda: self._renew(name, token))

    def _renew(self, name, token):
        self.tell(f"{name}: we are given the new credential")
        self.tokens[name] = token
        self.later(301, lambda: self._resume(name))

    def _resume(self, name):
        store = self.hub.store
        key = keys.account(name)
        held = MemoryStore.read(store, [key]).get(key)
        if held is not None and held.data.get("paused"):
            MemoryStore.commit(store, [Put(replace(held, data={**held.data, "paused": False}))])


def _is_repeated(edit, version):
    """Whether a version of a record says of an edit what our own write of the same says, too."""
    return edit.repeated is not None and version.updated >= edit.repeated


def _clock(now):
    days, seconds = divmod(now - START, 86_400)
    hours, seconds = divmod(seconds, 3600)
    return f"{days:.0f}d {hours:02.0f}:{seconds // 60:02.0f}:{seconds % 60:06.3f}"
