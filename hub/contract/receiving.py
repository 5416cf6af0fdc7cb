"""What a vendor's webhooks have to come to, and what is no webhook of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from hub.connector import Request
from hub.connector.body import CONTENT_TYPES, encode
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
from hub.samples.signing import Endpoint
from hub.simulator import NotPlantedError
from hub.simulator.webhooks import Further, greeting, opened, plant, told
from hub.simulator.writing import another

MUTATIONS = 1000
SEED = 20261123
ALLOWED = frozenset({200, 400, 401, 404, 413, 415})
SIGNATURE = ("receive", "signature")


@check("receive")
def signed_is_taken(bench: Bench) -> None:
    """A webhook that is signed as the file says is taken: 200, and its events are queued."""
    bench.an_event()
    for name, sample in bench.samples.webhooks.items():
        world = bench.world()
        status = world.post(sample).status
        expect(status == 200, f"events/{bench.name}/{name}.json is answered {status}", *SIGNATURE)
        wanted = len(told(bench.connector, sample))
        expect(bool(world.queued) or not wanted, f"{name}.json gives no event", "receive", "events")


@check("receive")
def another_s_signature(bench: Bench) -> None:
    """A webhook signed with another secret is refused: 401, empty."""
    _refused(bench, lambda world, sample: world.request(sample, _others(bench)))


@check("receive")
def no_signature(bench: Bench) -> None:
    """A webhook without a signature is refused: 401, empty."""
    _refused(
        bench, lambda world, sample: _unsigned(world.request(sample), world.request(sample, _others(bench)))
    )


@check("receive")
def malformed_signatures(bench: Bench) -> None:
    """A webhook whose signature is cut off, endless, no text or no hash is refused: 401, empty."""
    header = _header(bench)
    for spoil in _SPOILT:

        def spoilt(world: World, sample: dict[str, Any], spoil: Callable[[str], str] = spoil) -> Request:
            return _with(world.request(sample), header, spoil)

        _refused(bench, spoilt)


@check("receive")
def two_wrong_signatures(bench: Bench) -> None:
    """Two signatures of strangers in one header, as a gateway joins them, are refused: 401, empty."""
    header = _header(bench)
    _refused(
        bench,
        lambda world, sample: _with(
            world.request(sample, _others(bench)), header, lambda text: f"{text},{text}"
        ),
    )


@check("receive")
def signed_for_another_body(bench: Bench) -> None:
    """A signature that was made for another body is refused: 401, empty."""
    header = _header(bench)

    def swapped(world: World, sample: dict[str, Any]) -> Request:
        right = world.request(sample)
        return replace(right, body=right.body + b" ")

    expect(bool(header), "no header holds the signature", *SIGNATURE)
    signature = bench.connector.reception.data["signature"]
    if "{body}" not in signature.get("over", "{body}") and "{form}" not in signature.get("over", ""):
        raise DoesNotApply("the vendor does not sign the body")
    _refused(bench, swapped)


@check("receive")
def stale(bench: Bench) -> None:
    """A webhook that was signed longer ago than the vendor's window is refused: 401, empty."""
    _timed(bench, 1.0)


@check("receive")
def from_the_future(bench: Bench) -> None:
    """A webhook that is signed for later than the vendor's window is refused: 401, empty."""
    _timed(bench, -1.0)


@check("receive")
def rotated_secret(bench: Bench) -> None:
    """After a rotation what was signed with the previous secret is still taken."""
    sample = bench.an_event()
    world = bench.world()
    for name in (world.account.name, bench.name):
        world.hub.secrets.put(name, _others(bench))
    expect(world.post(sample).status == 200, "the previous secret is refused", *SIGNATURE)
    expect(world.post(sample, _others(bench)).status == 200, "the new secret is refused", *SIGNATURE)


@check("receive")
def unknown_account(bench: Bench) -> None:
    """A webhook for an account that is not in accounts.yaml is answered 404."""
    sample = bench.an_event()
    world = bench.world()
    request = world.request(sample)
    path = f"/v1/webhooks/{bench.name}/nobody"
    status = world.take(replace(request, url=f"https://hub.example{path}")).status
    expect(status == 404, f"it is answered {status}", "receive")


@check("receive")
def handshake(bench: Bench) -> None:
    """The vendor's question whether the URL is ours is answered as it wants."""
    bench.receiving()
    sample = bench.greeting("challenge-4711")
    part = bench.connector.reception.data["handshake"]
    reply = bench.world().take(_asked(bench, sample))
    expect(reply.status == 200, f"it is answered {reply.status}", "receive", "handshake", "if")
    echoes = "answer" in part and bool(compile(part["answer"]).names)
    expect(
        not echoes or reply.body == "challenge-4711", "another answer comes", "receive", "handshake", "answer"
    )


