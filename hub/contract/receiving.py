"""What a vendor's webhooks come to: events, each once, of the record that they tell of."""

from dataclasses import replace
from typing import Any

from hub.connector.body import CONTENT_TYPES
from hub.connector.resource import quiet
from hub.contract.bench import Bench
from hub.contract.mutations import mutated
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.contract.world import World
from hub.expressions import compile
from hub.identity import Pepper
from hub.pipeline.receive import LARGEST_BODY
from hub.pipeline.unify.telling import tell
from hub.simulator import NotPlantedError, satisfied
from hub.simulator.webhooks import Further, opened, plant, told
from hub.simulator.writing import another

MUTATIONS = 1000
SEED = 20261123
ALLOWED = frozenset({200, 400, 401, 404, 413, 415})


@check("receive")
def told_twice(bench: Bench) -> None:
    """The same delivery, sent again a quarter of an hour later, gives no second event."""
    bench.an_event()
    later = 0 if "anew" in bench.connector.reception.data else 900
    for name, sample in bench.events.items():
        world = bench.world()
        world.post(sample)
        first = {event.key for event in world.queued}
        world.clock.now += later
        world.post(sample)
        again = {event.key for event in world.queued} - first
        expect(not again, f"{name}.json has another dedupe key each time", "receive", "event_id")


@check("receive")
def told_apart(bench: Bench) -> None:
    """Two samples that tell different things are two events; no part of an event's id is always empty."""
    bench.an_event()
    source = bench.connector.reception.data.get("event_id")
    parts = source if isinstance(source, list) else [source] if source else []
    for number, part in enumerate(parts):
        found = [quiet(part, one.inner()) for _, one in bench.tellings]
        path = ("receive", "event_id", number) if isinstance(source, list) else ("receive", "event_id")
        expect(any(value is not None for value in found), f"no sample has {part}", *path)
    told_ids = {tuple(quiet(part, one.inner()) for part in parts) for _, one in bench.tellings}
    several = len(bench.events) > 2
    expect(
        not (parts and several and len(told_ids) == 1), "it is the same in all samples", "receive", "event_id"
    )
    seen: dict[str, tuple[str, str]] = {}
    for name, sample in bench.events.items():
        for event in _events(bench, sample):
            other, text = seen.setdefault(event.key, (name, event.text))
            same = other == name or text == event.text
            expect(same, f"{other}.json and {name}.json are taken for one event", "receive", "event_id")


@check("receive")
def another_event_id(bench: Bench) -> None:
    """An event with another id is another event."""
    sample = bench.an_event()
    if not bench.connector.reception.data.get("event_id"):
        raise DoesNotApply("the file names no event id: the body stands for it")
    changed = Further(bench.connector).event(sample, 7)
    before, after = _keys(bench, sample), _keys(bench, changed)
    expect(not before & after, "it is taken for the same one", "receive", "event_id")


@check("receive")
def batches(bench: Bench) -> None:
    """A batch gives each of its events, and one that comes again gives none."""
    sample = bench.an_event()
    if not bench.connector.reception.data.get("events"):
        raise DoesNotApply("a webhook tells of one thing")
    several = Further(bench.connector).several(sample, 3)
    if several is None:
        raise DoesNotApply("no level of its events is a list in the body")
    single = len(_keys(bench, sample))
    world = bench.world()
    status = world.post(several).status
    expect(status == 200, f"it is answered {status}", "receive", "events")
    found = {event.key for event in world.queued}
    expect(len(found) == 3 * single, f"{len(found)} events of {3 * single}", "receive", "events")
    world.post(several)
    expect({event.key for event in world.queued} == found, "its events come twice", "receive", "event_id")


@check("receive")
def content_types(bench: Bench) -> None:
    """The body's own content type is taken, with a charset too; another one is answered 415."""
    sample = bench.an_event()
    form = bench.connector.reception.format
    for suffix in ("", "; charset=utf-8"):
        status = _typed(bench, sample, CONTENT_TYPES[form] + suffix)
        expect(status == 200, f"{CONTENT_TYPES[form]}{suffix} is answered {status}", "receive", "format")
    status = _typed(bench, sample, "application/xml")
    expect(status == 415, f"application/xml is answered {status}", "receive", "format")


