"""What a destination should have of an entity, and what it is known to have.

What it has: per field of `both`, what its own record told since our last write, else what we wrote last;
for the rest, the hash of what we wrote last. So a change that came from there is not sent back to it,
and a value that was set there meanwhile is overwritten when another one won.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub import keys
from hub.errors import RecordError
from hub.golden import DELETED, Register, stored
from hub.ledger import Written, fingerprint, landings, mark
from hub.mapping import Mapping
from hub.messages import digest, dumps, escape
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.receipts import ARCHIVED, DONE_BY_HAND, MERGED, Receipts, dead, freed, receipts
from hub.pipeline.subjects import CUSTOMER, Subject, contained
from hub.reprs import discreet
from hub.store import Item, Key
from hub.times import to_epoch

MARK = 16
"""Digits of a mark that are of the register; what follows is a doubt."""

ANSWER = "!"
"""How a doubt ends that may be an answer to our write (`hub.pipeline.unify.spoken`)."""

LATELY = 600.0
"""Seconds within which an answer to our own write is part of a loop, if it is one."""

NOTHING = digest(dumps({}))
"""Hash of the rest before anything was written: of a record of which `both` says everything."""


@discreet("hash", "same")
@dataclass(frozen=True, slots=True)
class Desire:
    """`record`: what is to be written; `both`: the canonical fields that will be told back, as they will be;
    `members`: of each of them the members that are written, none for a plain field.

    `hash`, `rest`: of the record, and of what of it is not in `both`; `seen`: marks of what the
    destination's own record tells, `then`: as they were at our last write; `remote`: its id there;
    `orphans`: other ids there of the same entity (it was merged); `customer`: as expressions see it;
    `here`: the customer's id at this account; `wrote`: the ledger of that record so far, `landed` when its
    writes had; `same`: the destination has all this already; `repeats`: it told another value since we
    wrote this one, a moment ago; `theirs`: fingerprints of what its own record tells; `receipts`: what became
    of ids there that were superseded; `unsettled`: when a request left of which nobody knows, from us or the
    customer who had the record before; `underway`: the states of deliveries of which a request may be on its
    way, ours and, while no record is known, those of customers merged into this one; `joined`, `put_away`:
    the one that was this customer's, and was merged or archived there when it was another's, too.
    """

    record: dict[str, Any]
    both: dict[str, Any]
    members: dict[str, frozenset[str]]
    hash: str
    rest: str
    seen: dict[str, str]
    then: dict[str, str]
    remote: str | None
    orphans: tuple[str, ...]
    customer: dict[str, Any]
    here: str | None
    wrote: dict[str, Any]
    landed: dict[str, list[Any]]
    same: bool = False
    repeats: bool = False
    theirs: dict[str, str] = field(default_factory=dict)
    receipts: Receipts = field(default_factory=dict)
    unsettled: str | None = None
    underway: tuple[dict[str, Any], ...] = ()
    joined: str = ""
    put_away: str = ""

    def written(self, fields: dict[str, Any]) -> dict[str, Any]:
        """What the ledger notes: what is written, and of its composites the members that are not."""
        rest = {
            f"{field}.{member}": value
            for field, members in self.members.items()
            if members and isinstance(fields.get(field), dict)
            for member, value in fields[field].items()
            if member not in members
        }
        return {**self.both, **rest}

    def with_receipt(self, id: str, state: str, at: str) -> "Desire":
        """The same, after something was done about a superseded id."""
        return replace(self, receipts={**self.receipts, id: [state, at]})

    def at(self, remote: str | None) -> "Desire":
        """The same, at another id there."""
        return replace(self, remote=remote)


def idempotency_key(destination: str, *parts: object) -> str:
    """The same text on every attempt at the same thing: 64 hex digits."""
    return digest(escape(destination, *parts))


def desired(case: Case, subject: Subject) -> Desire:
    """What the destination should have. Raises RecordError when the entity does not fit there."""
    mapping = case.target.mappings.get(subject.entity)
    if mapping is None:
        raise RecordError("no-mapping", f"{case.target.name} has no mapping from {subject.entity}")
    customer, here = customer_there(case, subject.customer)
    context = case.target.context(case.now)
    record = mapping.outward(subject.image, customer, context)
    members = _members(mapping, record)
    told = mapping.told_back(record, context)
    superseded = receipts(case, subject)
    case = freed(case, superseded)
    own = _own_records(case, subject)
    noted = _noted(case, subject)
    states = _by_remote(noted)
    known = list(dict.fromkeys([*states, *own]))
    ids = [id for id in known if id not in dead(superseded)]
    base = states.get(ids[0], {}) if ids else {}
    desire = Desire(
        record=record,
        both={name: told.get(name) for name in members},
        members=members,
        hash=digest(dumps(record)),
        rest=digest(dumps(_without(record, mapping))),
        seen=_marks(own.get(ids[0]) if ids else None, mapping),
        then=_lasting(case, base, "seen"),
        remote=ids[0] if ids else None,
        orphans=tuple(ids[1:]),
        customer=customer,
        here=here,
        wrote=_lasting(case, base, "wrote"),
        landed=landings(case.data.get("landed") or base.get("landed")),
        theirs=_theirs(own.get(ids[0]) if ids else None, members),
        receipts=superseded,
        unsettled=(base.get("inflight") or {}).get("at") or base.get("ambiguous"),
        underway=tuple(data for data in (noted[:1] if ids else noted) if data.get("inflight")),
    )
    if not ids:
        desire = _lost(desire, known)
    data, mine = base or case.data, own.get(ids[0]) if ids else None
    return replace(desire, same=_same(case, data, desire, mine), repeats=_repeats(case, data, desire, mine))


def _lost(desire: Desire, known: Sequence[str]) -> Desire:
    """With the ids that were this entity's until they were superseded: it has no other there."""
    ended = {desire.receipts[id][0]: id for id in known}
    joined = ended.get(MERGED) or ended.get(DONE_BY_HAND) or ""
    return replace(desire, joined=joined, put_away=ended.get(ARCHIVED, ""))


