"""The fast path: a known record tells more of what it is, and no identifier is new.

No claim is touched and no other record read: the root holds the folded winners, its version guards them.
"""

from collections.abc import Iterable
from typing import Any

from hub.golden import DELETED, Member, Register, Value, decide, overlay
from hub.messages import Event
from hub.pipeline.unify.contests import CONTESTED, GRANTED, contested, unmatched
from hub.pipeline.unify.rules import CUSTOMER, Rules
from hub.pipeline.unify.spoken import spoken
from hub.pipeline.unify.state import (
    Changed,
    Outcome,
    Reading,
    registers,
    root_key,
    values,
    with_data,
)
from hub.pipeline.unify.telling import Telling
from hub.store import Item, Put

_UNTOLD = (None,)
"""A field that nobody has told."""


def attach(reading: Reading, telling: Telling, rules: Rules, event: Event) -> Outcome | None:
    """The outcome of a telling that changes nobody's identity; None when it may, or needs other records."""
    record = reading[telling.record]
    root = reading[root_key(record)] if record else None
    if record is None or root is None or not _settled(record, root, telling, rules, event):
        return None
    heard = spoken(reading, telling, event, [root.data["id"], *root.data["absorbed"]])
    again = heard.again(record)
    rest = heard.registers(without=again)
    held = registers(record, rest)
    said, moved = overlay(held, rest)
    if not moved and not again and not heard.doubts and not heard.stood:
        return Outcome(root.data["id"], values(root), news=heard.news)
    stored = {**record.data.get("registers", {}), **again, **said, **heard.stood}
    fresh = {name: said[name] for name in moved if _is_news(said[name], held.get(name))}
    link = fresh.pop(CUSTOMER, None)
    if DELETED in stored or (link and not _stays(link, held.get(CUSTOMER), root)):
        return None
    if not all(_local(name, one, record.key.pk, root, rules) for name, one in fresh.items()):
        return None
    after = with_data(root, fields=_refold(telling, root, rules, fresh))
    after = contested(after, record.key.pk, telling.role, rules, fresh)
    fields = values(after)
    back = (
        unmatched(telling, rules, heard, {**heard.registers(), **said}, fields) if telling.destination else ()
    )
    put = Put(with_data(record, registers=stored, **heard.noted(record, telling.at)))
    changes = _changes(telling, root, record, fields, fresh, back)
    return Outcome(root.data["id"], fields, (put, Put(after)), changes, news=heard.news)


def _changes(
    telling: Telling,
    root: Item,
    record: Item,
    fields: dict[str, Any],
    fresh: Iterable[str],
    back: tuple[str, ...],
) -> tuple[Changed, ...]:
    """What the outbox tells, where a value moved or has to be put back.

    `fresh`: the fields of which anything is new; `back`: those that the record's system is told otherwise.
    """
    before = root.data["fields"]
    names = tuple(sorted(name for name in fresh if before.get(name, _UNTOLD)[0] != fields[name]))
    if not names and not back:
        return ()
    where = (telling.entity, root.data["id"], root.version + 1)
    told = (record.key.pk, *back) if back else ()
    return (Changed(*where, fields, names, root.data["customer"], created=False, back=told),)


def _is_news(register: Register, held: Register | None) -> bool:
    """Whether folding can tell the difference: a value that was only confirmed wins and loses as before."""
    return held is None or (register.value, register.since) != (held.value, held.since)


def _settled(record: Item, root: Item, telling: Telling, rules: Rules, event: Event) -> bool:
    return (
        _known(record.data["claims"], telling, event)
        and telling.created >= record.data["created"]
        and root.data["state"] == "active"
        and record.key.pk in root.data["records"]
        and root.data["revision"] == rules.revision
    )


def _known(held: dict[str, list[str]], telling: Telling, event: Event) -> bool:
    """Whether the record has asserted all of it before, and not only later at its source."""
    now = [telling.at, event.mark]
    return all(pk in held and held[pk] <= now for pk in telling.claims)


def _stays(register: Register, held: Register | None, root: Item) -> bool:
    """Whether the order is still this customer's: it is told again, and not only since an earlier time, which
    may let another record's customer win."""
    goes_back = held is not None and held.value == register.value and register.since < held.since
    return bool(register.value == root.data["customer"]) and not goes_back


def _local(name: str, register: Register, record: str, root: Item, rules: Rules) -> bool:
    """Whether the new winner follows from the old winner and this record alone."""
    if register.value is None or rules.policies[name].keep == "union":
        return False
    if isinstance(register.value, dict):  # completed from what other records say
        return False
    if name in root.data.get(CONTESTED, ()) or name in root.data.get(GRANTED, ()):
        return False
    if rules.role(record) == rules.policies[name].owner and register.since.at <= _latest(root):
        return False  # somebody else may have said otherwise later
    winner = Value(*root.data["fields"][name]) if name in root.data["fields"] else None
    return not (winner and winner.record == record and register.since < winner[2:])


def _latest(root: Item) -> str:
    """When any of its records was told something last."""
    return str(root.data["fields"]["updated_at"][0])


def _refold(telling: Telling, root: Item, rules: Rules, moved: dict[str, Register]) -> dict[str, list[Any]]:
    """The root's winners after the record of this telling moved, each with its provenance."""
    fields: dict[str, list[Any]] = dict(root.data["fields"])
    pk, at, born = telling.record.pk, telling.at, root.data["records"]
    for name, register in moved.items():
        rivals = [(Member(pk, telling.role, born[pk], {}), register)]
        winner = Value(*fields[name]) if name in fields else None
        if winner and winner.record != pk:
            other = Member(winner.record, rules.role(winner.record), born[winner.record], {})
            rivals.append((other, Register.of(winner.value, *winner[2:])))
        fields[name] = list(decide(rivals, rules.policies[name]))
    if [at, pk] > fields["updated_at"][:2]:
        fields["updated_at"] = [at, pk, at, "", 0]
    return fields
