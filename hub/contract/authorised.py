"""How calls are authorised, and what becomes of an account whose credential is refused."""

from typing import Any

from hub.contract.bench import Bench
from hub.contract.mishaps import answering
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.contract.writer import WRITES, Writer
from hub.errors import HubError
from hub.simulator.pattern import Pattern

OLD = 120.0
"""Seconds after which a token that is refused is replaced."""


def first_writable(bench: Bench) -> list[str]:
    """One resource that is written; none where none is."""
    return bench.writable()[:1]


@check("credentials")
def every_call_is_authorised(bench: Bench) -> None:
    """Each call of the file that can be rendered carries the credential that the file names."""
    world = bench.world()
    if not bench.connector.auth.data and not bench.connector.base_url:
        raise DoesNotApply("the file has no calls")
    vendor = world.vendor
    if bench.connector.auth.kind:
        vendor.credentials.granting(world.clock())
    secrets = dict(vendor.credentials.held)
    for pattern in vendor.patterns:
        request = _rendered(pattern, world.account, secrets)
        if request is not None:
            signed = pattern.call.signed(request, world.account, secrets, world.clock())
            admitted = vendor.credentials.admits(signed, world.clock())
            expect(admitted, "it is not authorised", *pattern.call.path)


@check("credentials", first_writable)
def refused_for_good(bench: Bench, resource: str) -> None:
    """A credential that is refused for good pauses the account; with another one it goes on."""
    writer = Writer(bench, resource)
    if bench.connector.auth.kind:
        raise DoesNotApply("its credential is a token that is got")
    sent = bench.connector.sent
    if not sent:
        raise DoesNotApply("its calls need no secret")
    writer.prepare()
    others = {**bench.secrets, **{name: bench.others[name] for name in sent}}
    writer.world.vendor.credentials.given = others
    writer.write()
    expect(writer.is_paused, "the account is not paused", "auth")
    asked = len(writer.calls())
    writer.world.later(60)
    expect(len(writer.calls()) == asked, "it is asked again", "auth")
    writer.world.hub.secrets.put(writer.world.account.name, others)
    writer.switch(paused=False, reason=None)
    writer.ends_well()


@check("credentials", first_writable)
def token_refused(bench: Bench, resource: str) -> None:
    """A token that is refused before its time is replaced by another, and the account is not paused."""
    writer = _token(bench, resource)
    writer.done()
    writer.world.clock.now += OLD
    writer.world.vendor.refuse_tokens()
    writer.write(edition=1)
    expect(not writer.is_paused, "the account is paused", "auth")
    writer.ends_well()
    expect(_grants(writer) == 2, f"{_grants(writer)} tokens were asked for", "auth")


@check("credentials", first_writable)
def token_that_ends(bench: Bench, resource: str) -> None:
    """A token is renewed before it ends: no call is refused."""
    writer = _token(bench, resource)
    writer.done()
    writer.world.clock.now = writer.world.vendor.credentials.until + 1
    writer.done(edition=1)
    refused = [one for one in writer.world.vendor.asked if one.status == 401]
    expect(not refused, "a token that had ended was used", "auth", bench.connector.auth.kind)


@check("credentials", first_writable)
def renewed_by_a_rule(bench: Bench, resource: str) -> None:
    """Where another answer than 401 says that a token is over, it is replaced."""
    writer = _token(bench, resource)
    rules = list(enumerate(bench.connector.data.get("responses") or ()))
    rules = [(number, rule) for number, rule in rules if rule["then"] == "renew"]
    if not rules:
        raise DoesNotApply("only a 401 says so")
    writer.done()
    for turn, (number, rule) in enumerate(rules):
        writer.world.clock.now += OLD
        answer = answering(bench, rule)
        writer.misbehave(*WRITES, status=answer.status, headers=answer.headers, body=answer.body)
        writer.write(edition=1 - turn % 2)
        expect(not writer.is_paused, "the account is paused", "responses", number)
        writer.ends_well()


@check("credentials", first_writable)
def token_cannot_be_had(bench: Bench, resource: str) -> None:
    """While no token can be had nothing is written and nothing is lost; then it goes on."""
    writer = _token(bench, resource)
    writer.world.misbehave("token", status=503, body={}, times=2)
    writer.prepare()
    writer.write()
    writer.ends_well()


def _token(bench: Bench, resource: str) -> Writer:
    writer = Writer(bench, resource)
    if not bench.connector.auth.kind:
        raise DoesNotApply("its credential is what an operator set")
    writer.updates()
    return writer


def _grants(writer: Writer) -> int:
    return sum(one.call == "token" and one.status == 200 for one in writer.world.vendor.asked)


def _rendered(pattern: Pattern, account: Any, secrets: dict[str, str]) -> Any:
    scope = {"record": {}, "customer": {"ids": {}}, "id": "1", "key": "k", "topics": ["t"], "topic": "t"}
    try:
        return pattern.call.render(
            {**scope, "address": "https://hub.example/", "other": "2"}, account, secrets
        )
    except (HubError, KeyError):
        return None
