"""An erasure outlives the pepper under which it was made."""

from dataclasses import replace

from hub.identity import peppers
from hub.pipeline.erase.restore import readmit, reapply
from hub.pipeline.rekey import brought
from hub.pipeline.serve.search import named
from tests.hub.pipeline.erase.people import Lived, left, shuffled

TWO = {"1": "pepper", "2": "paprika"}


def newer(day):
    day.hub.secrets.held["pepper"] = [TWO]


def test_history_is_dropped_under_a_newer_pepper_too():
    day = Lived()
    day.erase()
    newer(day)
    day.again(shuffled(day.history, 3))
    assert day.customers() == []
    assert left(day) == []


def test_suppressions_are_brought_to_the_newer_pepper_so_that_the_older_one_can_go():
    day = Lived()
    day.erase()
    newer(day)
    brought(day.hub.store, day.hub.store.items(), peppers([TWO])[0], day.clock())
    day.hub.secrets.held["pepper"] = [{**TWO, "floor": "2"}]
    assert reapply(day.hub)["begun"] == 0
    events = [replace(e, id=f"x{e.id}") for e in day.history if e.topic == "customers/create"]
    day.again([replace(e, record={**e.record, "id": 9}) for e in events])
    assert day.customers() == [], "another record, the same identifiers"
    assert readmit(day.hub, named(day.hub, {"email": "lucia.fernandez@correo.example"})) == day.id


def test_a_customer_whose_claims_lie_under_an_older_pepper_is_erased():
    day = Lived()
    newer(day)
    day.erase()
    assert left(day) == []
    kinds = {item.kind for item in day.hub.store.items()}
    assert "claim" not in kinds and "record" not in kinds
    day.again(shuffled(day.history, 4))
    assert day.customers() == []
