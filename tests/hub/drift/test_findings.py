"""What a difference means: the lines that it touches, what came of them, and who reads the field."""

import pytest

from hub.drift.findings import Survey
from hub.drift.page import page, plain
from tests.hub.drift.project import event, opened, order, person, write

FLOWS = {
    "flows__sync": (
        "on: customer\nif: customer.stage != `null`\nonce: customer.address.city\nsend: [mail.person]\n"
    ),
    "flows__buy": (
        "on: order\ncancel: {customer: customer.given_name == 'x'}\nwait: 1h\n"
        "send: [{to: mail.person, with: {name: customer.given_name, total: order.total}}]\n"
    ),
}


@pytest.fixture
def shop(tmp_path):
    return opened(write(tmp_path, **FLOWS))


def survey(shop, events, mapping="shop.customer"):
    catalog, samples = shop
    mapping = catalog.mappings[mapping]
    found = Survey(mapping, samples.context(mapping), samples.connector(mapping))
    for record in samples.recorded(mapping):
        found.sample(record)
    for record in samples.examples(mapping):
        found.example(record)
    for record in events:
        found.event(record)
    return found.report(catalog)


def people(count=6, **changes):
    return [person(number, **changes) for number in range(1, count + 1)]


def found(report):
    return [
        (
            one.gravity,
            one.difference.what,
            ".".join(one.difference.path),
            [touch.line.target for touch in one.touched],
        )
        for one in report.mapped
    ]


def test_nothing_differs_from_the_samples_themselves(shop):
    catalog, samples = shop
    report = survey(shop, samples.all(catalog.mappings["shop.customer"]))
    assert (report.mapped, report.rest) == ((), ())
    assert page(report).endswith("nothing differs")


def test_a_required_field_that_is_gone_rejects_the_record(shop):
    report = survey(shop, [order(number, code=...) for number in range(6)], "shop.order")
    assert found(report) == [(5, "vanished", "code", ["number"])]
    assert {str(place): count for place, count in report.rejected.items()} == {
        "mappings/shop.order.yaml:3:3": 6
    }
    assert "record rejected in 6 of 6" in page(report)


def test_the_gravest_comes_first(shop):
    events = people(email=None, first_name=..., kind="X", changed=1795184700, note=4)
    assert found(survey(shop, events)) == [
        (4, "narrowed", "email", ["email"]),
        (2, "widened", "kind", ["stage"]),
        (1, "vanished", "first_name", ["given_name"]),
        (0, "changed", "changed", ["updated_at"]),
    ]


def test_a_finding_names_destinations_and_flows_with_their_lines(shop):
    report = survey(shop, people(first_name=...))
    (touch,) = report.mapped[0].touched
    assert [(one.name, str(one.place)) for one in touch.readers] == [
        ("flow buy", "flows/buy.yaml:2:10"),
        ("mail.person", "flows/buy.yaml:4:33"),
        ("mail.person", "mappings/mail.person.yaml:4:3"),
    ]
    assert page(report).count("mail.person (") == 1


def test_flows_that_decide_by_a_field_are_named(shop):
    report = survey(shop, people(kind=..., place={"floor": None}))
    names = {
        touch.line.target: {one.name for one in touch.readers}
        for one in report.mapped
        for touch in one.touched
    }
    assert names == {"stage": {"flow sync"}, "address.city": {"flow sync"}}


def test_words_that_a_lookup_does_not_list_are_named_with_its_line(shop):
    report = survey(shop, [*people(2), person(3, kind="X"), person(4, kind="Y")])
    (one,) = report.mapped
    assert one.difference.said == 'mappings/shop.customer.yaml:7:30 does not list "X", "Y"'
    assert "not understood, left as it was in 2 of 4" in page(report)


def test_values_of_a_personal_field_are_only_counted(tmp_path):
    text = "entity: customer\nin:\n  given_name: {from: first_name, lookup: {Ada: Ada, Bea: Bea}}\n"
    shop = opened(write(tmp_path, **{"mappings__shop.customer": text}))
    shown = page(survey(shop, [*people(2), person(3, first_name="Secretísima")]))
    assert "does not list 1 of its values" in shown
    assert "Secretísima" not in shown


def test_too_many_strange_words_are_not_listed(shop):
    assert "does not list many values" in page(survey(shop, [person(n, kind=f"K{n}") for n in range(30)]))


def test_lines_inside_of_a_list_are_touched_by_what_is_inside(shop):
    events = [order(number, lines=[{"sku": "A", "cost": "1"}]) for number in range(6)]
    report = survey(shop, events, "shop.order")
    assert found(report) == [(1, "vanished", "lines.[].price", ["items.price"])]


