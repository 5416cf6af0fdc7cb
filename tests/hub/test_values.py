"""Normal forms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.values import TYPES, amount_text, decimal, money, normalise, plain

few = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize(
    ("type", "value", "form"),
    [
        ("text", "  Cafe\u0301 ", "Café"),
        ("text", 12.0, "12"),
        ("text", True, "true"),
        ("email", " Ada.Lovelace+x@Correo.EXAMPLE ", "ada.lovelace+x@correo.example"),
        ("email", "ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("phone", "(310) 555 0147", "+573105550147"),
        ("phone", "+44 20 7946 0958", "+442079460958"),
        ("phone", 573105550147, "+573105550147"),
        ("tax_id", "1.018.456.789-6", "1018456789"),
        ("tax_id", " 12.345.678/a ", "12345678A"),
        ("phone", "0057 310 555 0147", "+573105550147"),
        ("time", "2026-11-20T10:30:00-05:00", "2026-11-20T15:30:00.000000Z"),
        ("time", " 2026-11-20 10:30:00 ", "2026-11-20T15:30:00.000000Z"),
        ("time", 1795184700000, "2026-11-20T14:25:00.000000Z"),
        ("date", " 2026-01-05 ", "2026-01-05"),
        ("date", "2026-01-05T02:00:00Z", "2026-01-04"),
        ("date", 1767571200000, "2026-01-05"),
        ("number", "5.0", 5),
        ("number", "1.25", 1.25),
        ("boolean", "TRUE", True),
        ("boolean", 0, False),
        ("country", " co ", "CO"),
        ("country", "BRA", "BR"),
        ("language", "es_co", "es-CO"),
        ("language", "ZH-hant-tw", "zh-Hant-TW"),
        ("language", "es", "es"),
        ("money", {"amount": 10, "currency": "cop"}, {"amount": "10.00", "currency": "COP"}),
        (
            "address",
            {"line1": " Cra  7 ", "line2": "", "city": None, "country": "co", "x": 1},
            {"line1": "Cra 7", "country": "CO"},
        ),
        (
            "address",
            {"country": "Colombia", "postcode": 110231},
            {"country": "CO", "postcode": "110231"},
        ),
        ("address", {"country": "COL"}, {"country": "CO"}),
        ("address", {"country": "Freedonia"}, {"country": "Freedonia"}),
        ("url", " HTTPS://Shop.Example/A?b=C ", "https://shop.example/A?b=C"),
        ("list", [1], [1]),
        ("object", {"a": 1}, {"a": 1}),
    ],
)
def test_a_value_has_one_normal_form(type, value, form):
    found = normalise(type, value, region="CO", zone="America/Bogota")
    assert found == form
    assert normalise(type, found, region="CO", zone="America/Bogota") == form


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("text", "  "),
        ("text", ["a"]),
        ("email", "ada"),
        ("email", "ada@localhost"),
        ("email", "a b@correo.example"),
        ("email", "ada@" + "x" * 70 + ".example"),
        ("email", "ada@-x.example"),
        ("email", "a" * 250 + "@correo.example"),
        ("email", 5),
        ("phone", "12"),
        ("phone", "ask me"),
        ("time", "yesterday"),
        ("time", True),
        ("time", 1e30),
        ("date", "2026-02-30"),
        ("number", "NaN"),
        ("number", "1e99"),
        ("number", "five"),
        ("number", True),
        ("boolean", "maybe"),
        ("country", "XX"),
        ("language", "español"),
        ("money", "10 COP"),
        ("money", {"amount": "10", "currency": "pesos"}),
        ("money", {"amount": "10"}),
        ("address", "Cra 7"),
        ("address", {"line1": " "}),
        ("address", {"line1": {}}),
        ("url", "javascript:x"),
        ("url", "https://a b.example"),
        ("list", "a"),
        ("object", []),
    ],
)
def test_what_has_no_normal_form_is_refused_without_saying_it(type, value):
    with pytest.raises(ValueError, match=f"^not a value of type {type}$") as caught:
        normalise(type, value, region="CO")
    assert caught.value.__cause__ is None


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.emails(),
    st.from_regex(r"\+?[0-9 ()-]{5,15}", fullmatch=True),
    st.datetimes().map(str),
    st.lists(st.text(max_size=5), max_size=3),
    st.fixed_dictionaries(
        {"amount": st.decimals(allow_nan=False).map(str), "currency": st.sampled_from(["COP", "JPY", "KWD"])}
    ),
    st.fixed_dictionaries({"line1": st.text(max_size=10), "country": st.text(max_size=3)}),
)


@few
@given(st.sampled_from(sorted(TYPES)), ANY)
def test_the_normal_form_of_a_normal_form_is_itself(type, value):
    try:
        form = normalise(type, value, region="CO", zone="America/Bogota")
    except ValueError:
        return
    assert normalise(type, form, region="CO", zone="America/Bogota") == form


@few
@given(st.emails())
def test_the_case_of_an_email_does_not_matter(email):
    try:
        form = normalise("email", email)
    except ValueError:
        return
    assert normalise("email", email.upper().replace("SS", "ss")) in {form, normalise("email", email.upper())}


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("-0", "COP", "0.00"),
        ("1.005", "COP", "1.005"),
        ("1.500", "COP", "1.50"),
        ("1E+2", "JPY", "100"),
        ("1", "KWD", "1.000"),
    ],
)
def test_an_amount_has_its_currencys_decimals_and_all_of_its_own(amount, currency, text):
    assert amount_text(decimal(amount), currency) == text
    assert money(amount, currency)["amount"] == text


def test_a_float_keeps_its_digits_as_text():
    assert plain(1.25) == "1.25"
