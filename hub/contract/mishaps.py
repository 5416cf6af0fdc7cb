"""What becomes of writes while the vendor misbehaves: one record each in the end, and no call too many."""

from typing import Any

from hub.connector import Call
from hub.contract.bench import Bench
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.contract.writer import FIRST, WRITES, Writer
from hub.simulator.answers import Answered
from hub.simulator.faults import HTML
from hub.simulator.gate import Rate, read_rate

ASKED = 7.0
"""Seconds that a vendor asks to wait."""

MOST = 120
"""Records of a burst."""

STEPS = 400
TICK = 0.25

TOO_MANY = 429


@check("mishaps", Bench.writable)
def asked_to_wait(bench: Bench, resource: str) -> None:
    """A 429 that says how long to wait is waited for, and the record is written once."""
    writer = Writer(bench, resource)
    writer.prepare()
    answer = writer.world.vendor.too_many(ASKED)
    writer.misbehave(*FIRST, status=answer.status, headers=answer.headers, body={})
    writer.done()
    pause = _pause(writer)
    path = ("responses", 0) if "responses" in bench.connector.data else ()
    expect(pause >= ASKED - 0.01, f"the next call comes after {pause:.1f} s, not {ASKED:.0f}", *path)


@check("mishaps", Bench.writable)
def told_to_stop(bench: Bench, resource: str) -> None:
    """A 429 that does not say how long is not answered by the next call at once."""
    writer = Writer(bench, resource)
    writer.prepare()
    writer.misbehave(*FIRST, status=TOO_MANY, body={}, times=2)
    writer.done()
    expect(_pause(writer) > 0, "the next call comes at once", *writer.path())


@check("mishaps", Bench.writable)
def server_errors(bench: Bench, resource: str) -> None:
    """A 500, a 503 and a connection that is refused are tried again, and end in one record."""
    for fault in ({"status": 500, "body": {}}, {"status": 503, "body": None}, {"lost": True}):
        writer = Writer(bench, resource)
        writer.prepare()
        writer.misbehave(*FIRST, **fault)
        writer.done()
        expect(len(writer.calls(*FIRST)) > 1, "it is not tried again", *writer.path())


@check("mishaps", Bench.writable)
def answer_lost(bench: Bench, resource: str) -> None:
    """A write that was done and whose answer never came ends in one record."""
    _unknown(bench, resource, silent=True, applied=True)


@check("mishaps", Bench.writable)
def request_lost(bench: Bench, resource: str) -> None:
    """A write of which nobody knows, and which was not done, ends in one record."""
    _unknown(bench, resource, silent=True, applied=False)


@check("mishaps", Bench.writable)
def half_an_answer(bench: Bench, resource: str) -> None:
    """Half an answer is no yes: the record is written until it is known to be there, and is one."""
    writer = _shown(bench, resource)
    _is_no_yes(writer, (*writer.path(), "id"), half=True, applied=True)


@check("mishaps", Bench.writable)
def a_page_instead(bench: Bench, resource: str) -> None:
    """A web page with 200, as a captive network answers, is no yes: the record is written."""
    writer, page = _shown(bench, resource), {"content-type": "text/html"}
    _is_no_yes(writer, (*writer.path(), "id"), status=200, body=HTML, headers=page)


@check("mishaps", Bench.writable)
def a_page_for_a_change(bench: Bench, resource: str) -> None:
    """A web page with 200 in answer to a change is no yes: the change is made."""
    writer = Writer(bench, resource)
    update = writer.resource.update
    if update is None or update.id is None:
        raise DoesNotApply("nothing is read of the answer to a change")
    before = writer.done().count
    writer.misbehave("update", status=200, body=HTML, headers={"content-type": "text/html"})
    writer.write(edition=1)
    after = writer.ends_well()
    expect(after.count > before, "the change is lost", *writer.path("update"), "id")


@check("mishaps", Bench.writable)
def changes_that_fail(bench: Bench, resource: str) -> None:
    """A change that is refused for a moment, or whose answer is lost, is made all the same."""
    for fault in ({"status": 500, "body": {}}, {"silent": True, "applied": True}, {"silent": True}):
        writer = Writer(bench, resource)
        writer.updates()
        before = writer.done().count
        writer.misbehave(*WRITES, **fault)
        after = writer.done(edition=1)
        expect(after.count > before, "the change is lost", *writer.path("update"))