def test_of_a_list_that_is_gone_only_its_own_line_is_told(shop):
    report = survey(shop, [order(number, lines=...) for number in range(6)], "shop.order")
    assert found(report) == [(1, "vanished", "lines", ["items"])]


def test_a_rename_is_recognised_by_name_and_form(shop):
    events = [{**one, "firstName": "Eva"} for one in people(first_name=...)]
    rename = survey(shop, events).mapped[0].rename
    assert (rename.old, rename.new, rename.why) == (("first_name",), ("firstName",), "name, form")


def test_an_object_is_recognised_by_its_members(shop):
    events = [{**one, "location": {"city": "Cali", "floor": None}} for one in people(place=...)]
    rename = survey(shop, events).mapped[0].rename
    assert (rename.new, rename.why) == (("location",), "values")


@pytest.mark.parametrize("other", [{"first_number": 4}, {"unlike": "x"}, {"shipping": {"first_name": "Eva"}}])
def test_what_is_of_another_kind_or_name_or_place_is_no_rename(shop, other):
    report = survey(shop, [{**one, **other} for one in people(first_name=...)])
    assert report.mapped[0].rename is None
    assert [one.difference.what for one in report.rest] == ["new"]


def test_records_that_are_none_are_counted_by_the_line_that_refuses_them(shop):
    report = survey(shop, [[1], *people()])
    assert "rejected: 1 event, by mappings/shop.customer.yaml:2:1" in page(report)


def test_a_record_around_the_fields_is_looked_at_too(tmp_path):
    text = (
        "entity: customer\nrecord: place\nin: {address.city: city, given_name: payload.first_name}\n"
        "consent:\n  email.news: {address: payload.email, state: \"'granted'\"}\n"
    )
    shop = opened(write(tmp_path, **{"mappings__shop.customer": text}))
    assert survey(shop, people()).mapped == ()
    report = survey(shop, people(first_name=..., email=...))
    assert found(report) == [
        (1, "vanished", "payload.email", ["consent email.news"]),
        (1, "vanished", "payload.first_name", ["given_name"]),
    ]


def test_distinct_records_are_counted(shop):
    report = survey(shop, [person(1), person(1), person(2), {"email": "g@correo.example"}])
    assert (report.events, report.records) == (4, 3)


def test_a_report_is_json_too(shop):
    told = plain(survey(shop, [{**one, "firstName": "Eva", "odd": 1} for one in people(first_name=...)]))
    (one,) = told["drift"]
    assert one["renamed"] == {"to": "firstName", "likely": 0.99}
    assert one["lines"][0]["place"] == "mappings/shop.customer.yaml:5:3"
    assert [rest["path"] for rest in told["unmapped"]] == ["odd"]


def test_too_many_paths_are_said(shop, monkeypatch):
    monkeypatch.setattr("hub.drift.shape.PATHS", 20)
    wide = {f"field_{number}": number for number in range(30)}
    assert "more fields than are looked at" in page(survey(shop, [person(1, **wide)]))


def test_what_nobody_reads_is_one_line_unless_asked_for(shop):
    report = survey(shop, people(odd=1, even=2))
    assert page(report).splitlines()[-1] == (
        "0 differences in what is read; 2 differences that no line reads (2 new; --all lists them)"
    )
    assert "new       even: in 6 of 6" in page(report, everything=True)


def test_sample_form_is_read_as_the_connector_reads_it(shop):
    catalog, samples = shop
    mapping = catalog.mappings["shop.customer"]
    (record,) = samples.records(mapping, event("order", order(1, buyer={"email": "g@correo.example"})))
    assert survey(shop, [record]).mapped == ()


def test_what_the_connector_reads_of_a_record_is_named_too(shop):
    report = survey(shop, [order(number, id=..., buyer=...) for number in range(6)], "shop.order")
    assert [(one.gravity, one.difference.path) for one in report.mapped] == [(5, ("id",)), (1, ("buyer",))]
    shown = page(report)
    assert "  connectors/shop.yaml:9:28  id is read of it" in shown
    assert "  connectors/shop.yaml:9:67  contains customer is read of it" in shown
    assert plain(report)["drift"][0]["connector"] == [{"place": "connectors/shop.yaml:9:28", "part": "id"}]


def test_without_a_connector_only_the_mapping_reads(shop):
    catalog, samples = shop
    mapping = catalog.mappings["shop.order"]
    found = Survey(mapping, samples.context(mapping), None)
    for number in range(6):
        found.sample(order(number))
        found.event(order(number, id=...))
    assert found.report(catalog).mapped == ()
