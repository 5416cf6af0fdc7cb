"""The marker and the timeline entry stay within a kilobyte, whatever a source sends."""

import json
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import keys
from hub.connector.resource import LONGEST_ID
from hub.errors import Place, RecordError
from hub.mapping import Incoming
from hub.messages import Event, escape
from hub.pipeline.unify import sizes
from hub.store import Item, Key
from hub.store.dynamodb import encode
from hub.store.units import KB, size
from tests.hub.pipeline.world import World, catalog, event

LONG = "connector_of_a_name", "an_account_of_a_name", "an_event_of_a_name"
letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
texts = st.builds(lambda text, times: text * times, letters, st.sampled_from([1, 3, 40, 400]))
ids = texts.filter(lambda text: text and len(escape(text)) <= LONGEST_ID)
facts = st.dictionaries(
    st.sampled_from(["number", "status", "text", "direction", "kind", "template", "name", "url", "channel"]),
    st.one_of(texts, st.integers(-(10**15), 10**15), st.just({"amount": "12.00", "currency": "COP"})),
)
law = settings(max_examples=200, deadline=None, derandomize=True)
ARCHIVED = [f"raw/2026-11-26/{'a' * 64}.jsonl", 9]
PLACE = "mappings/a_connector_of_a_name.a_resource_of_a_name.yaml:1234:56"


class Leaf:
    """A mapping that says of a record what the record says of itself."""

    name, entity, connector, resource = "shop.order", "order", "shop", "order"

    def inward(self, record, context):
        places = tuple(Place(PLACE, n, 1) for n in range(record["drift"]))
        return Incoming(record["fields"], (), places)


def weight(item):
    return size(encode(item))


def entry(owner, record, topic, facts):
    data = {"entity": "customer", "source": ".".join(LONG[:2]), "topic": topic, "record": record}
    key = keys.timeline(Key(owner, "REC"), "2026-11-26T12:00:00.000000Z", "any")
    return sizes.entry(Item(key, "timeline", {**data, "facts": facts, "archive": ARCHIVED}, 7))


@law
@given(ids, ids, texts, facts)
def test_a_timeline_entry_is_small(owner, record, topic, facts):
    kept = entry(keys.record(*LONG, owner).pk, keys.record(*LONG, record).pk, topic, facts)
    assert weight(kept) <= KB
    for name, value in kept.data["facts"].items():
        whole = facts[name]
        assert value == whole or (value.endswith("…") and whole.startswith(value[:-1]))


def test_a_long_text_is_cut_where_the_entry_is_full_and_the_short_facts_stay_whole():
    told = {"text": "ñandú " * 5_000, "direction": "in", "kind": "text"}
    kept = entry("REC#chat#co#message#1", "REC#chat#co#message#1", "messages", told)
    assert (kept.data["facts"]["direction"], kept.data["facts"]["kind"]) == ("in", "text")
    assert kept.data["facts"]["text"].endswith("…")
    assert KB - 80 < weight(kept) <= KB
    assert list(kept.data["facts"]) == list(told)


def test_an_entry_that_fits_is_as_it_was():
    told = {"text": "Hola", "total": {"amount": "1.00", "currency": "COP"}}
    assert entry("REC#a#b#c#1", "REC#a#b#c#1", "messages", told).data["facts"] == told


def applied(id, parts, topic, drift):
    """The marker of an event whose mapping did not understand so many places."""
    files = catalog()
    files.mappings_of = lambda *_: [Leaf()]
    world = World(files=files)
    one = replace(event(resource="order"), id=id, event_id=tuple(parts), topic=topic)
    one = replace(one, record={"drift": drift, "fields": {"number": "1"}})
    assert world.tell(one).kind == "applied"
    return world.marker(one), world


@law
@given(ids, st.lists(texts, min_size=1, max_size=4), texts, st.integers(0, 200))
def test_a_marker_and_the_entry_beside_it_are_small(id, parts, topic, drift):
    marker, world = applied(id, parts, topic, drift)
    assert weight(marker) <= KB
    assert len(marker.data["drift"]) + marker.data.get("more_drift", 0) == drift
    assert all(weight(item) <= KB for item in world.store.items() if item.kind == "timeline")


def test_the_first_places_of_drift_stand_in_the_marker_with_the_number_of_the_rest():
    marker, _ = applied("1", ["1"], "orders", 200)
    assert marker.data["drift"][0] == f"{PLACE}:0:1"
    assert 3 <= len(marker.data["drift"]) == 200 - marker.data["more_drift"]


@law
@given(st.lists(texts, min_size=1, max_size=4), texts, texts)
def test_a_parked_marker_is_small(parts, topic, message):
    world = World()
    one = replace(event(), event_id=tuple(parts), topic=topic, resource="order")

    def inward(*_):
        raise RecordError("missing-value-of-a-name", message, Place(PLACE, 1, 1))

    leaf = Leaf()
    leaf.inward = inward
    world.hub.catalog.mappings_of = lambda *_: [leaf]
    assert world.tell(one).kind == "parked"
    assert weight(world.marker(one)) <= KB


@pytest.mark.parametrize("parts", [("x" * 500,), ("ñ" * 20, "b"), ("a", "b"), ("1", "a" * 64)])
def test_a_key_names_the_event_again(parts):
    """A replay makes the event of its marker's key, so that it finds the marker."""
    one = Event("shop", "co", "order", "orders/create", "1", parts, "2026-01-01T00:00:00.000000Z")
    named = tuple(map(unquote, one.key.split("#")[3:]))
    assert replace(one, event_id=named).key == one.key


def test_what_is_cut_counts_as_json():
    assert sizes.cut('"' * 50, 20) == '"' * 7 + "…"
    assert sizes.cut("short", 20) == "short"
    assert len(json.dumps(sizes.cut("ñ" * 50, 21), ensure_ascii=False).encode()) <= 21
