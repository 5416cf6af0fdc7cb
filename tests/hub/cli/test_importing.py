"""hub import: what is typed, over the API of a hub in memory with the shipped files."""

import json
import random
import tracemalloc

import pytest

from hub import keys
from hub.cli import importing, main
from hub.connector import HttpResponse
from hub.pipeline.poll import poll
from hub.rows import mark, rows
from tests.hub.cli.served import api
from tests.journey import Day

NOW = "2026-11-20T12:00:00"
HEADER = "id;email;first_name;last_name;date_modified_gmt"


class Office:
    """Somebody imports into a hub."""

    def __init__(self, folder, monkeypatch, capsys):
        self.day, self.folder, self.capsys = Day(), folder, capsys
        self.day.hub.secrets.held["api-key"] = [{"key": "k-2"}]
        self.api = api(self.day.hub)
        monkeypatch.setattr(importing, "api_of", lambda arguments: self.api)
        monkeypatch.setattr(importing, "Shop", lambda: self)
        self.slept = 0
        self.clock, self.meanwhile = self.day.clock, lambda: None

    def sleep(self, seconds):
        self.slept += seconds
        self.day.clock.now += seconds
        self.meanwhile()

    def says(self, *words):
        code = main(["import", *words])
        told = self.capsys.readouterr()
        return code, told.out, told.err

    def file(self, name, text, encoding="utf-8"):
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return str(path)

    def run(self):
        self.day.runner.run()
        return self.day.runner.results

    def item(self, source="woocommerce.co", resource="customer"):
        key = keys.importing(source, resource)
        return self.day.hub.store.read([key])[key].data


@pytest.fixture
def office(tmp_path, monkeypatch, capsys):
    return Office(tmp_path, monkeypatch, capsys)


def line(number, email=None):
    return f"{number};{email or f'p{number}@correo.co'};Ana;Díaz;{NOW}"


def csv_of(*numbers):
    return "\ufeff" + "\r\n".join([HEADER, *map(line, numbers)]) + "\r\n"


def test_a_file_of_excel_comes_in_and_twice_changes_nothing(office):
    path = office.file("customers.csv", csv_of(*range(1, 451)))
    assert office.says("woocommerce", "customer", path)[:2] == (
        0,
        "done: 450 rows, 450 sent on, 0 known already\n",
    )
    kinds = {result.kind for result in office.run() if not isinstance(result, str)}
    assert kinds <= {"applied", "echo"}
    assert len(office.day.customers()) == 450
    before = len(office.day.hub.store.stream)
    assert (
        office.says("woocommerce.co", "customer", path)[1] == "done: 450 rows, 0 sent on, 450 known already\n"
    )
    office.run()
    assert {item.kind for item in office.day.hub.store.stream[before:]} == {"import"}


def test_what_an_import_brings_is_told_as_an_import(office):
    office.says("woocommerce", "customer", office.file("c.csv", csv_of(1)))
    office.run()
    (image,) = [item for item in office.day.hub.store.stream if item.kind == "outbox" and item.version == 1]
    assert image.data["cause"]["via"] == "import"


def test_lines_of_json_are_the_records_of_the_api(office):
    records = [{"id": n, "email": f"p{n}@correo.co", "date_modified_gmt": NOW} for n in (1, 2)]
    path = office.file("c.jsonl", "\n".join(map(json.dumps, records)) + "\n\nnot json\n[1]\n")
    code, out, err = office.says("woocommerce", "customer", path)
    assert (code, out) == (1, "done: 2 rows, 2 sent on, 0 known already\n")
    assert [text[:7] for text in err.splitlines()] == ["line 4:", "line 5:"]


def test_a_dry_run_says_which_lines_are_refused_and_by_which_line_of_the_mapping(office):
    orders = [{"id": n, "total": "10.00", "currency": "COP", "date_modified_gmt": NOW} for n in range(1, 4)]
    orders[1]["id"] = None
    orders[2]["date_modified_gmt"] = "2099-01-01T00:00:00"
    path = office.file("orders.jsonl", "\n".join(map(json.dumps, orders)))
    code, out, _ = office.says("woocommerce", "order", path, "--dry-run")
    assert code == 1
    assert out.splitlines()[0] == "3 rows, 2 refused; nothing was sent"
    assert "1 × missing-id  -  line 2" in out
    assert "1 × future-time  -  line 3" in out
    assert office.api.client.asked == []


def test_what_was_broken_off_is_gone_on_with_where_the_hub_was(office):
    path = office.file("customers.csv", csv_of(*range(1, 1001)))
    send, calls = office.api.client.send, []

    def broken(request):
        calls.append(request)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return send(request)

    object.__setattr__(office.api.client, "send", broken)
    assert office.says("woocommerce", "customer", path)[0] == 130
    assert (office.item()["rows"], office.item()["state"]) == (400, "running")
    assert office.says("woocommerce", "customer", path)[0] == 1
    assert office.says("woocommerce", "customer", path, "--resume")[1].startswith(
        "done: 1000 rows, 1000 sent"
    )
    office.run()
    assert len(office.day.customers()) == 1000


def test_another_file_is_not_gone_on_with(office):
    path = office.file("c.csv", csv_of(1))
    asked = {"source": "woocommerce.co", "resource": "customer", "file": {"mark": "x", "size": 1}}
    office.api.post("/v1/imports", asked)
    code, _, err = office.says("woocommerce", "customer", path, "--resume")
    assert (code, "another file" in err) == (1, True)
    assert "it rests" in office.says("woocommerce", "customer", "--stop")[2]