def _lasting(case: Case, base: dict[str, Any], name: str) -> dict[str, Any]:
    """What our last write left in the state: ours, or that of the customer who had the record before."""
    return dict(case.data.get(name) or base.get(name) or {})


def customer_there(case: Case, customer: Subject | None) -> tuple[dict[str, Any], str | None]:
    """The customer as mappings see it (fields, `id`, `ids` by connector), and its id at this account."""
    if customer is None:
        return {"id": None, "ids": {}}, None
    ids: dict[str, str] = {}
    here: str | None = None
    for pk in customer.records:
        told = keys.told(pk)
        if not contained(case.hub.catalog, told):
            ids.setdefault(told.connector, told.id)
            here = here or (told.id if told.destination in case.target.customers else None)
    here = _written(case, customer) or here
    if here:
        ids[case.target.connector.name] = here
    return {**customer.image, "ids": ids}, here


def _written(case: Case, customer: Subject) -> str | None:
    """The customer's id at this account, as our own writes learnt it."""
    wanted = [keys.delivery(name, CUSTOMER, customer.id) for name in case.target.customers]
    found = case.hub.store.read(wanted)
    return next((found[key].data["remote"] for key in wanted if _remote(found.get(key))), None)


def _same(case: Case, data: dict[str, Any], desire: Desire, own: Item | None) -> bool:
    """Whether nothing needs to be written. A request that may still land needs it, and a replay of what is
    not done, or is to be done again.

    `data`: the state of the delivery that wrote the record: ours, or that of a customer merged into ours.
    """
    replayed = case.delivery.replay is not None and case.data.get("state") != "ok"
    if replayed or case.delivery.again or data.get("ambiguous") or data.get("inflight"):
        return False
    if desire.seen == data.get("seen", {}) or own is None:
        return bool(data.get("hash") == desire.hash)
    known = _known(data, desire, own)
    told = all(known[field] == fingerprint(value) for field, value in desire.both.items())
    return told and bool(data.get("rest", NOTHING) == desire.rest)


def _repeats(case: Case, data: dict[str, Any], desire: Desire, own: Item | None) -> bool:
    """Whether something is overwritten that was told in answer to the same value, a moment ago."""
    known = _known(data, desire, own) if own else {}
    for name, there in known.items():
        wanted, said = fingerprint(desire.both[name]), there or desire.theirs[name]
        seen, then = desire.seen.get(name, ""), desire.then.get(name, "")
        moved = seen[:MARK] != then[:MARK] and said not in (wanted, fingerprint(None))
        answered = moved or (seen != then and seen.endswith(ANSWER))
        if answered and _written_lately(case, desire.wrote.get(name, ()), wanted):
            return True
    return False


def _written_lately(case: Case, wrote: Iterable[Any], wanted: str) -> bool:
    return any(known == wanted and case.now - to_epoch(at) < LATELY for known, at, *_ in wrote)


def _known(data: dict[str, Any], desire: Desire, own: Item) -> dict[str, str]:
    """Fingerprint of what the destination has in each field of `both`, "" where nobody can tell."""
    written, said = Written.of(data), stored(own.data.get("registers", {}))
    found = {}
    for name, told in _theirs(own, desire.members).items():
        if name in written.wrote and desire.seen.get(name) == written.seen.get(name):
            found[name] = written.wrote[name][0][0]
        elif _in_doubt(own, name, said.get(name)):
            found[name] = ""
        else:
            found[name] = written.stands(name, told, said.get(name))
    return found


