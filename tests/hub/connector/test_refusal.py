"""What of a vendor's refusal is kept: enough to see the cause, nothing that may name somebody."""

import json

import pytest

from hub.connector import Connector, HttpResponse
from hub.connector.refusal import GAP, LONGEST, worded
from hub.documents import parse

ERP = """
error: {code: body.name, message: body.message}
resources: {invoice: {id: id}}
"""
RECORD = {"vat": "CC 1018456789", "partner": {"name": "Lucía Fernández"}, "lines": [{"sku": "RUANA-AZUL"}]}


def told(body, record=RECORD, text=ERP, status=422):
    connector = Connector(parse(text, "connectors/erp.yaml"))
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return connector.refusal(HttpResponse(status, {}, content), record)


def test_status_code_and_the_words_of_the_message_are_kept_and_the_fields_that_it_names():
    said = told({"name": "odoo.ValidationError", "message": "The vat CC 1018456789 of Lucía is not valid."})
    assert said == {
        "status": 422,
        "code": "odoo.ValidationError",
        "message": f"the vat {GAP} of {GAP} is not valid {GAP}",
        "fields": ["vat"],
        "words": "The vat aa 9999999999 of aaaaa is not valid.",
    }


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Email ada@correo.example already exists", f"email {GAP} already exists"),
        ("El NIT 900.123.456-8 no es válido", f"el nit {GAP} no es válido"),
        ("CPF 123.456.789-09 já cadastrado para Ada", f"{GAP} já cadastrado para {GAP}"),
        ("ada lovelace is a duplicate", f"{GAP} is a duplicate"),
        ("partner.name must not be empty", f"{GAP} must not be empty"),
        ("Invalid value for `partner`", f"invalid value for {GAP} partner {GAP}"),
    ],
)
def test_only_words_of_the_list_and_names_of_what_was_sent_are_kept(message, kept):
    assert told({"message": message})["message"] == kept


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("amount: whole pesos expected, got 1210.5", "amount: whole pesos expected, got 9999.9"),
        ("already used by Ana Gil", "already used by aaa aaa"),
        (
            "write to ana@correo.example or https://x.example/ana",
            "write to aaa@aaaaaa.aaaaaaa or aaaaa://a.aaaaaaa/aaa",
        ),
        ("bad value 'ana maria' in partner", "bad value 'aaa aaaaa' in partner"),
        ('bad value "ana maria" and “gil”', 'bad value "aaa aaaaa" and “aaa”'),
        ("the lines of fernández lack ruana-azul", "the lines of aaaaaaaaa lack aaaaa-aaaa"),
        ("don't send it", "don't send it"),
    ],
)
def test_who_may_see_values_reads_the_words_and_of_what_may_be_a_value_the_form(message, words):
    assert told({"message": message})["words"] == words


def test_a_message_of_words_of_the_list_alone_is_kept_once():
    assert "words" not in told({"message": "name is required"}, {"name": "Ada"})


def test_no_value_of_what_was_sent_is_kept_whatever_the_vendor_quotes():
    quoted = " ".join(["Lucía", "Fernández", "lucía", "CC", "1018456789", "RUANA-AZUL", "+573105550147"])
    said = json.dumps(told({"name": "x", "message": quoted}), ensure_ascii=False).lower()
    for value in quoted.lower().split():
        assert value not in said


@pytest.mark.parametrize("code", ["1018456789", "ada@correo.example", "x y", 99 * "a", "RUANA-AZUL", None])
def test_a_code_that_may_be_a_value_is_not_kept(code):
    assert "code" not in told({"name": code, "message": "no"})


def test_numbers_are_codes_as_well():
    assert told({"name": 1042})["code"] == "1042"


def test_an_answer_that_says_nothing_or_a_connector_that_does_not_say_where_leaves_the_status():
    assert told(b"<html>") == told({}) == told([1]) == {"status": 422}
    assert told({"name": "x"}, text="resources: {}") == {"status": 422}


def test_a_long_message_is_cut():
    text = worded("is not valid " * 80)
    assert len(text) <= LONGEST
    assert text.endswith(GAP)


def test_members_of_everyday_names_do_not_make_their_word_a_field_twice():
    assert told({"message": "name is required"}, {"name": "Ada"})["fields"] == ["name"]
