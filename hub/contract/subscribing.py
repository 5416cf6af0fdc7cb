"""How the vendor is told where to send its webhooks."""

from hub.contract.bench import Bench
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.contract.world import World
from hub.pipeline.subscriptions import Looked, look, wish

HOUR = 3601.0


@check("receive")
def subscriptions(bench: Bench) -> None:
    """Subscriptions are made once for all topics, found again, made anew when one is gone, and taken away."""
    if bench.connector.subscribing is None:
        raise DoesNotApply("the vendor has no API for subscriptions")
    world = bench.world()
    held = world.vendor.service.subscriptions
    made = _looked(world, wanted=True)
    expect(made.made > 0 and bool(held), "none is made", "subscribe", "create")
    count = len(held)
    again = _looked(world)
    expect(
        again.state == "ok" and len(held) == count, "those that are there are not found", "subscribe", "list"
    )
    held.pop(next(iter(held)))
    anew = _looked(world)
    expect(anew.made > 0 and len(held) == count, "one that is gone is not made anew", "subscribe", "list")
    _looked(world, wanted=False)
    expect(not held, "they are not taken away", "subscribe", "delete")


def _looked(world: World, *, wanted: bool | None = None) -> Looked:
    """What a look comes to; until it has no trouble with limits."""
    if wanted is not None:
        wish(world.hub, world.account.name, wanted=wanted)
    for _ in range(20):
        world.clock.now += HOUR
        found = look(world.hub)
        for one in found:
            if one.state != "trouble":
                return one
    reason = found[0].error if found else "it is not looked at"
    expect(False, f"it is in trouble: {reason}", "subscribe")
    raise AssertionError
