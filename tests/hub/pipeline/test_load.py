"""Files in the drop: each line an event, once; what cannot be read is seen; what is broken off goes on."""

import json
from dataclasses import replace

import pytest

from hub import drop, keys
from hub.accounts import Account
from hub.errors import RetryError
from hub.messages import Event
from hub.pipeline.load import AT_ONCE, LEASE, load
from hub.pipeline.poll.turn import DEPTH
from hub.store import Put
from hub.times import from_epoch
from tests.journey import Day

CUSTOMERS = "drop/woocommerce.co/customer/march.csv"
REPORT = "reports/woocommerce.co/customer/march.csv.report.json"
HEADER = "id;email;first_name;last_name;date_modified_gmt"


class Yard:
    """Somebody leaves files for a hub with the shipped files."""

    def __init__(self):
        self.day = Day()
        self.hub, self.clock, self.drop = self.day.hub, self.day.clock, self.day.hub.drop

    def leave(self, name, text):
        self.drop.leave(name, text if isinstance(text, bytes) else text.encode(), self.clock.now)

    def load(self, seconds=600.0):
        return load(self.hub, seconds)

    def run(self):
        self.day.runner.run()
        return [one.kind for one in self.day.runner.results if not isinstance(one, str)]

    def report(self, name=REPORT):
        return json.loads(self.drop.reports[name])

    def parked(self):
        return [item.data["reason"] for item in self.hub.store.agenda(keys.PARKED).items]

    def waiting(self):
        return [Event.loads(stored.message.body) for stored in self.hub.inbound.waiting]


@pytest.fixture
def yard():
    return Yard()


def line(number):
    return f"{number};p{number}@correo.co;Ana;Díaz;2026-11-20T12:00:00"


def csv_of(*numbers):
    return "\r\n".join([HEADER, *map(line, numbers)]) + "\r\n"


def test_a_file_comes_in_and_is_gone_and_its_report_says_how_many(yard):
    yard.leave(CUSTOMERS, csv_of(*range(1, 451)))
    (told,) = yard.load()
    assert (told.state, told.account, told.resource, told.rows, told.sent) == (
        "done",
        "woocommerce.co",
        "customer",
        450,
        450,
    )
    assert set(yard.run()) <= {"applied", "echo"}
    assert len(yard.day.customers()) == 450
    assert yard.drop.held == {}
    report = yard.report()
    assert (report["state"], report["lines"], report["rows"], report["sent"], report["known"]) == (
        "done",
        451,
        450,
        450,
        0,
    )
    assert report["unreadable"] == {"count": 0, "lines": []}


def test_the_same_file_again_under_any_name_changes_nothing(yard):
    yard.leave(CUSTOMERS, csv_of(1, 2))
    yard.load()
    yard.run()
    before = len(yard.hub.store.stream)
    yard.clock.now += 60
    for name in (CUSTOMERS, CUSTOMERS.replace("march", "april")):
        yard.leave(name, csv_of(1, 2))
    assert [(one.state, one.rows, one.sent) for one in yard.load()] == [("done", 2, 0)] * 2
    yard.run()
    assert {item.kind for item in yard.hub.store.stream[before:]} == {"dropped", "lease"}
    assert yard.report()["known"] == 2


def test_what_an_import_of_the_file_brought_is_known(yard):
    yard.leave(CUSTOMERS, csv_of(1))
    yard.load()
    (event,) = yard.waiting()
    assert (event.via, event.topic, event.event_id) == (
        "import",
        "poll/customer",
        ("1", '"2026-11-20T12:00:00.000000Z"'),
    )


def test_lines_that_are_no_rows_are_parked_with_their_text_and_once(yard):
    yard.leave(CUSTOMERS, csv_of(1) + "2;only two cells\r\n" + line(3) + "\r\n")
    (told,) = yard.load()
    assert (told.state, told.rows, told.unreadable) == ("done", 2, 1)
    assert yard.report()["unreadable"] == {"count": 1, "lines": [3]}
    (bad,) = [event for event in yard.waiting() if event.topic.startswith("unread/")]
    assert bad.record == {"file": CUSTOMERS, "line": 3, "text": "2;only two cells\r\n"}
    yard.run()
    assert yard.parked() == ["unreadable"]
    yard.leave(CUSTOMERS, csv_of(1) + "2;only two cells\r\n")
    assert yard.load()[0].sent == 0
    assert yard.parked() == ["unreadable"]


