import json

import pytest

from hub import keys
from hub.connector import HttpResponse
from hub.errors import RetryError
from hub.messages import Event
from hub.pipeline.poll import Polled, poll
from hub.store import Conflict
from tests.memory_hub import memory_hub

CURSOR = keys.cursor("shop.co", "order")


@pytest.fixture
def hub():
    return memory_hub()


def page(*ids, next=None, day="2026-11-23"):
    orders = [{"id": id, "updated_at": f"{day}T0{id}:00:00Z"} for id in ids]
    return HttpResponse(200, {}, json.dumps({"orders": orders, "next": next}).encode())


def answers(hub, *given):
    hub.client.answers = list(given)


def events(hub):
    return [Event.loads(stored.message.body) for stored in hub.inbound.waiting]


def cursor(hub):
    return hub.store.read([CURSOR])[CURSOR].data


def again(hub):
    """A quarter of an hour later it is asked again."""
    hub.clock.now += 900
    return poll(hub)


def asked(hub):
    return [request.url.partition("?")[2].replace("%3A", ":") for request in hub.client.asked]


def test_the_first_poll_starts_a_day_back_and_asks_for_the_overlap_too(hub):
    answers(hub, page(1))
    assert poll(hub) == [Polled("shop.co", "order", 1, sent=1)]
    assert asked(hub) == ["since=2026-11-22T03:59:00.000000Z"]
    assert hub.client.asked[0].headers["Authorization"] == "Bearer t"


def test_a_record_comes_as_an_event_of_its_version(hub):
    answers(hub, page(1))
    poll(hub)
    (event,) = events(hub)
    assert (event.source, event.resource, event.topic, event.via) == (
        "shop.co",
        "order",
        "poll/order",
        "import",
    )
    assert (event.id, event.at) == ("1", "2026-11-23T01:00:00.000000Z")
    assert event.record == {"id": 1, "updated_at": "2026-11-23T01:00:00Z"}
    key = event.key
    answers(hub, page(1))
    again(hub)
    assert {event.key for event in events(hub)} == {key}


def test_all_pages_are_asked_for_and_then_the_cursor_moves_to_the_newest(hub):
    answers(hub, page(3, next="b"), page(1, 2))
    assert poll(hub)[0].records == 3
    assert asked(hub)[1] == "since=2026-11-22T03:59:00.000000Z&page=b"
    assert cursor(hub)["since"] == "2026-11-23T03:00:00.000000Z"
    assert "page" not in cursor(hub)


def test_a_poll_that_runs_out_of_pages_is_gone_on_with(hub):
    answers(hub, page(1, next="b"), page(2, next="c"))
    assert poll(hub, pages=2)[0].records == 2
    assert cursor(hub)["page"] == "c"
    answers(hub, page(3))
    poll(hub)
    assert asked(hub)[2] == "since=2026-11-22T03:59:00.000000Z&page=c"
    assert cursor(hub)["since"] == "2026-11-23T03:00:00.000000Z"


def test_a_poll_that_runs_out_of_time_is_gone_on_with(hub):
    answers(hub, page(1, next="b"), page(2))
    assert poll(hub, seconds=0)[0].records == 1
    assert cursor(hub)["page"] == "b"


def test_nothing_new_leaves_the_cursor_where_it_was(hub):
    answers(hub, page(1), page(), page(1, day="2026-11-20"))
    for _ in range(3):
        again(hub)
        assert cursor(hub)["since"] == "2026-11-23T01:00:00.000000Z"


def test_a_time_in_the_future_does_not_move_the_cursor_beyond_now(hub):
    answers(hub, page(1, day="2099-01-01"))
    poll(hub)
    assert cursor(hub)["since"] == "2026-11-23T04:00:00.000000Z"


def test_the_cursor_stays_when_the_queue_did_not_take_the_records():
    class Failing:
        def send(self, messages):
            raise RetryError("queue")

        def depth(self):
            return 0

    hub = memory_hub(inbound=Failing())
    answers(hub, page(1))
    assert poll(hub) == [Polled("shop.co", "order", 0, "queue")]
    assert "since" not in cursor(hub)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (HttpResponse(401), "status-401"),
        (HttpResponse(500), "status-500"),
        (HttpResponse(400), "status-400"),
        (HttpResponse(200, {}, b"<html>"), "unreadable-answer"),
        (RetryError("timeout"), "timeout"),
    ],
)
def test_the_trouble_of_a_source_is_told_and_not_raised(hub, answer, error):
    answers(hub, answer)
    assert poll(hub) == [Polled("shop.co", "order", 0, error)]
    assert events(hub) == []


def test_a_source_that_asks_to_wait_is_left_alone_so_long(hub):
    answers(hub, HttpResponse(429, {"retry-after": "30"}), page(1))
    assert poll(hub)[0].error == "status-429"
    assert poll(hub) == []
    hub.clock.now += 31
    assert poll(hub)[0].records == 1


def test_a_page_that_has_expired_is_forgotten(hub):
    answers(hub, page(1, next="b"))
    poll(hub, pages=1)
    answers(hub, HttpResponse(400))
    poll(hub)
    assert cursor(hub)["page"] is None
    assert cursor(hub)["since"] == "2026-11-22T04:00:00.000000Z"


def test_a_missing_secret_is_told(hub):
    hub.secrets.held.clear()
    assert poll(hub)[0].error == "missing-secret"


def test_two_polls_at_once_leave_it_to_one(hub):
    def conflict(writes):
        raise Conflict([CURSOR])

    answers(hub, page(1))
    hub.store.commit = conflict
    assert poll(hub) == [Polled("shop.co", "order", 0, "polled-elsewhere")]


def test_records_without_id_or_version_are_named_by_their_content(hub):
    answers(hub, HttpResponse(200, {}, b'{"orders": [{"n": 1}, {"n": 2}]}'))
    poll(hub)
    first, second = events(hub)
    assert (first.id, first.at) == ("", None)
    assert first.key != second.key


def test_a_row_that_says_that_it_is_gone_comes_as_a_deletion(hub, monkeypatch):
    answers(hub, page(1, 2))
    order = hub.catalog.connectors["shop"].resources["order"]
    monkeypatch.setitem(order.data["list"], "deleted", "id == `2`")
    poll(hub)
    assert [(event.id, event.deleted) for event in events(hub)] == [("1", False), ("2", True)]
