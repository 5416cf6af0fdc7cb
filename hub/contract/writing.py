"""What becomes of records that are written: one each, found again, changed, joined, taken away."""

from hub.contract.bench import Bench
from hub.contract.suite import check
from hub.contract.verdict import DoesNotApply, expect
from hub.contract.writer import FIRST, WRITES, Writer
from hub.errors import RecordError
from hub.pipeline.deliver.calls import Calls
from hub.pipeline.deliver.target import Target

SEVERAL = 5


@check("write", Bench.writable)
def first_write(bench: Bench, resource: str) -> None:
    """The first write makes one record, and its id is remembered."""
    writer = Writer(bench, resource)
    stored = writer.done()
    expect(bool(writer.calls(*FIRST)), "nothing was asked for", *writer.path())
    remote = writer.delivery.data.get("remote")
    if _named_by_us(writer):
        expect(remote is None, "an id is remembered that no answer told", *writer.path())
        return
    told = "no id" if remote is None else "another id"
    expect(remote == stored.id, f"{told} is remembered of it", *writer.path(), "id")


@check("write", Bench.writable)
def second_write(bench: Bench, resource: str) -> None:
    """A second write changes that record, and makes no other."""
    writer = Writer(bench, resource)
    writer.updates()
    before = writer.done().count
    after = writer.done(edition=1).count
    expect(after > before, "the record is as it was", *writer.path("update"))


@check("write", Bench.writable)
def nothing_new(bench: Bench, resource: str) -> None:
    """What is told again and says the same is not written again."""
    writer = Writer(bench, resource)
    writer.done()
    calls = len(writer.calls(*WRITES))
    writer.done()
    expect(len(writer.calls(*WRITES)) == calls, "it is written a second time", *writer.path())


@check("write", Bench.writable)
def found_again(bench: Bench, resource: str) -> None:
    """A record that is there already, and of which nothing is known, is taken for the same one."""
    writer = Writer(bench, resource)
    if not (writer.resource.find or writer.resource.upsert):
        raise DoesNotApply("it can neither be searched nor upserted")
    writer.done()
    writer.world.forget()
    before = len(writer.calls("create"))
    writer.done()
    expect(len(writer.calls("create")) == before, "it is created again", *writer.path("find"))


@check("write", Bench.writable)
def each_search(bench: Bench, resource: str) -> None:
    """Each search finds the record that was written, and nothing where there is none."""
    writer = Writer(bench, resource)
    if not writer.resource.find:
        raise DoesNotApply("it is not searched")
    stored = writer.done()
    scope, tried = writer.scope(), 0
    for number, call in enumerate(writer.resource.find):
        path = ("resources", resource, "find", number)
        try:
            request = call.render(scope, writer.world.account, writer.world.vendor.credentials.held)
        except RecordError:
            continue
        tried += 1
        found = call.hit(writer.world.vendor.send(request), scope)[1]
        expect(found == stored.id, "it does not find it" if found is None else "it finds another id", *path)
    expect(tried > 0, "no search can be made from its record", *writer.path("find"))


@check("write", Bench.writable)
def two_hits(bench: Bench, resource: str) -> None:
    """Two records that a search finds are a conflict for a person: nothing is written."""
    writer = Writer(bench, resource)
    searches = [one for one in writer.resource.find if one.records]
    if not searches or writer.resource.upsert:
        raise DoesNotApply("no search finds two records before it is written")
    stored = writer.done()
    writer.world.vendor.shelf.put(resource, stored.facts, writer.world.clock())
    writer.world.forget()
    before = len(writer.calls(*WRITES))
    writer.write()
    writer.world.rest()
    expect(writer.state == "ambiguous", f"it ends as {writer.state}", *writer.path("find"))
    expect(len(writer.calls(*WRITES)) == before, "one of them is written", *writer.path("find"))


@check("write", Bench.writable)
def gone_there(bench: Bench, resource: str) -> None:
    """A record that was removed there is found or made again."""
    writer = Writer(bench, resource)
    writer.updates()
    first = writer.done()
    for edition, status in ((1, 0), (0, 404), (1, 410)):
        writer.world.vendor.shelf.remove(resource, list(writer.stored)[-1])
        if status and writer.resource.update:
            writer.misbehave("update", status=status, body={})
        writer.write(edition=edition)
        writer.world.rest()
        # A person may be asked about the one that is gone, where the vendor has not told of it.
        writer.is_well(1, "by-hand")
    again = (
        writer.stored.get(first.id) is not first
    )  # a vendor that names records itself has it under another id
    expect(again, "nothing was made again", *writer.path("update"))


@check("write", Bench.writable)
def forgotten_there(bench: Bench, resource: str) -> None:
    """A deletion takes the record away (or empties it), and what is gone already counts as deleted."""
    writer = Writer(bench, resource)
    delete = writer.resource.delete
    if delete is None:
        raise DoesNotApply("its records are not deleted")
    stored = writer.done()
    before = len(writer.calls())
    calls, scope = _calls(writer), {"id": stored.id, "record": {}, "customer": {}, "key": "k"}
    calls.make(delete, scope)
    writer.world.clock.now += 60
    asked = writer.calls()[before:]
    expect(bool(asked) and asked[-1].status < 300, "it does not take it away", *writer.path("delete"))
    calls.make(delete, scope)