def test_rows_that_the_mapping_refuses_are_named_by_reason_and_line_and_parked(yard):
    orders = [{"id": n, "total": "10.00", "currency": "COP"} for n in range(1, 5)]
    orders[1]["id"] = None
    orders[3]["date_modified_gmt"] = "2099-01-01T00:00:00"
    yard.leave("drop/woocommerce.co/order/o.jsonl", "\n".join(map(json.dumps, orders)))
    (told,) = yard.load()
    assert told.refused == 2
    refused = yard.report("reports/woocommerce.co/order/o.jsonl.report.json")["refused"]
    assert [(one["reason"], one["count"], one["lines"]) for one in refused] == [
        ("missing-id", 1, [2]),
        ("future-time", 1, [4]),
    ]
    yard.run()
    assert sorted(yard.parked()) == ["future-time", "missing-id"]


def test_no_value_of_a_line_stands_in_a_report(yard):
    yard.leave(CUSTOMERS, csv_of(1) + "nora.campos@correo.example\r\n")
    yard.load()
    assert "correo" not in yard.drop.reports[REPORT]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_of_excel_is_read_in_either_of_its_encodings(yard, encoding):
    yard.leave(CUSTOMERS, csv_of(1).encode(encoding))
    yard.load()
    assert [event.record["last_name"] for event in yard.waiting()] == ["Díaz"]


def test_the_time_is_over_and_the_next_load_goes_on_behind_what_is_on_the_queue(yard, monkeypatch):
    monkeypatch.setattr(drop, "CHUNK", 1024)
    monkeypatch.setattr("hub.pipeline.load.BATCH", 50)
    yard.leave(CUSTOMERS, csv_of(*range(1, 251)))
    sent = yard.hub.inbound.send

    def slow(messages):
        sent(messages)
        yard.clock.now += 10

    yard.hub.inbound.send = slow
    (told,) = yard.load(15)
    assert (told.state, told.rows) == ("running", 100)
    assert CUSTOMERS in yard.drop.held
    read = []
    yard.drop.read = lambda file, start, size: (
        read.append(start) or type(yard.drop).read(yard.drop, file, start, size)
    )
    (told,) = yard.load(600)
    assert (told.state, told.rows, told.sent) == ("done", 250, 250)
    assert read[0] == 0
    assert read[1] > 2_500, "behind the header it goes on where it was"
    assert set(yard.run()) <= {"applied", "echo"}
    assert len(yard.day.customers()) == 250


@pytest.mark.parametrize("port", ["inbound", "store", "drop"])
def test_a_crash_at_any_call_loses_no_line_and_tells_none_twice(yard, port, monkeypatch):
    """Each call of a port dies once before it is made, and once after."""
    monkeypatch.setattr("hub.pipeline.load.BATCH", 5)
    text = csv_of(*range(1, 13)) + "no row\r\n"
    names = {"inbound": ["send"], "store": ["commit"], "drop": ["report", "remove", "read"]}[port]
    yard.leave(CUSTOMERS, text)
    calls = yard_calls(yard, port, names)
    for number in range(calls):
        for after in (False, True):
            other = Yard()
            other.leave(CUSTOMERS, text)
            die_at(getattr(other.hub, port), names, number, after)
            with pytest.raises(Death):
                other.load()
            heal(getattr(other.hub, port), names)
            other.clock.now += 600 + LEASE + 1
            other.load()
            other.run()
            assert other.drop.held == {}
            assert len(other.day.customers()) == 12
            assert other.parked() == ["unreadable"]
            assert other.report()["state"] == "done"


class Death(BaseException):
    pass


def yard_calls(yard, port, names):
    """How many calls of these there are."""
    counted = []
    target = getattr(yard.hub, port)
    for name in names:
        made = getattr(target, name)
        setattr(target, name, lambda *a, _made=made, **k: counted.append(1) or _made(*a, **k))
    yard.load()
    return len(counted)


def die_at(target, names, number, after):
    left = [number]
    for name in names:
        made = getattr(target, name)

        def call(*args, _made=made, **kwargs):
            left[0] -= 1
            if left[0] == -1 and not after:
                raise Death
            answer = _made(*args, **kwargs)
            if left[0] == -1:
                raise Death
            return answer

        setattr(target, name, call)