@check("receive")
def broken_bodies(bench: Bench) -> None:
    """A signed body that is no JSON (or no form) is answered 400, unless the body holds the signature."""
    sample = bench.an_event()
    world = bench.world()
    broken = "a=%ff" if bench.connector.reception.format == "form" else '{"a":'
    if "body" in str(bench.connector.reception.data["signature"].get("equals", "")):
        request = replace(world.request(sample), body=broken.encode())  # nothing can be put into it
    else:
        request = world.request({**sample, "body": broken})
    status = world.take(request).status
    taken = status == 400 or (status == 401 and _reads_body(bench))
    expect(taken, f"it is answered {status}", "receive", "format")


@check("receive")
def huge_bodies(bench: Bench) -> None:
    """A body of more than a mebibyte is answered 413."""
    world = bench.world()
    request = world.request(bench.an_event())
    status = world.take(replace(request, body=b" " * (LARGEST_BODY + 1))).status
    expect(status == 413, f"it is answered {status}", "receive")


@check("receive")
def unknown_topic(bench: Bench) -> None:
    """An event of a topic that no resource names is taken, and nothing comes of it."""
    sample = bench.an_event()
    topic = bench.connector.reception.data.get("topic")
    if not topic or not compile(topic).names:
        raise DoesNotApply("its events have no topic")
    try:
        changed = Further(bench.connector).topic(sample, "contract.unknown-topic")
    except NotPlantedError:
        raise DoesNotApply(f"no other topic can be made by {topic}") from None
    world = bench.world()
    status = world.post(changed).status
    expect(status == 200, f"it is answered {status}", "receive", "topic")
    expect(not world.queued, "it gives an event", "receive", "topic")


@check("receive")
def says_what_and_when(bench: Bench) -> None:
    """Each event names its record, and the time at which it happened where the file says one."""
    bench.an_event()
    at = bench.connector.reception.data.get("at")
    for name, sample in bench.events.items():
        for event in _events(bench, sample):
            place = ("resources", event.resource, "id")
            expect(bool(event.id), f"an event of {name}.json does not say which {event.resource}", *place)
            timed = event.deleted or not at or event.at is not None
            expect(timed, f"an event of {name}.json has no time", "receive", "at")


@check("receive")
def every_topic_has_a_sample(bench: Bench) -> None:
    """Each resource that has topics is told of by a sample."""
    bench.receiving()
    seen = {one.resource for _, one in bench.tellings}
    for name, resource in bench.connector.resources.items():
        expect(
            not resource.topics or name in seen, f"no sample tells of a {name}", "resources", name, "topics"
        )


@check("receive")
def deletions(bench: Bench) -> None:
    """What says that a record is gone makes a deletion."""
    bench.an_event()
    asked = [name for name, one in bench.connector.resources.items() if "deleted" in one.data]
    if not asked:
        raise DoesNotApply("no event says that a record is gone")
    for name in asked:
        found = [file for file, one in bench.tellings if one.resource == name and one.deleted]
        expect(bool(found), f"no sample shows that a {name} is gone", "resources", name, "deleted")
        events = [event for event in _events(bench, bench.events[found[0]]) if event.resource == name]
        expect(
            any(event.deleted for event in events),
            f"{found[0]}.json is no deletion",
            "resources",
            name,
            "deleted",
        )


@check("receive")
def skipped(bench: Bench) -> None:
    """What a resource is said to skip can be, and gives no event."""
    bench.an_event()
    asked = [name for name, one in bench.connector.resources.items() if "skip" in one.data]
    if not asked:
        raise DoesNotApply("nothing is skipped")
    for name in asked:
        source = bench.connector.resources[name].data["skip"]
        made = [_skipping(bench, file, name, source) for file, one in bench.tellings if one.resource == name]
        samples = [sample for sample in made if sample is not None]
        path = ("resources", name, "skip")
        expect(bool(samples), "it can never be true", *path)
        for sample in samples:
            told = [event for event in _events(bench, sample) if event.resource == name]
            expect(not told, "what it skips gives an event", *path)


