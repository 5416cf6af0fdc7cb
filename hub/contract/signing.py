"""Who sent a webhook: what is taken as the vendor's, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hub.connector import Request
from hub.contract.bench import Bench
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.contract.world import World
from hub.expressions import EvaluationError, compile
from hub.simulator.webhooks import greeting, scopes, topic_of

SIGNATURE = ("receive", "signature")

_SPOILT: tuple[Callable[[str], str], ...] = (
    lambda text: "",
    lambda text: text[:-2],
    lambda text: text + "0",
    lambda text: text[::-1],
    lambda text: "x" * 10_000,
    lambda text: "\u00e9" + text[1:],
    lambda text: ",".join(["t=1"] * 20),
)


@check("receive")
def signed_is_taken(bench: Bench) -> None:
    """A webhook that is signed as the file says is taken: 200, and its events are queued."""
    bench.an_event()
    for name, sample in bench.samples.webhooks.items():
        world = bench.world()
        status = world.post(sample).status
        expect(status == 200, f"events/{bench.name}/{name}.json is answered {status}", *SIGNATURE)
        silent = not world.queued and not _is_meant(bench, sample)
        expect(not silent, f"nothing comes of {name}.json: no resource has its topic", "receive", "topic")


@check("receive")
def another_s_signature(bench: Bench) -> None:
    """A webhook signed with another secret is refused: 401, empty."""
    _refused(bench, lambda world, sample: world.request(sample, bench.others))


@check("receive")
def no_signature(bench: Bench) -> None:
    """A webhook without a signature is refused: 401, empty."""
    _refused(bench, lambda world, sample: world.unsigned(sample))


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
            world.request(sample, bench.others), header, lambda text: f"{text},{text}"
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
    over = bench.connector.reception.data["signature"].get("over", "{body}")
    if not any(name in over for name in ("{body}", "{form}")):
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
        world.hub.secrets.put(name, bench.others)
    expect(world.post(sample).status == 200, "the previous secret is refused", *SIGNATURE)
    expect(world.post(sample, bench.others).status == 200, "the new secret is refused", *SIGNATURE)


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
    world = bench.world()
    reply = world.take(world.unsigned(sample))
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
    world = bench.world()
    status = world.take(world.unsigned(_greeting_of_a_stranger(bench))).status
    expect(status == 401, f"it is answered {status}", "receive", "handshake", "token")


def _is_meant(bench: Bench, sample: dict[str, Any]) -> bool:
    """Whether nothing is to come of a sample: it is a handshake, or its resource skips it."""
    request = bench.world().unsigned(sample)
    if bench.connector.handshake(request, bench.secrets) is not None:
        return True
    reception = bench.connector.reception
    known = {*reception.topics, *reception.asks}
    try:
        return any(topic_of(reception, scope) in known for scope in scopes(bench.connector, sample))
    except EvaluationError:
        return False


def _refused(bench: Bench, make: Callable[[World, dict[str, Any]], Request]) -> None:
    sample = bench.an_event()
    world = bench.world()
    reply = world.take(make(world, sample))
    expect(reply.status == 401, f"it is answered {reply.status}", *SIGNATURE)
    expect(reply.body == "" and not world.queued, "the refusal says something", *SIGNATURE)


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


def _greeting_of_a_stranger(bench: Bench) -> dict[str, Any]:
    made = greeting(bench.connector, bench.others, "challenge-4711")
    assert made is not None
    return made
