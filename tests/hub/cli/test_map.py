"""hub map: lines of JSON through a mapping."""

import io
import json
import sys
from pathlib import Path

import pytest

from hub.cli import main

ROOT = Path(__file__).parents[3]
ORDER = json.loads((ROOT / "events/shopify/order.json").read_text(encoding="utf-8"))["body"]


@pytest.fixture
def piped(monkeypatch, capfdbinary):
    def run(text, *arguments):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        code = main(["map", *arguments, "--root", str(ROOT)])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err.decode()

    return run


def line(value):
    return json.dumps(value).encode() + b"\n"


def test_each_line_becomes_the_fields_of_its_record(piped):
    code, lines, err = piped(line(ORDER) + b"\n" + line({**ORDER, "name": "#7"}), "shopify.order")
    assert (code, err) == (0, "")
    assert [found["number"] for found in lines] == [ORDER["name"], "#7"]


def test_a_line_that_is_rejected_is_said_with_its_number_and_left_out(piped):
    code, lines, err = piped(line(ORDER) + b"\n[]\n{'no': json}\n" + line(ORDER), "shopify.order")
    assert (code, len(lines)) == (1, 2)
    assert err == (
        "line 3: bad-body: this is no object of JSON\nline 4: bad-body: this is no object of JSON\n"
    )


def test_entities_become_the_vendors_records(piped):
    customer = {"email": "ana@correo.example", "given_name": "Ana", "unread": [1] * 9}
    code, lines, _ = piped(line(customer), "klaviyo.profile", "--out")
    assert (code, lines) == (0, [{"email": "ana@correo.example", "first_name": "Ana"}])


def test_the_customer_of_an_entity_is_in_its_line(piped):
    order = {
        "reference": "x-1",
        "placed_at": "2026-11-20T16:20:11.000000Z",
        "customer": {"ids": {"odoo": "7"}},
    }
    code, lines, _ = piped(line(order) + line({**order, "customer": 5}), "odoo.order", "--out")
    assert (code, [found.get("partner_id") for found in lines]) == (0, [7, None])


def test_a_file_is_read_as_well_and_what_is_not_there_is_said(piped, tmp_path):
    (tmp_path / "orders.jsonl").write_bytes(line(ORDER))
    code, lines, _ = piped(b"", "shopify.order", str(tmp_path / "orders.jsonl"))
    assert (code, len(lines)) == (0, 1)
    code, _, err = piped(b"", "shopify.order", str(tmp_path / "none.jsonl"))
    assert (code, "none.jsonl cannot be read" in err) == (2, True)
    code, _, err = piped(b"", "shopify.ordr")
    assert (code, "there is no mapping shopify.ordr" in err) == (2, True)