def heal(target, names):
    for name in names:
        delattr(target, name)


def test_live_events_go_first(yard, monkeypatch):
    depths = [DEPTH, DEPTH, 0]
    monkeypatch.setattr(yard.hub.inbound, "depth", lambda: depths.pop(0) if depths else 0)
    yard.leave(CUSTOMERS, csv_of(1))
    before = yard.clock.now
    assert yard.load()[0].state == "done"
    assert yard.clock.now - before == 4


def test_two_loads_do_not_work_at_once(yard):
    yard.leave(CUSTOMERS, csv_of(1))
    sent, others = yard.hub.inbound.send, []

    def meanwhile(messages):
        others.append(yard.load())
        sent(messages)

    yard.hub.inbound.send = meanwhile
    assert yard.load()[0].state == "done"
    assert others == [[]]
    yard.leave(CUSTOMERS, csv_of(2))
    assert yard.load()[0].sent == 1, "and the right to it is given back"


def test_what_was_left_behind_by_a_dead_load_is_taken_up_when_its_time_is_over(yard):
    yard.leave(CUSTOMERS, csv_of(1))
    yard.hub.inbound.send = None
    with pytest.raises(TypeError):
        yard.load()
    yard.hub.store.commit([*lease_until(yard, yard.clock.now + 100)])
    del yard.hub.inbound.send
    assert yard.load() == []
    yard.clock.now += 101
    assert yard.load()[0].state == "done"


def lease_until(yard, until):
    held = yard.hub.store.read([keys.LOADING])[keys.LOADING]
    return [Put(replace(held, data={"until": from_epoch(until)}))]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("drop/march.csv", "a name is drop/<connector>.<account>/<resource>/<name>.csv or .jsonl"),
        ("drop/woocommerce.co/customer/march.xlsx", "a name is drop/"),
        ("drop/woocommerce.mx/customer/march.csv", "accounts.yaml has no such account"),
        ("drop/woocommerce.co/guest/march.csv", "woocommerce has customer, order"),
    ],
)
def test_a_file_for_nobody_stays_and_its_report_says_why_once(yard, name, reason):
    yard.leave(name, csv_of(1))
    (told,) = yard.load()
    assert told.state == "refused"
    assert told.reason.startswith(reason)
    report = "reports/" + name.removeprefix("drop/") + ".report.json"
    assert yard.report(report)["reason"] == told.reason
    del yard.drop.reports[report]
    yard.clock.now += 300
    assert yard.load()[0].state == "refused"
    assert yard.drop.reports == {}
    assert name in yard.drop.held


def test_a_header_that_names_no_columns_is_refused_and_a_better_file_of_that_name_comes_in(yard):
    yard.leave(CUSTOMERS, "id;id\r\n1;2\r\n")
    assert yard.load()[0].reason == "the first row has to name each column once"
    yard.leave(CUSTOMERS, csv_of(1))
    assert yard.load()[0].state == "done"
    assert yard.report()["state"] == "done"


def test_what_is_no_file_of_rows_is_refused_before_it_fills_the_list_of_what_is_parked(yard):
    yard.leave(CUSTOMERS, HEADER + "\r\n" + "nothing,of,this,kind\r\n" * 5000)
    told = yard.load()[0]
    assert told.state == "refused"
    assert told.unreadable == 200
    yard.clock.now += 300
    assert yard.load()[0].unreadable == 200


def test_rows_before_a_line_that_cannot_be_read_come_in(yard):
    yard.leave(CUSTOMERS, csv_of(1, 2) + "x" * (11 * 1024 * 1024))
    told = yard.load()[0]
    assert (told.state, told.sent) == ("refused", 2)
    assert told.reason == "line 4 is too long: 10485760 bytes are the most"


def test_another_file_under_the_same_name_is_not_taken_for_the_first(yard):
    yard.leave(CUSTOMERS, csv_of(*range(1, 1001)))
    commit, changed = yard.hub.store.commit, []

    def put(writes):
        commit(writes)
        if writes[0].item.kind == "dropped" and not changed:
            changed.append(yard.leave(CUSTOMERS, csv_of(7001)))

    yard.hub.store.commit = put
    states = [one.state for one in yard.load()]
    yard.clock.now += 300
    states += [one.state for one in yard.load()]
    assert "done" in states
    assert "7001" in [event.id for event in yard.waiting()]
    assert yard.drop.held == {}