@check("write", Bench.writable)
def joined_there(bench: Bench, resource: str) -> None:
    """Two customers who turn out to be one are one record there: merged, or one of them archived."""
    writer = Writer(bench, resource)
    if not (writer.resource.merge or writer.resource.archive):
        raise DoesNotApply("two records cannot be joined")
    if writer.entity != "customer":
        raise DoesNotApply("it is no customer's")
    for number in (1, 2):
        writer.write(number)
    writer.ends_well(2)
    for number in (1, 2):
        fields = {**writer.person(number), "tax_id": None, "loyalty_id": "L-4711"}
        writer.world.clock.now += 60
        writer.world.tell("customer", f"{resource}-{number}", fields)
        writer.world.run()
    writer.world.rest()
    name = "merge" if writer.resource.merge else "archive"
    expect(bool(writer.calls(name)), f"no {name} was asked for", *writer.path(name))
    count = writer.world.records(resource)
    expect(count == 1, f"the vendor has {count} records", *writer.path(name))


@check("write", Bench.writable)
def put_back(bench: Bench, resource: str) -> None:
    """A record that was archived is restored."""
    writer = Writer(bench, resource)
    archive, restore = writer.resource.archive, writer.resource.restore
    if archive is None or restore is None:
        raise DoesNotApply("its records are not archived and restored")
    stored = writer.done()
    calls = _calls(writer)
    calls.make(archive, {"id": stored.id, "other": stored.id, "key": "k"})
    expect(writer.world.records(resource) == 0, "it is not archived", *writer.path("archive"))
    writer.world.clock.now += 60
    calls.make(restore, {"id": stored.id, "key": "k"})
    expect(writer.world.records(resource) == 1, "it is not restored", *writer.path("restore"))


@check("write", Bench.writable)
def same_key(bench: Bench, resource: str) -> None:
    """A write that is repeated has the same idempotency key, and another edition another one."""
    writer = Writer(bench, resource)
    if writer.resource.idempotency is None:
        raise DoesNotApply("the vendor takes no idempotency key")
    writer.misbehave(*FIRST, status=500, body={})
    writer.done()
    made = writer.calls(*FIRST)
    expect(
        len(made) > 1 and all(one.key for one in made),
        "a write has no key",
        "resources",
        resource,
        "idempotency",
    )
    expect(
        len({one.key for one in made}) == 1,
        "the second try has another key",
        "resources",
        resource,
        "idempotency",
    )


@check("write", Bench.writable)
def together(bench: Bench, resource: str) -> None:
    """Records that go in one request come to what they come to one by one."""
    writer = _crowd(bench, resource)
    many = [one for one in writer.calls() if one.size > 1]
    expect(bool(many), "no request held several", *writer.path(), "bulk")
    writer.ends_well(SEVERAL)
    ids = {item.data.get("remote") for item in writer.world.deliveries(resource)}
    expect(
        ids == set(writer.stored), "the ids are not those of the records", *writer.path(), "bulk", "results"
    )


@check("write", Bench.writable)
def changed_together(bench: Bench, resource: str) -> None:
    """Known records that go in one request are each changed."""
    writer = Writer(bench, resource)
    update = writer.resource.update
    if update is None or update.bulk is None:
        raise DoesNotApply("it takes no several changes in one request")
    for number in range(1, SEVERAL + 1):
        writer.done_of(number, SEVERAL)
    before = {id: one.count for id, one in writer.stored.items()}
    _parked(writer, edition=1)
    many = [one for one in writer.calls("update") if one.size > 1]
    expect(bool(many), "no request held several", *writer.path("update"), "bulk")
    writer.ends_well(SEVERAL)
    changed = all(one.count > before[id] for id, one in writer.stored.items())
    expect(changed, "one of them is as it was", *writer.path("update"), "bulk")


@check("write", Bench.writable)
def one_of_many(bench: Bench, resource: str) -> None:
    """Of several records in one request the one that is refused comes again alone; the others are done."""
    writer = Writer(bench, resource)
    bulk = _bulk(writer)
    if "errors" not in bulk:
        raise DoesNotApply("its answers do not say which one was refused")
    writer.misbehave(*FIRST, entry=0)
    _parked(writer, edition=0)
    path = (*writer.path(), "bulk", "errors")
    done = writer.world.states(resource).count("ok")
    expect(done == SEVERAL - 1, f"{done} of {SEVERAL} are done", *path)
    writer.ends_well(SEVERAL)


def _named_by_us(writer: Writer) -> bool:
    """Whether the record has no other name there than what is written (a sku and its place)."""
    others = ("update", "delete", "merge", "archive", "restore")
    upsert = writer.resource.upsert
    return upsert is not None and upsert.id is None and not any(one in writer.resource.data for one in others)


def _crowd(bench: Bench, resource: str) -> Writer:
    """Several records that waited, and were sent together."""
    writer = Writer(bench, resource)
    _bulk(writer)
    _parked(writer, edition=0)
    return writer


def _bulk(writer: Writer) -> dict[str, object]:
    """The `bulk:` of a first write. Raises DoesNotApply."""
    call = writer.resource.upsert
    if call is None or call.bulk is None:
        raise DoesNotApply("one request takes one record")
    return dict(call.bulk.data)


def _parked(writer: Writer, edition: int) -> None:
    """Tell of several while the account is paused, and let them go."""
    for number in range(1, SEVERAL + 1):
        if not edition:
            writer.prepare(number)
    writer.switch(paused=True)
    for number in range(1, SEVERAL + 1):
        writer.tell(number, edition)
    writer.world.run()
    writer.switch(paused=False)
    writer.world.later(400)


def _calls(writer: Writer) -> Calls:
    target = Target.find(writer.world.hub.catalog, f"{writer.world.account.name}.{writer.name}")
    assert target is not None
    return Calls(writer.world.hub, target)
