"""What an operator decides of who is who: merge, split, call an identifier shared, and take any of it back.

A decision is an assertion among those of the sources, so it holds against later events and in any order:
a merge is an identifier that two records assert; a split takes identifiers from records, which are counted
on but no longer joined; a word on an identifier overrules the rules. Each is one transaction with its
entry in the journal; the destinations hear of it by the outbox.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from hub import identity, keys, times
from hub.errors import HubError, RecordError, RetryError
from hub.identity import SAME, Claim, entity_id, namespace
from hub.messages import digest
from hub.pipeline import Hub
from hub.pipeline.contention import ATTEMPTS, come_apart
from hub.pipeline.subjects import CUSTOMER, root_of
from hub.pipeline.unify.journal import Reason
from hub.pipeline.unify.lens import Lens, Moved, renamed
from hub.pipeline.unify.outbox import images
from hub.pipeline.unify.rules import rules
from hub.pipeline.unify.settle import Settled, settle
from hub.pipeline.unify.state import Reading, claim_key, record_key, values, with_data
from hub.pipeline.unify.survey import Mine, Surroundings, survey
from hub.reprs import discreet
from hub.store import Conflict, Item, Key

Ruling = Literal["", "joins", "apart"]
Groups = dict[str, list[str]]


class DecisionError(HubError):
    """The decision cannot be made: the message says why, without a value of a person."""


@discreet("preview")
@dataclass(frozen=True, slots=True)
class Order:
    """Who decides, and why. `preview`: only say what would become of it."""

    actor: str
    reason: str
    preview: bool = False


@discreet("at", "entry")
@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision makes of who belongs together: id -> records, before and after, and of the claims that
    it touches their keys. `entry`: the sort key of its entry in the journal, at the customer `at`."""

    before: Groups
    after: Groups
    claims: tuple[str, ...] = ()
    at: str = ""
    entry: str = ""


@discreet()
@dataclass(frozen=True, slots=True)
class Graph:
    """What a decision changes: items of records and claims, by partition key."""

    members: dict[str, Item]
    claims: dict[str, Claim]


@discreet("op")
@dataclass(frozen=True, slots=True)
class Change:
    """A decision at work: the records in question, what becomes of the graph, its words for the journal.

    `prepared`: the surroundings with what is decided of their roots.
    """

    op: str
    mine: Mine
    apply: Callable[[Surroundings], Graph]
    pairs: Callable[[Surroundings], tuple[tuple[str, str], ...]] = lambda _: ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    prepared: Callable[[Surroundings], Surroundings] = lambda around: around


def merge(hub: Hub, one: str, other: str, order: Order) -> Decision:
    """Make two customers one: their oldest records assert from now on that they are the same.

    Raises DecisionError where either is unknown or both are one already.
    """
    first, second = _root(hub, one), _root(hub, other)
    if first.key == second.key:
        raise DecisionError("they are one customer already")
    pair = sorted(_named_after(root) for root in (first, second))
    claim = keys.claim(CUSTOMER, SAME, digest("\n".join(pair))[:40]).pk
    mine = {record_key(pk): {claim: True} for pk in pair}

    def apply(around: Surroundings) -> Graph:
        now = [times.from_epoch(hub.clock()), ""]
        joined = replace(around.claims[claim], records=frozenset(pair), detached=frozenset())
        return Graph({pk: _asserting(around.members[pk], claim, now) for pk in pair}, {claim: joined})

    return carry_out(hub, Change("merge", mine, apply), order)