@check("mishaps", Bench.writable)
def not_let_in(bench: Bench, resource: str) -> None:
    """A queue or a bus that does not let us in, or is not there, pauses the account; then nothing is lost."""
    writer = _refused(bench, resource, 403, {"code": "AccessDenied", "message": "not authorised"})
    expect(writer.is_paused, "the account is not paused", *writer.path())
    asked = len(writer.calls(*FIRST))
    writer.world.later(60)
    expect(len(writer.calls(*FIRST)) == asked, "it is asked again", *writer.path())
    writer.switch(paused=False, reason=None)
    writer.ends_well()


@check("mishaps", Bench.writable)
def too_large(bench: Bench, resource: str) -> None:
    """A message that is too large is rejected and not sent again; a smaller edition of it is."""
    writer = _refused(bench, resource, 413, {"code": "TooLarge", "message": "the message is too large"})
    writer.world.rest()
    expect(writer.state == "rejected", f"it ends as {writer.state}", *writer.path())
    expect(len(writer.calls(*FIRST)) == 1, "it is sent again", *writer.path())
    writer.done(edition=1)


@check("mishaps", Bench.writable)
def already_there(bench: Bench, resource: str) -> None:
    """The file's words for "there is one already" end in the one record that is there."""
    rules = [(path, rule) for path, rule in _rules(bench, resource) if _is_duplicate(rule)]
    if not rules:
        raise DoesNotApply("the file knows no such answer")
    for path, rule in rules:
        writer = Writer(bench, resource)
        writer.prepare()
        answer = answering(bench, rule)
        writer.misbehave(*FIRST, status=answer.status, headers=answer.headers, body=answer.body, applied=True)
        writer.write()
        writer.world.rest()
        count = writer.world.records(resource)
        expect(count == 1, f"the vendor has {count} records", *path)
        expect(writer.state in ("ok", "settling"), f"it ends as {writer.state}", *path)


@check("mishaps", Bench.writable)
def throttled(bench: Bench, resource: str) -> None:
    """Where another answer than 429 says that it was too much, the account is left alone and not paused."""
    rules = [(path, rule) for path, rule in _rules(bench, resource) if rule["then"] == "throttle"]
    if not rules:
        raise DoesNotApply("only a 429 says so")
    for path, rule in rules:
        writer = Writer(bench, resource)
        writer.prepare()
        answer = answering(bench, rule)
        writer.misbehave(*FIRST, status=answer.status, headers=answer.headers, body=answer.body)
        writer.write()
        expect(not writer.is_paused, "the account is paused", *path)
        writer.ends_well()
        expect(_pause(writer) > 0, "the next call comes at once", *path)


@check("mishaps", Bench.writable)
def within_limits(bench: Bench, resource: str) -> None:
    """A burst of records never exceeds the limits of the file."""
    writer = Writer(bench, resource)
    limits = [rate for call in _first_calls(writer) for rate in _rates(bench, call)]
    if not limits:
        raise DoesNotApply("the file names no limit")
    count = int(min(MOST, max(rate.most for rate in limits) + 10))
    for number in range(1, count + 1):
        writer.tell(number)
        writer.world.clock.now -= 1
    writer.world.run()
    for _ in range(STEPS):
        if not writer.world.has_due:
            break
        writer.world.later(TICK)
    over = writer.world.vendor.meter.over
    named = ", ".join(f"{name} by {times}" for name, times in over.items())
    expect(not over, f"exceeded: {named}", "limit")
    expect(bool(writer.calls()), "nothing was asked for", *writer.path())


@check("mishaps")
def each_rule(bench: Bench) -> None:
    """Each rule of `responses:` decides the answers that it is for: none before it does."""
    document, asked = bench.connector.document, 0
    calls = {path: call for call in _calls(bench) for path, _ in _own_rules(call)}
    for path, rule in [*_shared_rules(bench), *(one for call in _calls(bench) for one in _own_rules(call))]:
        asked += 1
        outcome = bench.connector.meaning(answering(bench, rule).response(), calls.get(path))
        expect(outcome.place == document.place(*path), "an earlier rule decides its answer", *path)
    if not asked:
        raise DoesNotApply("the file has no rules of its own")


