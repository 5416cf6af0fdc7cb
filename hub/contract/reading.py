"""What is read of a vendor: one record by its id, and lists to their end."""

from typing import Any

from hub.connector import Resource
from hub.contract.bench import Bench
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.contract.world import World
from hub.identity import Pepper
from hub.messages import Event
from hub.pipeline.poll.source import Source, called
from hub.pipeline.unify.telling import tell
from hub.simulator.pages import size_of
from hub.simulator.shelf import over_record
from hub.times import from_epoch

PEPPERS = [Pepper("1", "a pepper of the bench, long enough")]
PAGES = 2
"""Full pages of a list, after which one row is left."""

FEW = 4
HOUR = 3600.0
TURNS = 8
LARGE = 250
"""Rows on a page from which on a list is interrupted in one way only: it takes its time."""


def fetched(bench: Bench) -> list[str]:
    """The resources of which one record can be fetched."""
    return [name for name, one in bench.connector.resources.items() if one.get]


def listed(bench: Bench) -> list[str]:
    """The resources that can be listed."""
    return [name for name, one in bench.connector.resources.items() if one.list]


@check("read", fetched)
def one_record(bench: Bench, resource: str) -> None:
    """A record is fetched by its id, and says its id and its version."""
    world, part = bench.world(), bench.connector.resources[resource]
    stored = _stored(bench, world, resource)[0]
    source = Source(world.account, bench.connector, part)
    call = part.get
    assert call is not None
    record = call.record(called(world.hub, source, call, {"id": stored.id}))
    path = ("resources", resource, "get")
    expect(isinstance(record, dict), "its answer holds no record", *path, "record")
    _says(part, record, stored.id, *path)


@check("read", fetched)
def gone(bench: Bench, resource: str) -> None:
    """A record that is not there any more is a deletion."""
    world = bench.world()
    now = from_epoch(world.clock())
    id = world.vendor.shelf.new_id(resource)
    event = Event(bench.name, world.account.key, resource, "told", id, ("1",), now, now)
    if not bench.files.mappings_of(bench.name, resource):
        raise DoesNotApply("no mapping reads it")
    tale = tell(world.hub, event, PEPPERS)
    gone = all(one.deleted for one in tale.tellings)
    expect(gone, "it is taken for a record", "resources", resource, "get")


@check("read", listed)
def to_the_end(bench: Bench, resource: str) -> None:
    """A list of three pages is read to its end: each row once, also those of one time at a page's edge."""
    world = bench.world()
    wanted = _filled(bench, world, resource)
    found = _polled(world, resource)
    path = ("resources", resource, "list")
    lost, more = wanted - set(found), set(found) - wanted
    expect(not lost, f"{len(lost)} of {len(wanted)} rows are lost", *path, "page")
    expect(not more, f"{len(more)} rows have another id", *path, "id")
    expect(len(found) == len(wanted), "a row is told twice", *path, "version")


@check("read", listed)
def all_of_one_time(bench: Bench, resource: str) -> None:
    """More rows of one time than a page holds are read to the end."""
    world = bench.world()
    wanted = _filled(bench, world, resource, pages=1, times=False)
    found = set(_polled(world, resource))
    lost = wanted - found
    path = ("resources", resource, "list", "page")
    expect(not lost, f"{len(lost)} of {len(wanted)} rows are lost", *path)


@check("read", listed)
def rows_say(bench: Bench, resource: str) -> None:
    """Each row of a list says its id and its version, and when it was changed where that is a time."""
    world, part = bench.world(), bench.connector.resources[resource]
    _filled(bench, world, resource, pages=0)
    world.poll()
    events = [event for event in world.queued if event.resource == resource]
    path = ("resources", resource, "list")
    expect(bool(events), "no row is read", *path, "records")
    for event in events:
        _says(part, event.record, event.id, *path)


@check("read", listed)
def an_empty_page(bench: Bench, resource: str) -> None:
    """A list without rows ends at once, and without trouble."""
    world = bench.world()
    (polled,) = [one for one in world.poll() if one.resource == resource]
    path = ("resources", resource, "list")
    expect(polled.error == "", f"it ends with {polled.error}", *path)
    asked = len(world.calls(resource, "list"))
    expect(asked == 1, f"{asked} pages are asked for", *path, "page")


@check("read", listed)
def interrupted(bench: Bench, resource: str) -> None:
    """A list that a 429 or a 500 interrupts goes on, and loses no row."""
    call = bench.connector.resources[resource].list
    assert call is not None
    faults: list[dict[str, Any]] = [
        {"status": 429, "body": {}},
        {"status": 500, "body": {}},
        {"silent": True},
    ]
    for fault in faults[:1] if size_of(call) > LARGE else faults:
        world = bench.world()
        wanted = _filled(bench, world, resource, pages=1)
        world.misbehave("list", skip=1, **fault)
        found = set(_polled(world, resource))
        lost = wanted - found
        expect(not lost, f"{len(lost)} of {len(wanted)} rows are lost", "resources", resource, "list")


