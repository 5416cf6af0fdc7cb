"""What must hold whatever happens: nothing personal and no secret where it does not belong, a file that means
what it says. These checks come last, and look at what all the others left behind."""

import re
from collections.abc import Iterator
from typing import Any

from hub.connector import Call
from hub.connector.arn import Arn
from hub.contract import pen
from hub.contract.bench import Bench
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.errors import HubError
from hub.expressions import EvaluationError, Expression, template
from hub.mapping import Context
from hub.simulator.gate import Credentials
from hub.simulator.holes import leaves
from hub.simulator.pattern import patterns

LONG = 6
"""Characters from which on a value is looked for: shorter ones stand in any text."""

AT = "2026-11-23T17:00:00.000000Z"

_ALWAYS = frozenset({"limits", "errors", "records", "headers", "paging", "events"})
"""Parts that are named by what they are about, and not by a key of the file."""

_URL = re.compile(r"https://[a-z0-9.-]+(:\d+)?/[^\n{}]*", re.IGNORECASE)


@check("hygiene")
def nothing_personal(bench: Bench) -> None:
    """No value of a person stands in a key, a result, a reason or an id of a message."""
    values = _personal(bench)
    for where, text in _said(bench):
        for value in values:
            expect(value not in text, f"a value of a person stands in {where}")


@check("hygiene")
def no_secrets(bench: Bench) -> None:
    """No secret stands in the table, in a queue, in the archive, in a result or in a reason."""
    secrets = {text for text in (*bench.secrets.values(), *bench.others.values()) if len(text) >= LONG}
    for world in bench.worlds:
        held = secrets | {text for text in world.vendor.credentials.granted.values() if len(text) >= LONG}
        for where, text in (*world.texts(), *world.contents()):
            for secret in held:
                expect(secret not in text, f"a secret stands in {where}", "auth")


@check("hygiene")
def calls_can_be_made(bench: Bench) -> None:
    """Each call of the file can be made for an account as `settings:` shows one: a whole address, no hole."""
    world = bench.world()
    credentials = Credentials(bench.connector, world.account, bench.secrets)
    if bench.connector.auth.kind:
        credentials.granting(world.clock())
    made = 0
    for pattern in patterns(bench.connector, lambda: credentials.scope):
        call, place = pattern.call, pattern.call.path
        if "request" not in call.data or pattern.bulk:
            continue
        unset = _unset(bench, call, credentials.scope)
        expect(not unset, f"no account has {unset}", *place)
        try:
            request = call.render(_scope(bench, pattern.resource), world.account, credentials.held)
        except HubError as error:
            expect(_is_of_the_record(error), f"it cannot be made: {error}", *place)
            continue
        made += 1
        expect(_is_address(call, request.url), "its address is none", *place, "request")
        texts = [*request.headers, *request.headers.values()]
        expect(all(text.isprintable() and "None" not in text for text in texts), "a header is odd", *place)
    if not made:
        raise DoesNotApply("the file has no calls")


@check("hygiene")
def standing_is_of_the_file(bench: Bench) -> None:
    """Each part that `standing:` speaks of is in the file."""
    standing = bench.connector.data.get("standing")
    if not standing:
        raise DoesNotApply("the file says nothing of its standing")
    known = set(_keys({name: part for name, part in bench.connector.data.items() if name != "standing"}))
    for name in standing:
        expect(name in known | _ALWAYS, f"the file has no {name}", "standing", name)


@check("hygiene")
def versions_are_told(bench: Bench) -> None:
    """What is listed has a version, and what is fetched one or a time of its event: which state is newer?"""
    read = [one for one in bench.connector.resources.values() if one.get or one.list]
    if not read:
        raise DoesNotApply("nothing is read of the vendor")
    reception = bench.connector.reception.data
    for resource in read:
        name = "list" if resource.list else "get"
        sources = [(resource.data.get(one) or {}).get("version") for one in ("list", "get")]
        # Events without a time (`anew:`) are fetched in the order in which they came in.
        told = None if resource.list else reception.get("at") or reception.get("anew")
        there = any((*sources, resource.data.get("version"), told))
        expect(there, "it names no version", "resources", resource.name, name)


def _personal(bench: Bench) -> set[str]:
    """The values of people that were told and written, in their samples too."""
    people = [pen.person(bench.mapping(name), number) for name in bench.writable() for number in range(1, 6)]
    told = [one.record for _, one in bench.tellings if bench.connector.receives]
    found: set[str] = set()
    for person in people:
        for name in ("email", "phone", "tax_id"):
            found.add(str(person[name]))
        found |= {pen.FAMILY, person["address"]["line1"]}
    for record in told:
        found |= {one for one in leaves(record) if isinstance(one, str) and "@" in one}
    return {one for one in found if len(one) >= LONG}


def _said(bench: Bench) -> Iterator[tuple[str, str]]:
    for world in bench.worlds:
        yield from world.texts()


def _scope(bench: Bench, resource: str) -> dict[str, Any]:
    """What templates may name, as full as the bench can make it."""
    mapping = bench.mapping(resource) if resource else None
    customer = {**pen.person(mapping, 1), "id": "c-1", "ids": {bench.name: "4711"}}
    record: dict[str, Any] = {}
    if mapping is not None:
        own = mapping.entity == "customer"
        fields = customer if own else {**pen.thing(mapping, mapping.model, 1), "id": "e-1"}
        record = mapping.outward(fields, customer, Context(bench.account, AT))
    told = {"key": "key-1", "other": "4712", "since": AT, "until": AT, "after": "1", "topic": "topic"}
    return {
        **told,
        "record": record,
        "customer": customer,
        "id": "4711",
        "topics": ["topic"],
        "address": "https://hub.example/",
    }


def _unset(bench: Bench, call: Call, scope: dict[str, Any]) -> str:
    """An expression over the account (or its secrets) of a call that gives nothing, "" where all do."""
    parts = [
        bench.connector.base_url or "",
        *(call.data.get(name) or "" for name in ("request", "headers", "body")),
    ]
    sources = [one for part in parts for one in template(part).expressions]
    own = [one for one in sources if one.names and one.names <= {"account", "secret"}]
    return next((one.source for one in own if _value(one, scope) is None), "")


def _value(expression: Expression, scope: dict[str, Any]) -> Any:
    try:
        return expression(scope)
    except EvaluationError:
        return None


def _is_address(call: Call, url: str) -> bool:
    return Arn.of(url) is not None if call.is_message else _URL.fullmatch(url) is not None


def _is_of_the_record(error: HubError) -> bool:
    """Whether a call cannot be made because this record lacks what it searches by."""
    return getattr(error, "reason", "") == "missing-value" and "/find/" not in str(error)


def _keys(data: Any) -> Iterator[str]:
    items = data.items() if isinstance(data, dict) else ()
    for name, inner in items:
        yield str(name)
        yield from _keys(inner)
