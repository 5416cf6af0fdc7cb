import json

import pytest

from hub.connector import Answer, Connector, HttpResponse, scope_of
from hub.documents import parse

SHOP = """
responses:
  - {if: "status == `409`", then: retry}
  - {if: "status == `429`", then: retry, after: {from: 'headers."x-reset"', unit: ms}}
  - {if: "status == `503`", then: retry, after: {from: body.wait}}
  - {if: "status == `400` && contains(body.Errors[].Code || `[]`, 'duplicate')", then: done}
  - {if: "contains(body.code, 'x')", then: reject}
  - {if: "status == `207`", then: reject}
resources:
  contact:
    get: {request: "GET /c/{id}", record: contact}
    list: {request: GET /c, records: results}
    find: [{request: GET /c, id: "[0].id"}]
    upsert: {request: PUT /c, id: id}
    delete: {request: DELETE /c}
"""


def shop(text=SHOP):
    return Connector(parse(text, "connectors/shop.yaml"))


def response(status, body=None, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    return HttpResponse(status, {name.replace("_", "-"): text for name, text in headers.items()}, raw)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "done"),
        (204, "done"),
        (207, "reject"),
        (302, "reject"),
        (400, "reject"),
        (401, "pause"),
        (403, "pause"),
        (404, "missing"),
        (408, "retry"),
        (409, "retry"),
        (410, "missing"),
        (422, "reject"),
        (425, "retry"),
        (429, "retry"),
        (500, "retry"),
        (599, "retry"),
    ],
)
def test_each_status_has_a_meaning(status, kind):
    outcome = shop().meaning(response(status))
    assert (outcome.kind, outcome.reason) == (kind, f"status-{status}")


def test_a_rule_of_the_connector_comes_first_and_names_its_line():
    assert shop().meaning(response(409)).place.file == "connectors/shop.yaml"
    assert shop().meaning(response(500)).place is None
    assert shop().meaning(response(400, {"Errors": [{"Code": "duplicate"}]})).kind == "done"
    assert shop().meaning(response(400, {"Errors": [{"Code": "other"}]})).kind == "reject"


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, 0.0),
        ({"retry_after": "30"}, 30.0),
        ({"retry_after": "0"}, 1.0),
        ({"retry_after": "999999999"}, 86400.0),
        ({"retry_after": "9" * 5000}, 86400.0),
        ({"retry_after": "soon"}, 0.0),
        ({"retry_after": "-5"}, 0.0),
        ({"retry_after": "Mon, 23 Nov 2026 04:01:00 GMT", "date": "Mon, 23 Nov 2026 04:00:00 GMT"}, 60.0),
        ({"retry_after": "Mon, 23 Nov 2026 03:00:00 GMT", "date": "Mon, 23 Nov 2026 04:00:00 GMT"}, 1.0),
        ({"retry_after": "Mon, 23 Nov 2026 04:01:00 GMT"}, 0.0),
        ({"retry_after": "Mon, 99 Nov 2026 04:01:00 GMT"}, 0.0),
    ],
)
def test_the_wait_that_a_vendor_asks_for_is_between_a_second_and_a_day(headers, after):
    assert shop().meaning(response(500, **headers)).after == after


def test_a_date_without_a_date_header_is_counted_from_now():
    outcome = shop().meaning(
        response(500, retry_after="Mon, 23 Nov 2026 04:01:00 -0000"), now=1_795_406_400.0
    )
    assert outcome.after == 60.0


@pytest.mark.parametrize(("reset", "after"), [("2500", 2.5), ("soon", 1.0), ("nan", 1.0)])
def test_a_rule_may_say_where_the_wait_is_written(reset, after):
    assert shop().meaning(response(429, x_reset=reset)).after == after


def test_a_wait_may_be_in_the_body():
    assert shop().meaning(response(503, {"wait": 7})).after == 7.0
    assert shop().meaning(response(503)).after == 1.0
    assert shop().meaning(response(409, retry_after="9")).after == 9.0


@pytest.mark.parametrize("body", [b"<html>", b'{"id": ', b"", [], {"other": 1}, b"[" * 100_000])
def test_a_yes_that_does_not_show_the_id_is_unknown(body):
    outcome = shop().meaning(response(200, body), shop().resources["contact"].upsert)
    assert (outcome.kind, outcome.reason) == ("unknown", "unreadable-answer")