def _skipping(bench: Bench, file: str, name: str, source: str) -> dict[str, Any] | None:
    """The sample changed so that it is skipped; None where it cannot be."""
    changed = opened(bench.connector, bench.events[file])
    one = next(one for one in told(bench.connector, changed) if one.resource == name)
    try:
        satisfied(source, one.scope)
    except NotPlantedError:
        return None
    return changed


@check("receive")
def unknown_owner(bench: Bench) -> None:
    """An event of an account that nobody has entered is taken, and kept under "unknown"."""
    sample = bench.an_event()
    names = bench.connector.reception.data.get("account")
    if not names:
        raise DoesNotApply("each account has a URL of its own")
    changed = opened(bench.connector, sample)
    for one in told(bench.connector, changed):
        for source in names.values():
            old = quiet(source, one.inner())
            plant(one, source, another(old, 3))
    world = bench.world()
    status = world.post(changed).status
    expect(status == 200, f"it is answered {status}", "receive", "account")
    owners = {event.account for event in world.queued}
    expect(owners == {"unknown"}, "it is taken for an account's that is there", "receive", "account")


@check("receive")
def samples_are_ours(bench: Bench) -> None:
    """Events at the one URL of an app are those of the account whose settings stand in the body."""
    bench.an_event()
    if not bench.connector.reception.data.get("account"):
        raise DoesNotApply("each account has a URL of its own")
    for name, sample in bench.events.items():
        world = bench.world()
        world.post(sample)
        owners = {event.account for event in world.queued}
        expect(owners == {world.account.key}, f"{name}.json is nobody's", "receive", "account")


@check("receive")
def thin_events(bench: Bench) -> None:
    """An event that only says that a record changed leads to one fetch of it, which is understood."""
    bench.an_event()
    thin = [(name, one) for name, one in bench.tellings if one.record is None and not one.deleted]
    if not thin:
        raise DoesNotApply("its events carry their records")
    seen: dict[str, bool] = {}
    for name, resource in sorted({(name, one.resource) for name, one in thin}):
        world = bench.world()
        if not world.vendor.shelf.seed(resource, world.clock()):
            continue
        world.post(bench.events[name])
        events = [event for event in world.queued if event.resource == resource]
        known = [event for event in events if event.id in world.vendor.shelf.records[resource]]
        seen[resource] = seen.get(resource, False) or bool(known)
        _fetched(world, name, resource, known)
    for resource, found in seen.items():
        told = f"what its samples tell of is none of events/{bench.name}/records/{resource}.*.json"
        expect(found, told, "resources", resource, "id")


def _fetched(world: World, name: str, resource: str, events: list[Any]) -> None:
    peppers = [Pepper("1", "a pepper of the bench, long enough")]
    for event in events:
        tale = tell(world.hub, event, peppers)
        calls = world.calls(resource, "get")
        place = ("resources", resource, "get")
        expect(bool(calls) and calls[-1].status == 200, f"what {name}.json names is not found", *place)
        expect(not any(one.deleted for one in tale.tellings), f"{name}.json is taken for a deletion", *place)


@check("receive")
def hostile_requests(bench: Bench) -> None:
    """A thousand spoilt forms of a signed request are answered without a failure of ours."""
    sample = bench.an_event()
    world = bench.world()
    for number, request in enumerate(mutated(world, sample, MUTATIONS, SEED)):
        try:
            status = world.take(request).status
        except Exception as error:
            status = 500
            expect(False, f"mutation {number} raises {type(error).__name__}", "receive")
        expect(status in ALLOWED, f"mutation {number} is answered {status}", "receive")


def _typed(bench: Bench, sample: dict[str, Any], kind: str) -> int:
    return bench.world().post({**sample, "headers": {**sample["headers"], "content-type": kind}}).status


def _reads_body(bench: Bench) -> bool:
    """Whether the signature stands in the body, or is made of its members."""
    signature = bench.connector.reception.data["signature"]
    source = str(signature.get("equals", ""))
    return "body" in source or "body_digest" in signature or "{form}" in str(signature.get("over", ""))


def _events(bench: Bench, sample: dict[str, Any]) -> list[Any]:
    world = bench.world()
    world.post(sample)
    return world.queued


def _keys(bench: Bench, sample: dict[str, Any]) -> set[str]:
    return {event.key for event in _events(bench, sample)}
