"""Events are read from folders and files as they were recorded."""

import gzip
import json

import pytest

from hub.drift.events import Events
from hub.messages import Event
from tests.hub.drift.project import event, opened, order, person, write


@pytest.fixture
def shop(tmp_path):
    return opened(write(tmp_path / "project"))


def read(shop, path, mapping="shop.customer"):
    catalog, samples = shop
    events = Events(path, samples)
    return [record["id"] for record in events.records(catalog.mappings[mapping])], events.unread


def archived(resource, record, **changes):
    told = {"connector": "shop", "account": "co", "resource": resource, "topic": resource, "id": "1"}
    return Event(**{**told, "event_id": ("1",), "received_at": "", "record": record, **changes}).dumps()


def test_a_folder_is_read_with_what_is_below_it(shop, tmp_path):
    folder = tmp_path / "events" / "day"
    (folder / "records").mkdir(parents=True)
    (folder / "a.json").write_text(json.dumps(event("customer", person(1))))
    (folder / "b.jsonl").write_text(f"{json.dumps(person(2))}\n\n{archived('customer', person(3))}\n")
    with gzip.open(folder / "c.jsonl.gz", "wt") as file:
        file.write(json.dumps(person(4)))
    (folder / "d.json").write_text(json.dumps([person(5), person(6)]))
    (folder / "records" / "customer.7.json").write_text(json.dumps(person(7)))
    (folder / "records" / "order.8.json").write_text(json.dumps(order(8)))
    (folder / "notes.txt").write_text("nothing")
    assert read(shop, folder.parent) == ([1, 2, 3, 4, 5, 6, 7], 0)


def test_records_inside_of_others_are_read_too(shop, tmp_path):
    lines = [
        archived("order", order(1, buyer=person(9))),
        json.dumps(event("order", order(2, buyer=person(8)))),
    ]
    (tmp_path / "e.jsonl").write_text("\n".join(lines))
    assert read(shop, tmp_path / "e.jsonl") == ([9, 8], 0)


def test_other_sources_deletions_and_thin_events_are_passed_over(shop, tmp_path):
    lines = [
        archived("customer", person(), connector="mail"),
        archived("customer", person(), deleted=True),
        archived("customer", None),
        archived("gift", person()),
    ]
    (tmp_path / "e.jsonl").write_text("\n".join(lines))
    assert read(shop, tmp_path / "e.jsonl") == ([], 0)


def test_what_is_no_event_is_counted(shop, tmp_path):
    (tmp_path / "e.jsonl").write_text('{\n"text"\n' + "[" * 100_000 + f"\n{json.dumps(person())}\n")
    assert read(shop, tmp_path / "e.jsonl") == ([1], 3)


def test_a_file_that_is_not_there_is_an_error(shop, tmp_path):
    with pytest.raises(OSError):
        read(shop, tmp_path / "nowhere.json")