def test_an_answer_that_was_lost_is_asked_again_without_doubling(office):
    path = office.file("customers.csv", csv_of(*range(1, 401)))
    send, calls = office.api.client.send, []

    def lossy(request):
        calls.append(request)
        answer = send(request)
        return send(request) if len(calls) == 2 else answer

    object.__setattr__(office.api.client, "send", lossy)
    assert office.says("woocommerce", "customer", path)[1] == "done: 400 rows, 400 sent on, 0 known already\n"


def test_the_file_waits_while_many_events_wait(office):
    path = office.file("customers.csv", csv_of(1))
    depths = [5_000, 5_000, 0]
    office.day.hub.inbound.depth = lambda: depths.pop(0)
    assert office.says("woocommerce", "customer", path)[0] == 0
    assert office.slept == 4


def test_the_vendors_api_is_asked_from_the_beginning_by_the_clocks_polls(office):
    office.meanwhile = lambda: poll(office.day.hub)
    partners = [
        {
            "id": n,
            "email": f"p{n}@correo.co",
            "name": "Ana",
            "write_date": f"2019-03-0{n} 10:00:00",
            "active": True,
        }
        for n in (1, 2, 3)
    ]
    office.day.hub.client = Odoo(partners)
    code, out, _ = office.says("odoo", "partner")
    assert (code, out) == (0, "done: 3 rows, 3 sent on, 0 known already\n")
    office.run()
    assert len(office.day.customers()) == 3
    assert (
        office.says("odoo", "partner", "--since", "2019-03-02")[1]
        == "done: 2 rows, 0 sent on, 2 known already\n"
    )


def test_a_dry_run_of_the_vendors_api_sends_nothing(office):
    office.meanwhile = lambda: poll(office.day.hub)
    office.day.hub.client = Odoo([{"id": None, "write_date": "2019-03-01 10:00:00"}])
    code, out, _ = office.says("odoo", "partner", "--dry-run")
    assert (code, out.splitlines()[0]) == (1, "1 rows, 1 refused; nothing was sent")
    assert "missing-id" in out
    assert office.day.hub.inbound.depth() == 0


def test_an_import_that_fails_for_hours_says_so_and_is_gone_on_with(office):
    office.day.hub.client = Odoo([], status=500)
    office.meanwhile = lambda: poll(office.day.hub)
    code, out, err = office.says("odoo", "partner")
    assert (code, out.partition(":")[0], "breaker-open" in err) == (1, "failed", True)
    office.day.hub.client = Odoo([])
    assert office.says("odoo", "partner", "--resume")[0] == 0


class Odoo:
    """Answers searches for partners; every other vendor is empty."""

    def __init__(self, partners, status=200):
        self.partners, self.status = partners, status

    def send(self, request):
        if "/res.partner/search_read" not in request.url:
            return HttpResponse(404)
        asked = json.loads(request.body)
        since = asked["domain"][0][2]
        found = [one for one in self.partners if one["write_date"] >= since]
        return HttpResponse(
            self.status, {}, json.dumps(found[int(asked.get("offset") or 0) :][:100]).encode()
        )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nobody", "x"), "say one of"),
        (("woocommerce", "nothing"), "woocommerce has customer, order"),
        (("woocommerce", "customer"), "has no list"),
        (("odoo", "partner", "--resume"), "nothing to go on with"),
    ],
)
def test_what_cannot_be_imported_is_said(office, words, message):
    code, _, err = office.says(*words)
    assert (code, message in err) == (1, True)


def read(path, form="csv", delimiter="", encoding="utf-8", at=(0, 0)):
    with path.open("rb") as file:
        return list(rows(file, form=form, delimiter=delimiter, encoding=encoding, at=at))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found_and_texts_stay_texts(tmp_path, delimiter):
    path = tmp_path / "x.csv"
    text = delimiter.join(["id", "total", "note"]) + "\r\n" + delimiter.join(["007", '"1.234,50"', '"a\nb"'])
    path.write_text("\ufeff" + text, encoding="utf-8", newline="")
    assert read(path)[0].record == {"id": "007", "total": "1.234,50", "note": "a\nb"}


def test_excels_own_line_and_an_older_encoding_are_read(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes("sep=|\r\nid|name\r\n1|Muñoz, Ana\r\n".encode("cp1252"))
    assert read(path, encoding="cp1252")[0].record == {"id": "1", "name": "Muñoz, Ana"}
    with pytest.raises(Exception, match="line 3 is not utf-8"):
        read(path)


def test_from_any_row_on_the_rest_is_the_same(tmp_path):
    rng = random.Random(3)
    for form in ("csv", "jsonl"):
        path = tmp_path / f"x.{form}"
        texts = ["".join(rng.choices('aé",;\n ', k=rng.randint(1, 9))) for _ in range(60)]
        if form == "csv":
            body = "id,text\n" + "".join(
                '{},"{}"\n'.format(n, t.replace('"', '""')) for n, t in enumerate(texts)
            )
        else:
            body = "".join(json.dumps({"id": n, "text": t}) + "\n" for n, t in enumerate(texts))
        path.write_bytes(body.encode())
        whole = read(path, form)
        assert len(whole) == 60
        for number, row in enumerate(whole[:-1]):
            assert read(path, form, at=(row.end, row.line)) == whole[number + 1 :]


def test_a_large_file_takes_little_memory(tmp_path):
    path = tmp_path / "x.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        file.writelines(line(n) + "\n" for n in range(50_000))
    tracemalloc.start()
    with path.open("rb") as file:
        count = sum(1 for _ in rows(file, form="csv", delimiter="", encoding="utf-8", at=(0, 0)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, peak < 2_000_000) == (50_000, True)
    assert mark(path)["size"] == path.stat().st_size