@check("receive")
def handshake_of_a_stranger(bench: Bench) -> None:
    """The question of somebody who does not know the token is refused: 401."""
    bench.receiving()
    bench.greeting()
    part = bench.connector.reception.data["handshake"]
    if "secret" not in part:
        raise DoesNotApply("its handshake has no token")
    sample = _greeting_of_a_stranger(bench)
    status = bench.world().take(_asked(bench, sample)).status
    expect(status == 401, f"it is answered {status}", "receive", "handshake", "token")


@check("receive")
def told_twice(bench: Bench) -> None:
    """The same delivery, sent again a quarter of an hour later, gives no second event."""
    bench.an_event()
    for name, sample in bench.events.items():
        world = bench.world()
        world.post(sample)
        first = {event.key for event in world.queued}
        world.clock.now += 900
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
    status = world.post({**sample, "body": broken}).status
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
    bench.an_event()
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
    for name, resource in {(name, one.resource) for name, one in thin}:
        world = bench.world()
        for kind in bench.connector.resources:
            world.vendor.shelf.seed(kind, world.clock())
        world.post(bench.events[name])
        events = [event for event in world.queued if event.resource == resource]
        if not any(event.id in world.vendor.shelf.records[resource] for event in events):
            continue
        _fetched(world, name, resource, events)


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


# How requests are made.

_SPOILT: tuple[Callable[[str], str], ...] = (
    lambda text: "",
    lambda text: text[:-2],
    lambda text: text + "0",
    lambda text: text[::-1],
    lambda text: "x" * 10_000,
    lambda text: "\u00e9" + text[1:],
    lambda text: ",".join(["t=1"] * 20),
)


def _refused(bench: Bench, make: Callable[[World, dict[str, Any]], Request]) -> None:
    sample = bench.an_event()
    world = bench.world()
    reply = world.take(make(world, sample))
    expect(reply.status == 401, f"it is answered {reply.status}", *SIGNATURE)
    expect(reply.body == "" and not world.queued, "the refusal says something", *SIGNATURE)


def _others(bench: Bench) -> dict[str, str]:
    """The secrets of somebody else."""
    return {name: f"{text}-of-another" for name, text in bench.secrets.items()}


def _header(bench: Bench) -> str:
    """The header that holds the signature. Raises DoesNotApply where there is none."""
    bench.an_event()
    header = bench.connector.reception.data["signature"].get("header")
    if not header:
        raise DoesNotApply("no header holds a signature")
    return str(header).lower()


def _with(request: Request, header: str, change: Callable[[str], str]) -> Request:
    held = request.headers.get(header, "")
    return replace(request, headers={**request.headers, header: change(held)})


def _unsigned(right: Request, other: Request) -> Request:
    """A request without what depends on the secret."""
    headers = {name: text for name, text in right.headers.items() if other.headers.get(name) == text}
    if headers != right.headers:
        return replace(right, headers=headers)
    return replace(right, headers=headers, url=right.url.partition("?")[0], query={}, body=b"{}")


def _timed(bench: Bench, direction: float) -> None:
    bench.an_event()
    signature = bench.connector.reception.signature
    within = getattr(signature, "within", None)
    if within is None:
        raise DoesNotApply("the vendor signs no time with a window")

    def late(world: World, sample: dict[str, Any]) -> Request:
        request = world.request(sample)
        world.clock.now += direction * (within + 2)
        return request

    _refused(bench, late)


def _asked(bench: Bench, sample: dict[str, Any]) -> Request:
    """A handshake as it comes: nobody signs it."""
    endpoint = Endpoint.of(bench.connector, bench.account.key)
    query = urlencode(sample["query"])
    url = f"https://hub.example{endpoint.path}" + (f"?{query}" if query else "")
    form = bench.connector.reception.format
    body = b"" if sample["body"] is None else encode(form, sample["body"])
    headers = {"content-type": CONTENT_TYPES[form], **sample["headers"]} if body else sample["headers"]
    return Request(sample["method"], url, sample["query"], headers, body)


def _greeting_of_a_stranger(bench: Bench) -> dict[str, Any]:
    made = greeting(bench.connector, _others(bench), "challenge-4711")
    assert made is not None
    return made


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