def answering(bench: Bench, rule: dict[str, Any]) -> Answered:
    """An answer that a rule is for. Raises NotPlantedError."""
    answered = Answered(200, {}, {})
    answered.satisfy(rule["if"])
    if "status" not in rule["if"] and rule["then"] != "done":
        answered.status = 400
        if answered.read(rule["if"]) is not True:
            answered.status = 200
    return answered


Rule = tuple[tuple[str | int, ...], dict[str, Any]]
"""A rule of `responses:` with its place in the file."""


def _rules(bench: Bench, resource: str) -> list[Rule]:
    """The rules for the answers to a first write: the calls' own, and the connector's."""
    part = bench.connector.resources[resource]
    own = [rule for call in (part.upsert, part.create) if call for rule in _own_rules(call)]
    return [*own, *_shared_rules(bench)]


def _shared_rules(bench: Bench) -> list[Rule]:
    held = bench.connector.data.get("responses") or ()
    return [(("responses", number), rule) for number, rule in enumerate(held)]


def _own_rules(call: Call) -> list[Rule]:
    held = call.data.get("responses") or ()
    return [((*call.path, "responses", number), rule) for number, rule in enumerate(held)]


def _calls(bench: Bench) -> list[Call]:
    """The calls of the file; a bulk shares the rules of the call that it belongs to."""
    return [one.call for one in bench.world().vendor.patterns if not one.bulk]


def _is_duplicate(rule: dict[str, Any]) -> bool:
    """Whether a rule is for a record that is there: it goes on after a refusal that is no throttle."""
    text = rule["if"]
    refused = "body" in text and any(status in text for status in ("400", "412", "422"))
    return rule["then"] in ("retry", "done") and (refused or "409" in text) and "after" not in rule


def _pause(writer: Writer) -> float:
    """Seconds from the first call that went wrong to the next one for this resource."""
    calls = writer.calls()
    failed = next((number for number, one in enumerate(calls) if one.fault), None)
    if failed is None or failed + 1 >= len(calls):
        return 0.0
    return float(calls[failed + 1].at - calls[failed].at)


def _unknown(bench: Bench, resource: str, **fault: bool) -> None:
    writer = Writer(bench, resource)
    writer.prepare()
    _is_no_yes(writer, writer.path(), **fault)


def _is_no_yes(writer: Writer, place: tuple[str, ...], **fault: Any) -> None:
    """What comes of a first write with this fault is not taken for done, and is one record in the end."""
    writer.misbehave(*FIRST, **fault)
    writer.write()
    expect(writer.state != "ok", "it is taken for done", *place)
    writer.ends_well()


def _shown(bench: Bench, resource: str) -> Writer:
    """A writer whose answers show what was made. Raises DoesNotApply."""
    writer = Writer(bench, resource)
    call = writer.resource.upsert or writer.resource.create
    if call is None or call.id is None:
        raise DoesNotApply("nothing is read of the answer")
    if call.is_message:
        raise DoesNotApply("it is AWS that answers a message, and its own client reads it")
    writer.prepare()
    return writer


def _refused(bench: Bench, resource: str, status: int, body: dict[str, str]) -> Writer:
    """A writer of messages whose first one was refused so. Raises DoesNotApply for what is no message."""
    writer = Writer(bench, resource)
    call = writer.resource.upsert or writer.resource.create
    if call is None or not call.is_message:
        raise DoesNotApply("it is written by HTTP")
    writer.prepare()
    writer.misbehave(*FIRST, status=status, body=body)
    writer.write()
    return writer


def _first_calls(writer: Writer) -> list[Any]:
    resource = writer.resource
    return [call for call in (resource.upsert, *resource.find, resource.create) if call]


def _rates(bench: Bench, call: Any) -> list[Rate]:
    written = [*(bench.connector.data.get("limit") or ()), *(call.data.get("limit") or ())]
    return [rate for one in written if (rate := read_rate(one))]
