"""What an expression reads can be put where it looks."""

import pytest

from hub.expressions import compile
from hub.simulator import NotPlantedError, planted, satisfied

PLANTED = [
    ("id", {}, "7"),
    ("data.id", {"data": {"name": "x"}}, "7"),
    ("results[0].id", {}, "7"),
    ("[0].id", None, "7"),
    ("[-1].id", [{"id": 1}, {"id": 2}], 9),
    ("text(id)", {"id": 4711}, "12"),
    ("text(data.id)", {}, "ab"),
    ("to_number(id)", {"id": "1"}, 12),
    ("coalesce(a, b)", {"b": "x"}, "y"),
    ("coalesce(a, '')", {}, "y"),
    ("a || b", {"b": "x"}, "y"),
    ("a || `[]`", {}, [{"id": 1}]),
    ("more && next", {}, "token"),
    ("concat('shopify-', id)", {"id": 1}, "shopify-22"),
    ("concat(action, '.', entity)", {}, "create.person"),
    ("lower(email)", {}, "ada@correo.example"),
    ("time(changed, 'UTC')", {"changed": "2026-01-01 10:00:00"}, "2026-11-20T15:30:00.000000Z"),
    ("time(changed, 'America/Bogota')", {"changed": "2026-01-01 10:00:00"}, "2026-11-20T15:30:00.000000Z"),
    ("time(changed)", {"changed": 1795184700000}, "2026-11-20T15:30:00.000000Z"),
    ("unix_seconds(changed)", {"changed": "2026-01-01T10:00:00.000Z"}, 1795188600),
    ("rows[*].id", {"rows": [{"id": 1, "kind": "x"}]}, [7, 8, 9]),
    ("rows[].id", {}, [7, 8]),
    ("rows[?ok]", {"rows": []}, [{"ok": True, "id": 1}]),
    ("errors[?code == 'x'].name | [0]", {"errors": [{"code": "y", "name": "a"}]}, "b"),
    ("{message: item, name: profile.name}", {"item": {}}, {"message": {"id": 1}, "name": "Ada"}),
    ("from_json(body.payload).id", {"body": {"payload": '{"id": 1}'}}, 7),
    ('"@odata.nextLink"', {}, "https://x.example/2"),
]


@pytest.mark.parametrize(("source", "here", "value"), PLANTED, ids=[one[0] for one in PLANTED])
def test_a_value_is_planted_where_an_expression_looks(source, here, value):
    assert compile(source)(planted(source, here, value)) == value


def test_what_was_there_keeps_its_form():
    assert planted("text(id)", {"id": 4711}, "12") == {"id": 12}
    told = planted("time(changed, 'UTC')", {"changed": "2026-01-01 10:00:00"}, "2026-11-20T15:30:00.000000Z")
    assert told == {"changed": "2026-11-20 15:30:00"}


def test_a_part_that_was_taken_out_is_changed_in_its_document():
    document = {"entry": [{"changes": [{"value": {"id": 1}}]}]}
    item = document["entry"][0]["changes"][0]
    planted("change.value.id", {"change": item}, 2)
    assert document["entry"][0]["changes"][0]["value"]["id"] == 2


@pytest.mark.parametrize("source", ["length(items)", "join(',', names)", "'fixed'"])
def test_what_has_no_inverse_is_said(source):
    with pytest.raises(NotPlantedError):
        planted(source, {}, "x")


SATISFIED = [
    "status == `409`",
    "status == `400` && body.code == 'exists'",
    "status == `400` && contains(body.errors[].code || `[]`, 'duplicated')",
    "status == `400` && contains(`[4, 80007]`, body.error.code)",
    "contains(body.message, 'already')",
    "status >= `500`",
    "status == `200` && body.error != `null`",
    "!(body.ok) && status == `200`",
    "status == `403` && body == `null`",
    "body.a == 'x' || body.b == 'y'",
    "starts_with(body.code, 'E_')",
    "to_number(body.code) > `3`",
]


@pytest.mark.parametrize("source", SATISFIED)
def test_a_condition_is_made_to_hold(source):
    scope = {"status": 200, "headers": {}, "body": {"ok": True}}
    assert compile(source)(satisfied(source, scope)) is True