@check("read", listed)
def what_changed(bench: Bench, resource: str) -> None:
    """The next poll tells the row that changed since, and no other."""
    world = bench.world()
    _filled(bench, world, resource, pages=0)
    _polled(world, resource, applied=True)
    world.clock.now += HOUR
    stored = next(iter(world.vendor.shelf.records[resource].values()))
    stored.at, stored.count = world.vendor.shelf.kept(resource, world.clock()), stored.count + 1
    world.clock.now += HOUR
    found = _polled(world, resource)
    path = ("resources", resource, "list")
    expect(stored.id in found, "the change is not told", *path, "version")
    expect(set(found) == {stored.id}, f"{len(set(found)) - 1} others are told again", *path, "version")


@check("read", listed)
def asked_since(bench: Bench, resource: str) -> None:
    """A poll asks for what changed since the last one, where the vendor can be asked for that."""
    part = bench.connector.resources[resource].list
    assert part is not None
    if "since" not in f"{part.data['request']}{part.data.get('body', '')}":
        raise DoesNotApply("the whole list is read each time")
    world = bench.world()
    _filled(bench, world, resource, pages=0)
    _polled(world, resource)
    before = len(world.calls(resource, "list"))
    world.clock.now += 10 * 86_400
    _polled(world, resource)
    world.clock.now += HOUR
    asked = world.calls(resource, "list")[before:]
    sinces = [world.vendor.recognise(one.request) for one in asked]
    told = [match.heard.named("since") for match in sinces if match]
    expect(bool(told) and all(told), "no time is asked for", "resources", resource, "list")


def _stored(bench: Bench, world: World, resource: str) -> list[Any]:
    """The records of the samples. Raises DoesNotApply without any."""
    found = world.vendor.shelf.seed(resource, world.clock())
    if bench.samples.rows(bench.connector, resource):
        path = _id_path(bench, resource)
        expect(bool(found), "no sample record says its id", *path)
    if not found:
        raise DoesNotApply(
            f"no sample shows a {resource}: events/{bench.name}/records/{resource}.<what>.json"
        )
    return found


def _id_path(bench: Bench, resource: str) -> tuple[str, ...]:
    """Where the id of a record is said to stand."""
    found = over_record(bench.connector, bench.connector.resources[resource], "id")
    return next((path for path, _ in found), ("resources", resource))


def _unseen(bench: Bench, resource: str) -> str:
    return f"no sample shows a {resource}: events/{bench.name}/records/{resource}.<what>.json"


def _says(part: Resource, record: Any, id: str, *path: str) -> None:
    """A record says its id and its version. Raises FailedError."""
    expect(part.identify(record) == id, "the record does not say its id", *path, "id")
    said = (
        any((part.data.get(name) or {}).get("version") for name in ("list", "get")) or "version" in part.data
    )
    expect(not said or part.version_of(record) is not None, "the record says no version", *path, "version")


def _filled(bench: Bench, world: World, resource: str, pages: int = PAGES, *, times: bool = True) -> set[str]:
    """The vendor has records for so many full pages and one more: at every edge of a page two of one time.
    A few where no page is to be full."""
    part, shelf = bench.connector.resources[resource], world.vendor.shelf
    assert part.list is not None
    path = ("resources", resource, "list")
    expect(any(over_record(bench.connector, part, "id")), "nothing says the id of a row", *path)
    model = shelf.model(resource)
    expect(not model or part.identify(model) is not None, "no sample says the id", *_id_path(bench, resource))
    if not model:
        raise DoesNotApply(
            f"no sample shows a {resource}: events/{bench.name}/records/{resource}.<what>.json"
        )
    size = size_of(part.list) or 5
    step = max(1.0, shelf.step(resource))
    moment = world.clock() - HOUR
    for number in range(size * pages + 1 if pages else min(size, FEW)):
        # Three of each time, so that an edge lies between two of one time.
        at = moment + step * (number // 3 if times else 0)
        shelf.put(resource, {"record": {}, "customer": {}}, at)
    return set(shelf.records[resource])


def _polled(world: World, resource: str, *, applied: bool = False) -> list[str]:
    """The ids of the rows that polls tell until one has no trouble; the queue is emptied, by unify where they
    are to be `applied`."""
    found: list[str] = []
    for _ in range(TURNS):
        errors = [one.error for one in world.poll() if one.resource == resource]
        found += [event.id for event in world.queued if event.resource == resource]
        if applied:
            world.run()
        world.drain()
        if not any(errors):
            break
        world.clock.now += 120
    return found
