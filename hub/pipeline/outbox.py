"""The outbox as it is read: images in the order in which they were written, and what they become.

An image is pending until it is relayed; then it loses the values that it carried, and says what each flow
made of it. One that a flow cannot read is parked with all that it says.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from hub import keys
from hub.store import Item, Store
from hub.times import from_epoch, to_epoch

HOUR = dt.timedelta(hours=1)
PAGE = 100
KEPT = ("entity", "id", "epoch", "changed", "created", "customer", "cause")
"""What stays of an image that was relayed: nothing of it is a value of a record."""


def is_relayed(image: Item) -> bool:
    """Whether the flows were asked about it, and all of them could be."""
    return "relayed" in image.data


def is_pending(image: Item) -> bool:
    """Whether nobody has relayed it, and no person has to."""
    return not is_relayed(image) and image.agenda != keys.PARKED


def relayed(image: Item, now: float, decided: Mapping[str, str]) -> Item:
    """The image after it was relayed. `decided`: flow -> "" where it sends, else why it does not."""
    kept = {name: image.data[name] for name in KEPT if name in image.data}
    data = {**kept, "relayed": from_epoch(now), "decided": dict(decided)}
    return replace(image, data=data, agenda=None, at=None)


def parked(image: Item, now: float, reason: str) -> Item:
    """The image, listed for people; without the reason of an earlier time."""
    return replace(image, data={**image.data, "reason": reason}, agenda=keys.PARKED, at=from_epoch(now))


def between(store: Store, since: str, until: str) -> Iterator[Item]:
    """The images that were written from `since` to before `until` (canonical times), hour by hour."""
    for hour in _hours(since, until):
        for shard in keys.OUTBOX:
            yield from _shard(store, keys.outbox_hour(hour, shard), since, until)


def of_event(store: Store, mark: str, applied_at: str) -> list[Item]:
    """The images that one event caused. `applied_at`: as its marker says."""
    return store.page(keys.outbox_hour(applied_at, mark[0]), prefix=f"{applied_at}#{mark}#").items


def _hours(since: str, until: str) -> Iterator[str]:
    hour = dt.datetime.fromtimestamp(to_epoch(since), dt.UTC).replace(minute=0, second=0, microsecond=0)
    while (at := from_epoch(hour.timestamp())) < until:
        yield at
        hour += HOUR


def _shard(store: Store, pk: str, since: str, until: str) -> Iterator[Item]:
    after: str | None = since
    while after is not None:
        page = store.page(pk, after=after, limit=PAGE)
        for image in page.items:
            if image.key.sk >= until:
                return
            yield image
        after = page.next
