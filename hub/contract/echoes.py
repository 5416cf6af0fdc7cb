"""What the vendor tells of our own writes: no news, and no second write."""

from typing import Any

from hub import keys
from hub.connector.resource import quiet
from hub.contract.bench import Bench
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.contract.writer import WRITES, Writer
from hub.simulator import NotPlantedError
from hub.simulator.shelf import Stored
from hub.simulator.webhooks import Further, Told, opened, plant, told


@check("write", Bench.writable)
def own_write_told_back(bench: Bench, resource: str) -> None:
    """Our own write, told back by a webhook, makes no second write."""
    bench.receiving()
    writer = Writer(bench, resource)
    sample = _sample(bench, resource)
    if sample is None:
        raise DoesNotApply("no webhook tells of it")
    stored = writer.done()
    before = len(writer.calls(*WRITES))
    writer.world.clock.now += 5
    status = writer.world.post(_echo(writer, sample, stored)).status
    expect(status == 200, f"it is answered {status}", "receive")
    _rests(writer, before)


@check("write", Bench.writable)
def own_write_listed(bench: Bench, resource: str) -> None:
    """Our own write, found by a poll, makes no second write."""
    writer = Writer(bench, resource)
    if writer.resource.list is None:
        raise DoesNotApply("it is not listed")
    writer.done()
    before = len(writer.calls(*WRITES))
    writer.world.clock.now += 1000
    writer.world.poll()
    _rests(writer, before)


def _rests(writer: Writer, before: int) -> None:
    """Nothing more is written, and the record is the same customer's. Raises FailedError."""
    writer.world.run()
    writer.world.rest()
    parked = [item for item in writer.world.items if item.kind == "marker" and item.agenda == keys.PARKED]
    reasons = ", ".join(sorted({str(item.data.get("reason")) for item in parked}))
    expect(not parked, f"it is parked: {reasons}", *writer.path())
    after = len(writer.calls(*WRITES))
    expect(after == before, f"{after - before} more writes come of it", *writer.path("update"))


def _sample(bench: Bench, resource: str) -> dict[str, Any] | None:
    """A sample that tells of the resource as it is."""
    if not bench.connector.receives:
        return None
    plain = [name for name, one in bench.tellings if one.resource == resource and not one.deleted]
    return bench.events[plain[0]] if plain else None


def _echo(writer: Writer, sample: dict[str, Any], stored: Stored) -> dict[str, Any]:
    """The sample as the vendor would send it of this record now."""
    connector = writer.bench.connector
    changed = opened(connector, sample)
    events = [one for one in told(connector, changed) if one.resource == writer.name]
    further = Further(connector)
    row = writer.world.vendor.shelf.row(writer.name, stored)
    for number, one in enumerate(events, 1):
        _put(one, row, connector.resources[writer.name].data.get("record"))
        further.rename(one, 70 + number)
        further.at(one, writer.world.clock())
        old = connector.resources[writer.name].data.get("id")
        if old:
            further.identify(one, _like(old, one, stored.id))
    return changed


def _put(one: Told, row: Any, source: str | None) -> None:
    """The record of an event becomes the row."""
    if one.record is None:
        return
    if isinstance(one.record, dict) and isinstance(row, dict) and source is None:
        one.record.clear()
        one.record.update(row)
    elif source is not None:
        try:
            plant(one, source, _shaped(row, one.record))
        except NotPlantedError:
            raise DoesNotApply("what its webhooks tell is not the record, but made of parts") from None


def _shaped(row: Any, record: Any) -> Any:
    """The row with the names that webhooks have, where a record is put together of others of the body."""
    if not isinstance(row, dict) or not isinstance(record, dict):
        return row
    return {name: row.get(name, old) for name, old in record.items()}


def _like(source: str, one: Told, id: str) -> Any:
    """The id as text or number, as the sample has it."""
    old = quiet(source, one.inner())
    return int(id) if isinstance(old, int) and id.isdigit() else id
