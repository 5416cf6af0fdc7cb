"""What becomes of acts (a message, an event): each happens once, whatever is answered."""

from hub.contract.bench import Bench
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.contract.writer import Writer

SEND = ("send",)


@check("acts", Bench.sendable)
def sent_once(bench: Bench, resource: str) -> None:
    """An act happens once, and not again when its customer changes."""
    writer = Writer(bench, resource)
    _acted(writer)
    _ends(writer, 1, "done")
    writer.write(number=1)
    _ends(writer, 1, "done")


@check("acts", Bench.sendable)
def sent_again(bench: Bench, resource: str) -> None:
    """An act that a 429, a 500 or a refused connection kept from happening happens once."""
    for fault in ({"status": 429, "body": {}}, {"status": 500, "body": {}}, {"lost": True}):
        writer = Writer(bench, resource)
        writer.misbehave(*SEND, **fault)
        _acted(writer)
        _ends(writer, 1, "done")
        expect(len(writer.calls(*SEND)) > 1, "it is not tried again", *_path(writer))


@check("acts", Bench.sendable)
def sent_and_unanswered(bench: Bench, resource: str) -> None:
    """An act that happened and whose answer never came happens no second time."""
    writer = Writer(bench, resource)
    writer.misbehave(*SEND, silent=True, applied=True)
    _acted(writer)
    writer.world.rest()
    count = len(writer.world.vendor.acts)
    expect(count == 1, f"it happened {count} times", *_path(writer))
    if not writer.repeats:
        raise DoesNotApply("what the vendor does not know again is left to a person, and is not repeated")
    _ends(writer, 1, "done")


@check("acts", Bench.sendable)
def sent_into_nothing(bench: Bench, resource: str) -> None:
    """An act of which nobody knows is repeated where the vendor would know it again, and else not."""
    writer = Writer(bench, resource)
    writer.misbehave(*SEND, silent=True)
    _acted(writer)
    writer.world.rest()
    count = len(writer.world.vendor.acts)
    if writer.repeats or writer.resource.verify:
        expect(count == 1, f"it happened {count} times", *_path(writer))
    else:
        expect(count == 0, "it is repeated on a guess", *_path(writer))


@check("acts", Bench.sendable)
def sent_with_one_key(bench: Bench, resource: str) -> None:
    """An act that is repeated has the same idempotency key."""
    writer = Writer(bench, resource)
    if not writer.repeats:
        raise DoesNotApply("the vendor takes no idempotency key")
    writer.misbehave(*SEND, silent=True, applied=True)
    _acted(writer)
    writer.world.rest()
    made = [one.key for one in writer.calls(*SEND)]
    expect(len(made) > 1 and all(made), "it has no key", "resources", resource, "idempotency")
    expect(len(set(made)) == 1, "the second try has another key", "resources", resource, "idempotency")


def _acted(writer: Writer) -> None:
    """A customer is told of, for whom the act happens."""
    writer.prepare()
    writer.world.clock.now += 1
    writer.world.tell("customer", f"c-{writer.name}-1", writer.person())
    writer.world.run()


def _ends(writer: Writer, count: int, state: str) -> None:
    writer.world.rest()
    acts = len(writer.world.vendor.acts)
    expect(acts == count, f"it happened {acts} times", *_path(writer))
    states = writer.world.states(writer.name)
    expect(states == [state], f"it ends as {states}: {writer.reasons}", *_path(writer))


def _path(writer: Writer) -> tuple[str, ...]:
    return ("resources", writer.name, "send")
