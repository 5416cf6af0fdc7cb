"""What an operator decides by the API: merge, split, shared identifiers, and taking any of it back."""

from collections.abc import Callable
from typing import Any

from hub import keys
from hub.pipeline import Hub, decide
from hub.pipeline.decide import Decision, DecisionError, Order, Ruling
from hub.pipeline.serve.exchange import Refusal, bad
from hub.pipeline.serve.journal import ids, name, named, refer, unknown_entry
from hub.pipeline.serve.profile import known
from hub.pipeline.serve.search import asserted, record_of
from hub.pipeline.subjects import CUSTOMER
from hub.store import Key

LONGEST = 500
"""Characters of a reason."""
WORDS: dict[object, Ruling] = {True: "apart", False: "joins", None: ""}
"""What `shared` says of an identifier: true, false, or null for what the rules say."""
_ORDER = ("actor", "reason", "preview")


def merge(hub: Hub, body: dict[str, Any]) -> dict[str, Any]:
    """Make the two customers of `ids` one. Raises Refusal."""
    _only(body, "ids")
    order, pair = order_of(body), body["ids"]
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(id, str) for id in pair):
        raise bad("ids are the ids of two customers")
    one, other = (known(hub, id).data["id"] for id in pair)
    return _decided(order, lambda: decide.merge(hub, one, other, order))


def split(hub: Hub, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take the `records` out of a customer. Raises Refusal."""
    _only(body, "records")
    order, named = order_of(body), body["records"]
    if not isinstance(named, list) or not 0 < len(named) <= 25:
        raise bad("records is a list of 1 to 25, each with source, resource and id")
    apart = [record_of(hub, one).pk for one in named]
    root = known(hub, id)
    return _decided(order, lambda: decide.split(hub, root.data["id"], apart, order))


def shared(hub: Hub, body: dict[str, Any]) -> dict[str, Any]:
    """An operator's word on one identifier: it is `shared` and joins nobody, or (false) it names one person,
    or (null) the rules decide. Raises Refusal."""
    order = order_of(body)
    word = body.get("shared", "")
    if word is not None and not isinstance(word, bool):
        raise bad("shared is true, false or null")
    claim = asserted(hub, {one: told for one, told in body.items() if one not in ("shared", *_ORDER)})
    return _decided(order, lambda: decide.rule(hub, claim.key.pk, WORDS[word], order))


def undo(hub: Hub, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take back what an `entry` of the customer's journal tells. Raises Refusal."""
    _only(body, "entry")
    order, told = order_of(body), body["entry"]
    place = named(told) if isinstance(told, str) else None
    if place is None:
        raise bad("entry is one of the journal, as `log` names it")
    at, sk = place
    key = Key(keys.root(CUSTOMER, at).pk, sk)
    if at not in ids(hub.store, known(hub, id)) or key not in hub.store.read([key]):
        raise unknown_entry()
    return _decided(order, lambda: decide.undo(hub, at, sk, order))


def _decided(order: Order, decision: Callable[[], Decision]) -> dict[str, Any]:
    try:
        made = decision()
    except DecisionError as error:
        raise Refusal(409, "not-possible", str(error)) from error
    entry = name(Key(keys.root(CUSTOMER, made.at).pk, made.entry))
    return {
        "preview": order.preview,
        "before": refer(made.before),
        "after": refer(made.after),
        "customer": made.at,
        "entry": None if order.preview else entry,
    }


def order_of(body: dict[str, Any]) -> Order:
    """Who takes the responsibility, and why. Raises Refusal(400)."""
    actor, reason, preview = (body.get(name, "") for name in _ORDER)
    if not _text(actor, 100) or not _text(reason, LONGEST):
        raise bad("actor and reason are texts: who decides, and why")
    if preview not in (True, False, ""):
        raise bad("preview is true or false")
    return Order(actor.strip(), reason.strip(), preview is True)


def _text(told: object, longest: int) -> bool:
    return isinstance(told, str) and len(told.strip()) > 0 and len(told) <= longest


def _only(body: dict[str, Any], name: str) -> None:
    if set(body) - {name, *_ORDER} or name not in body:
        raise bad(f"the body has {name}, actor, reason and preview")
