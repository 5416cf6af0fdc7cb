"""Identifiers as the table holds them: under the newest pepper, or still where an older one put them."""

from collections.abc import Iterable

from hub.identity import Pepper
from hub.pipeline.unify.lens import MOVED, Lens, NewPepperError
from hub.pipeline.unify.state import claim_key
from hub.store import Item, Store


def lying(store: Store, pepper: Pepper, named: Iterable[str]) -> dict[str, Item | None]:
    """The claims that these names mean: key under the newest pepper -> the item where it lies now.

    Raises NewPepperError where a pepper is in force that is not known here.
    """
    lens = Lens(pepper, {}, 0.0)
    wanted = dict.fromkeys(lens.lift(pk) for pk in named)
    places = {pk: [claim_key(pk), *map(claim_key, lens.older.get(pk, ()))] for pk in wanted}
    found = store.read(key for held in places.values() for key in held)
    if any((item := found.get(held[0])) and MOVED in item.data for held in places.values()):
        raise NewPepperError("new-pepper", 5)
    live = {key: item for key, item in found.items() if MOVED not in item.data}
    return {pk: next((live[key] for key in held if key in live), None) for pk, held in places.items()}
