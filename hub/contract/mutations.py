"""Spoilt forms of a signed request: of what anybody may send, and of what only the vendor could sign."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hub.connector import Request
from hub.contract.world import World

_BYTES = (
    b"\x00",
    b"\xff",
    b"{",
    b"]",
    b'"',
    b"\\u",
    b"NaN",
    b"1e999",
    b"[" * 80,
    b"%zz",
    b"\xed\xa0\x80",
    b"null",
)
_TEXTS = ("", "\u00e9", "\ud800", "0", "-1", "t=,v1=", "sha256=", "a" * 5000, "\x00", "null", "é,é")

Mutate = Callable[[Request, random.Random], Request]


def mutated(world: World, sample: dict[str, Any], count: int, seed: int) -> Iterator[Request]:
    """So many spoilt requests; half of them are signed after they were spoilt."""
    rng = random.Random(seed)
    right = world.request(sample)
    for number in range(count):
        request = rng.choice(_MUTATIONS)(right, rng)
        yield _signed(world, request) if number % 2 else request


def _signed(world: World, request: Request) -> Request:
    """As the vendor would sign it, where it can."""
    try:
        return world.connector.sign(request, world.secrets, world.clock())
    except Exception:  # a vendor signs no such thing
        return request


def _body(request: Request, rng: random.Random) -> Request:
    body = request.body
    place = rng.randrange(len(body) + 1)
    cut = rng.randrange(4)
    return replace(request, body=body[:place] + rng.choice(_BYTES) + body[place + cut :])


def _shorter(request: Request, rng: random.Random) -> Request:
    return replace(request, body=request.body[: rng.randrange(len(request.body) + 1)])


def _flipped(request: Request, rng: random.Random) -> Request:
    body = bytearray(request.body or b"x")
    for _ in range(rng.randrange(1, 4)):
        body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    return replace(request, body=bytes(body))


def _header(request: Request, rng: random.Random) -> Request:
    name = rng.choice([*request.headers, "x-unknown"])
    return replace(request, headers={**request.headers, name: rng.choice(_TEXTS)})


def _without_header(request: Request, rng: random.Random) -> Request:
    gone = rng.choice([*request.headers])
    return replace(request, headers={name: text for name, text in request.headers.items() if name != gone})


def _query(request: Request, rng: random.Random) -> Request:
    more = f"{rng.choice(['a', 'hub.mode', 'token', '%ff'])}={rng.choice(['', '%ff', 'subscribe', '1'])}"
    return replace(request, url=f"{request.url}{'&' if '?' in request.url else '?'}{more}")


def _method(request: Request, rng: random.Random) -> Request:
    return replace(request, method=rng.choice(["GET", "PUT", "HEAD", "post"]))


def _path(request: Request, rng: random.Random) -> Request:
    return replace(request, url=request.url + rng.choice(["/", "/x", "%2f", "/..", "%00", "/%ff"]))


def _whole(request: Request, rng: random.Random) -> Request:
    return replace(
        request, body=rng.choice([b"", b"[]", b"{}", b"null", b"1", b'""', b"[[[]]]", b'{"body":{}}'])
    )


_MUTATIONS: tuple[Mutate, ...] = (
    _body,
    _body,
    _shorter,
    _flipped,
    _flipped,
    _header,
    _header,
    _without_header,
    _query,
    _method,
    _path,
    _whole,
)