def split(hub: Hub, id: str, records: Iterable[str], order: Order) -> Decision:
    """Take some records (their partition keys) out of a customer.

    Identifiers that they share with the rest no longer join them. Raises DecisionError where a record is
    not of this customer, or none or all of them are named.
    """
    root = _root(hub, id)
    apart = frozenset(records)
    if not apart or apart - root.data["records"].keys():
        raise DecisionError("name records of this customer, as `show` lists them")
    if len(apart) == len(root.data["records"]):
        raise DecisionError("some record has to stay")
    mine: Mine = {record_key(pk): {} for pk in root.data["records"]}

    def pairs(around: Surroundings) -> tuple[tuple[str, str], ...]:
        rest = {pk for pk in around.members if pk not in apart}
        shared = [found for found in around.claims.values() if found.joined & apart and found.joined & rest]
        taken = [
            (found, found.joined if namespace(found.key) == SAME else found.joined & apart)
            for found in shared
        ]
        return tuple(sorted((pk, found.key) for found, records in taken for pk in records))

    def apply(around: Surroundings) -> Graph:
        return _detached(around, pairs(around), apart=True)

    return carry_out(hub, Change("split", mine, apply, pairs), order)


def rule(hub: Hub, claim: str, word: Ruling, order: Order) -> Decision:
    """An operator's word on an identifier (a claim's partition key): `apart` (it is shared and joins nobody),
    `joins` (it joins whatever the rules say), or "" (the rules decide again).

    Raises DecisionError where nobody asserts it, or nothing would change.
    """
    reading = _reading(hub)
    claim = reading.lens.lift(claim)
    reading.load([claim_key(claim)])
    item = reading[claim_key(claim)]
    if item is None or not item.data["records"]:
        raise DecisionError("no record asserts this identifier")
    before: Ruling = item.data.get("ruled", "")
    if before == word:
        raise DecisionError("that is how it is already")
    mine: Mine = {record_key(pk): {} for pk in item.data["records"]}

    def apply(around: Surroundings) -> Graph:
        held = around.claims[claim]
        if held.ruled != before or not held.records <= around.members.keys():
            raise RetryError("contended")  # since it was looked at, somebody else asserted or ruled
        if held.why == "degree" and len(held.records) >= rules(hub.catalog, CUSTOMER).guards.records:
            raise DecisionError("too many records share it: it was no longer followed who else does")
        return Graph({}, {claim: replace(held, ruled=word, why="")})

    op = {"apart": "shared", "joins": "joins", "": "unruled"}[word]
    return carry_out(hub, Change(op, mine, apply, extra={"ruled": before, "claim": claim}), order)


def undo(hub: Hub, id: str, entry: str, order: Order) -> Decision:
    """Take back what an entry of a customer's journal (its sort key) tells: a merge is split where it was
    joined, a split is joined, a word on an identifier is what it was before.

    Raises DecisionError for an entry that is not there, or of which nothing is left to take back.
    """
    key = Key(keys.root(CUSTOMER, id).pk, entry)
    found = hub.store.read([key]).get(key)
    if found is None or found.kind != "log":
        raise DecisionError("the journal has no such entry")
    data = renamed(found.data, _reading(hub).lens.lift)
    if "claim" in data:
        return rule(hub, data["claim"], data.get("ruled", ""), order)
    if data["op"] == "merge" and "before" in data:
        return _unmerge(hub, id, data["before"], order)
    if "pairs" in data:
        return _attached(hub, [(record, claim) for record, claim in data["pairs"]], order)
    if len(data.get("via", ())) == 1:  # a rule took them apart
        return rule(hub, data["via"][0], "joins", order)
    raise DecisionError("nothing can be taken back of this entry")


def _unmerge(hub: Hub, id: str, before: Groups, order: Order) -> Decision:
    """Take out those who came: the groups that were joined, less the one whose id stayed."""
    root = _root(hub, id)
    came = {pk for one, records in before.items() if one != id for pk in records}
    left = came & root.data["records"].keys()
    if not left:
        raise DecisionError("nothing of this merge is left to take back")
    return split(hub, root.data["id"], left, order)