def test_a_yes_that_shows_what_was_asked_is_done():
    contact = shop().resources["contact"]
    assert shop().meaning(response(200, {"id": 7}), contact.upsert).kind == "done"
    assert shop().meaning(response(204), contact.delete).kind == "done"
    assert shop().meaning(response(200, {"results": []}), contact.list).kind == "done"
    assert shop().meaning(response(200, []), contact.find[0]).kind == "done"
    assert shop().meaning(response(200, {"contact": {"id": 1}}), contact.get).kind == "done"


def test_a_read_without_its_records_is_unknown():
    contact = shop().resources["contact"]
    assert shop().meaning(response(200, {}), contact.list).kind == "unknown"
    assert shop().meaning(response(200, {}), contact.get).kind == "unknown"
    assert shop().meaning(response(200, b"<html>"), contact.find[0]).kind == "unknown"


def test_a_list_as_body_is_the_scope_unless_the_expression_names_the_response():
    scope = scope_of(response(201, [{"id": 3}], x_n="5"))
    assert Answer("[0].id")(scope) == 3
    assert Answer("body[0].id")(scope) == 3
    assert Answer("status")(scope) == 201


def test_the_fields_of_a_body_are_in_scope_under_the_names_of_the_response():
    scope = scope_of(response(200, {"status": "ok", "id": 1}))
    assert (Answer("id")(scope), Answer("status")(scope), Answer("body.status")(scope)) == (1, 200, "ok")


METERED = """
limit: [110 per 10s, {bucket: 40, refill: 2 per 1s}]
remaining:
  - {limit: 110 per 10s, left: 'headers."x-left"', after: {from: 'headers."x-reset"', unit: ms}}
  - {limit: {bucket: 40, refill: 2 per 1s}, left: body.cost.left}
responses:
  - {if: "status == `403` && body == null", then: throttle, after: {from: '`20`'}}
resources: {contact: {delete: {request: DELETE /c}}}
"""


def test_an_answer_says_what_is_left_of_which_limit():
    metered = shop(METERED)
    told = metered.meaning(response(200, {"cost": {"left": 38.5}}, x_left="7", x_reset="2500")).left
    assert [(left.limit, left.tokens, left.after) for left in told] == [
        (metered.limits[0], 7, 2.5),
        (metered.limits[1], 38.5, 0),
    ]


@pytest.mark.parametrize("said", ["many", "", "nan", "1e400", "true", "-", "7, 7;w=1"])
def test_what_is_no_number_says_nothing(said):
    assert shop(METERED).meaning(response(200, {}, x_left=said, x_reset="x")).left == ()
    assert shop(METERED).meaning(response(200, {"cost": {"left": True}})).left == ()


def test_an_unreadable_answer_says_what_is_left_all_the_same():
    assert shop(METERED).meaning(response(500, b"<html>", x_left="0", x_reset="1000")).left[0].tokens == 0


def test_one_call_too_many_is_told_from_a_vendor_that_is_not_ready():
    metered = shop(METERED)
    throttled = [metered.meaning(response(status)) for status in (403, 429, 503, 408)]
    assert [(one.kind, one.throttled, one.after) for one in throttled] == [
        ("retry", True, 20),
        ("retry", True, 0),
        ("retry", False, 0),
        ("retry", False, 0),
    ]
    assert shop().meaning(response(429, x_reset="5000")).throttled


def test_the_rules_of_a_call_come_before_the_connector_s():
    connector = shop("""
responses:
  - {if: "status == `204`", then: done}
resources:
  contact:
    get:
      request: "GET /c/{id}"
      record:  contact
      responses: [{if: "status == `204`", then: missing}]
    find: [{request: GET /c, records: found, responses: [{if: "status == `409`", then: done}]}]
    delete: {request: DELETE /c}
""")
    contact = connector.resources["contact"]
    outcome = connector.meaning(response(204), contact.get)
    assert (outcome.kind, outcome.place.line) == ("missing", 9)
    assert connector.meaning(response(409), contact.find[0]).kind == "done"
    assert connector.meaning(response(409), contact.get).kind == "reject"
    assert connector.meaning(response(204), contact.delete).place.line == 3
