"""What sources asked of us: to forget somebody, to hand out what we know, to forget a whole account."""

from typing import Any

from hub import keys
from hub.pipeline.erase import accounts
from hub.pipeline.erase.begin import Order, begin, stray, suppress
from hub.pipeline.erase.export import put_away
from hub.pipeline.erase.work import Work
from hub.store import Item, Put

DAYS = 30
"""Days for which a request that was done is kept, and what was handed out: as long as one has to answer."""


def carry_out(work: Work) -> None:
    """Do what is asked, and note what became of it. Raises OutOfTime."""
    do = work.data["do"]
    if do == "erase-account":
        _close(work, "done", accounts=accounts.erase_account(work))
    elif do == "erase":
        _close(work, "done", customer=_erased(work))
    else:
        _export(work)


def _erased(work: Work) -> str:
    """The id of the erasure that begins; somebody whom nobody knows is suppressed all the same."""
    data = work.data
    order = Order(data["source"], data["topic"], data["source"], (*data["records"], *data["claims"]))
    id = _holder(work)
    found = begin(work.hub, id, order) if id else None
    found = found or suppress(work.hub, work.item.key.pk.partition("#")[2], order)
    return str(found.data["customer"])


def _export(work: Work) -> None:
    id = _holder(work)
    name = put_away(work.hub, id) if id else None
    _close(work, "for-a-person" if name else "unknown", customer=id or None, export=name)


def _holder(work: Work) -> str:
    """The customer whom the request means: by the record that it names, else by an identifier."""
    store, data = work.hub.store, work.data
    known = str(data.get("customer", ""))
    return known or stray(store, data.get("records", ())) or stray(store, data.get("claims", ()))


def _close(work: Work, state: str, **told: Any) -> None:
    """Off the list of what is to be done; what a person has to hand out is listed for people."""
    dropped = ("records", "claims", "cursor")
    data = {name: value for name, value in {**work.data, **told}.items() if value is not None}
    data = {name: value for name, value in data.items() if name not in dropped}
    data |= {"state": state, "reason": work.data["do"]}
    listed = work.data["do"] == "export"
    now = work.data["begun"]
    ttl = int(work.hub.clock()) + DAYS * 86_400
    item = Item(work.item.key, "request", data, work.item.version, ttl)
    if listed:
        item = Item(work.item.key, "request", data, work.item.version, ttl, keys.PARKED, now)
    work.hub.store.commit([Put(item)])