def _in_doubt(own: Item, name: str, register: Register | None) -> bool:
    """Whether the last that was told of a field may have been an echo or not."""
    doubt: str = own.data.get("doubts", {}).get(name, "")
    return doubt > (register.last.at if register else "")


def _theirs(own: Item | None, members: dict[str, frozenset[str]]) -> dict[str, str]:
    """Fingerprints of what the destination's own record tells of the fields that are written."""
    said = stored(own.data.get("registers", {})) if own else {}
    values = {name: said[name].value if name in said else None for name in members}
    return {name: fingerprint(_part(value, members[name])) for name, value in values.items()}


def _part(told: Any, members: frozenset[str]) -> Any:
    """Of a composite the members that we would write: the others are none of our business."""
    if not isinstance(told, dict) or not members:
        return told
    return {member: value for member, value in told.items() if member in members}


def _members(mapping: Mapping, record: dict[str, Any]) -> dict[str, frozenset[str]]:
    """The fields of `both` of which something is written, with the members that are (none: the whole)."""
    found: dict[str, frozenset[str]] = {}
    for there, path in mapping.both.items():
        field, _, member = path.partition(".")
        if _holds(record, there.split(".")):
            found[field] = found.get(field, frozenset()) | ({member} if member else set())
    return found


def _holds(value: Any, path: list[str]) -> bool:
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True


def _marks(own: Item | None, mapping: Mapping) -> dict[str, str]:
    """A mark of each register that the destination's own record told: another one is news from there."""
    registers = own.data.get("registers", {}) if own else {}
    fields = {path.partition(".")[0] for path in mapping.both.values()}
    marks = {name: told for name in fields if name in registers and (told := mark(registers[name]))}
    doubts = own.data.get("doubts", {}) if own else {}
    return marks | {name: f"{marks.get(name, '')}{at}" for name, at in doubts.items() if name in fields}


def _own_records(case: Case, subject: Subject) -> dict[str, Item]:
    """The records at this very destination that the entity is made of, by their id there."""
    wanted: dict[Key, str] = {}
    for pk in subject.records:
        told = keys.told(pk)
        if told.destination == case.target.name and not contained(case.hub.catalog, told):
            wanted[Key(pk, "REC")] = told.id
    found = case.hub.store.read(wanted) if wanted else {}
    return {wanted[key]: found[key] for key in wanted if key in found and not is_gone(found[key])}


def is_gone(record: Item) -> bool:
    """Whether its source says that the record was deleted."""
    return bool(record.data.get("registers", {}).get(DELETED, [None])[0])


def _noted(case: Case, subject: Subject) -> list[dict[str, Any]]:
    """The states of the deliveries of this entity: ours first, then those of customers merged into ours."""
    wanted = [keys.delivery(case.target.name, subject.entity, id) for id in subject.absorbed]
    found = case.hub.store.read(wanted) if wanted else {}
    return [case.data, *(found[key].data for key in wanted if key in found)]


def _by_remote(noted: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Id there -> the first of these states that knows it."""
    states: dict[str, dict[str, Any]] = {}
    for data in noted:
        if remote := data.get("remote"):
            states.setdefault(remote, data)
    return states


def _remote(item: Item | None) -> str | None:
    return item.data.get("remote") if item else None


def _without(record: dict[str, Any], mapping: Mapping) -> dict[str, Any]:
    """The record less what `both` wrote."""
    rest: Any = record
    for path in mapping.both:
        rest = _cut(rest, path.split("."))
    return dict(rest)


def _cut(value: Any, path: list[str]) -> Any:
    if not isinstance(value, dict) or path[0] not in value:
        return value
    kept = {name: inner for name, inner in value.items() if name != path[0]}
    inner = _cut(value[path[0]], path[1:]) if path[1:] else None
    return {**kept, path[0]: inner} if inner else kept


def compared(case: Case, subject: Subject, desire: Desire) -> dict[str, str]:
    """What the destination has of what is desired, by canonical field: `same`, `other` or `nothing`.

    `rest` is the part of the record that is not told back. Of values only fingerprints are kept, so a
    field that differs is named, and what is there is not.
    """
    own, states = _own_records(case, subject), _by_remote(_noted(case, subject))
    base = states.get(desire.remote or "", {}) or case.data
    record = own.get(desire.remote or "")
    known = _known(base, desire, record or Item(case.item.key, "record"))
    nothing = fingerprint(None)
    told = {
        field: "same"
        if known[field] == fingerprint(value)
        else "nothing"
        if known[field] == nothing
        else "other"
        for field, value in desire.both.items()
    }
    if desire.rest != NOTHING:
        told["rest"] = "same" if base.get("rest") == desire.rest else "other" if desire.remote else "nothing"
    return told