def _attached(hub: Hub, pairs: list[tuple[str, str]], order: Order) -> Decision:
    mine: Mine = {record_key(pk): {} for pk, _ in pairs}

    def apply(around: Surroundings) -> Graph:
        return _detached(around, pairs, apart=False)

    return carry_out(hub, Change("merge", mine, apply, lambda _: tuple(pairs)), order)


def _reading(hub: Hub) -> Reading:
    """A reading of the graph as it is under the newest pepper."""
    peppers = identity.peppers(hub.secrets.get(hub.settings.pepper_secret))
    return Reading(hub.store, Lens(peppers[0], {}, hub.clock()))


def _root(hub: Hub, id: str) -> Item:
    root = root_of(hub.store, CUSTOMER, id)
    if root is None:
        raise DecisionError("there is no customer with this id")
    return root


def _named_after(root: Item) -> str:
    records: list[str] = list(root.data["records"])
    return next(pk for pk in records if entity_id(pk) == root.data["id"])


def _asserting(record: Item, claim: str, now: list[str]) -> Item:
    """The record with one claim more, joined by it even where it was taken from the record once."""
    apart = [pk for pk in record.data.get("detached", ()) if pk != claim]
    told = {**record.data["claims"], claim: record.data["claims"].get(claim, now)}
    return with_data(record, claims=told, **({"detached": apart} if "detached" in record.data else {}))


def _detached(around: Surroundings, pairs: Iterable[tuple[str, str]], *, apart: bool) -> Graph:
    """The graph with these identifiers taken from these records, or given back."""
    graph = Graph({}, {})
    for pk, name in pairs:
        record = graph.members.get(pk, around.members.get(pk))
        claim = graph.claims.get(name, around.claims.get(name))
        if record is None or claim is None:
            raise DecisionError("what was decided on is no longer there")
        held = set(record.data.get("detached", ()))
        told = held | {name} if apart else held - {name}
        graph.members[pk] = with_data(record, detached=sorted(told))
        taken = claim.detached | {pk} if apart else claim.detached - {pk}
        graph.claims[name] = replace(claim, detached=taken)
    return graph


def carry_out(hub: Hub, change: Change, order: Order, entity: str = CUSTOMER) -> Decision:
    """Read, compute and write, again when somebody else wrote in between. Raises RetryError in the end."""
    for attempt in range(ATTEMPTS):
        try:
            return _attempt(hub, change, order, entity)
        except (Conflict, Moved):
            come_apart(hub, attempt)
        except RecordError as error:
            raise DecisionError(error.message) from error
    raise RetryError("contended")


def _attempt(hub: Hub, change: Change, order: Order, entity: str) -> Decision:
    reading = _reading(hub)
    around = change.prepared(survey(reading, change.mine))
    graph = change.apply(around)
    pairs = change.pairs(around)
    reason = Reason(
        times.from_epoch(hub.clock()), "", order.actor, order.reason, change.op, pairs, change.extra
    )
    settled = settle(
        reading,
        around,
        {**around.members, **graph.members},
        {**around.claims, **graph.claims},
        rules(hub.catalog, entity),
        reason,
    )
    if not order.preview:
        known = {pk: (root.data["id"], values(root)) for pk in settled.homes if (root := settled.home(pk))}
        cause = {"decision": change.op, "actor": order.actor, "via": "operator"}
        now = hub.clock()
        told = images(
            reading, settled.changed, known, cause, now, times.from_epoch(now), writes=settled.writes
        )
        reading.commit([*settled.writes, *told])
    return _decision(around, graph, settled)


def _decision(around: Surroundings, graph: Graph, settled: Settled) -> Decision:
    entry = next(put.item.key for put in settled.writes if put.item.kind == "log")
    return Decision(
        before={root.data["id"]: sorted(root.data["records"]) for root in around.roots.values()},
        after={id: sorted(root.data["records"]) for id, root in settled.roots.items()},
        claims=tuple(sorted(graph.claims)),
        at=entry.pk.rpartition("#")[2],
        entry=entry.sk,
    )