def test_files_of_one_resource_come_in_in_the_order_in_which_they_were_left(yard):
    """The later one wins where its rows say no time of their own."""
    for name, given in (("b", "Ana"), ("a", "Nora")):
        row = {"id": 1, "email": "p1@correo.co", "first_name": given}
        yard.leave(f"drop/woocommerce.co/customer/{name}.jsonl", json.dumps(row))
        yard.clock.now += 60
    assert [one.state for one in yard.load()] == ["done", "done"]
    yard.run()
    (customer,) = yard.day.customers()
    assert customer.data["fields"]["given_name"][0] == "Nora"


def test_a_large_file_does_not_hold_up_a_small_one_of_another_resource(yard):
    yard.leave(CUSTOMERS, csv_of(*range(1, 2001)))
    yard.clock.now += 1
    yard.leave("drop/woocommerce.co/order/o.jsonl", '{"id": 5}')
    yard.load()
    kinds = [event.resource for event in yard.waiting()]
    assert kinds.index("order") <= 2 * 200


def test_more_files_than_may_take_turns_all_come_in(yard):
    for number in range(AT_ONCE + 5):
        yard.leave(f"drop/woocommerce.co/x{number}/f.csv", csv_of(number))
    assert len(yard.load()) == AT_ONCE + 5


def test_a_queue_that_is_not_ready_leaves_the_file_for_the_next_time(yard):
    yard.leave(CUSTOMERS, csv_of(1))
    send = yard.hub.inbound.send

    def refuse(messages):
        raise RetryError("queue")

    yard.hub.inbound.send = refuse
    assert [(one.state, one.reason) for one in yard.load()] == [("busy", "queue")]
    yard.hub.inbound.send = send
    assert yard.load()[0].state == "done"


VISITS = "visita;fecha;vendedor;resultado;cliente_id;empresa;contacto;correo\r\n"
GUESTS = "event,ticket,name,email,consent,checked_in_at\r\n"


@pytest.fixture
def street(yard):
    """A hub with field sellers and an event: what they leave is of people whom the shop knows, too."""
    catalog = yard.hub.catalog
    more = {
        name: Account.of(name, {"country": "CO", "time_zone": "America/Bogota"})
        for name in ("movilventas.co", "attendees.feria")
    }
    moved = replace(catalog)
    moved.__dict__["accounts"] = {**catalog.accounts, **more}
    yard.hub.__dict__["catalog"] = moved
    return yard


def test_a_visit_tells_of_the_customer_who_was_met(street):
    street.leave(
        "drop/movilventas.co/visit/2026-11-20.csv",
        VISITS
        + "V-1;2026-11-20 08:30;Rosa Ibáñez;Pedido;1207;Café Sierra;Mateo Quiroga Peña;mateo@correo.co\r\n",
    )
    street.leave(
        "drop/movilventas.co/customer/all.csv",
        "cliente_id;contacto;correo;actualizado\r\n1207;Mateo Quiroga;mateo@correo.co;2026-11-20 08:31\r\n",
    )
    assert [(one.state, one.sent, one.refused) for one in street.load()] == [("done", 1, 0)] * 2
    street.run()
    (customer,) = street.day.customers()
    fields = {name: value[0] for name, value in customer.data["fields"].items()}
    assert (fields["given_name"], fields["company"]) == ("Mateo", "Café Sierra")
    entries = [item.data for item in street.hub.store.items() if item.kind == "timeline"]
    assert "visit" in {one["entity"] for one in entries}


def test_a_guest_of_an_event_is_the_customer_of_the_shop_with_what_was_said_at_the_door(street):
    street.leave(CUSTOMERS, csv_of(1))
    street.leave(
        "drop/attendees.feria/attendee/feria.csv",
        GUESTS
        + "Feria,A-1,Ana Díaz,P1@correo.co,sí,2026-11-20 09:00\r\nFeria,A-2,Tomás Rey,t@correo.co,,\r\n",
    )
    street.load()
    street.run()
    assert len(street.day.customers()) == 2
    said = [item.data["state"] for item in street.hub.store.items() if item.key.pk.startswith("CON#email#")]
    assert "granted" in said
    assert all(word == "granted" for word in said), "no answer is no consent, and no refusal"
