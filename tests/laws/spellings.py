"""What a vendor may send for one field: the same value in many spellings, none at all, and nonsense."""

import datetime as dt
import unicodedata

import phonenumbers
from hypothesis import strategies as st

from hub.values import ADDRESS

ZONES = {
    "CO": "America/Bogota",
    "MX": "America/Mexico_City",
    "ES": "Europe/Madrid",
    "BR": "America/Sao_Paulo",
    "US": "America/New_York",
}
"""Countries of accounts, each with its time zone."""

NONSENSE = st.sampled_from([{}, [], [1], {"a": [None]}, "?", True, -1, 1e300, 10**40, "\x00", "x" * 300, "ﬁ"])
NOTHING = st.sampled_from([None, ""])

LETTERS = "abcxyzABCXYZáéíñÑÜß 0123456789'.-&"
SHORT = st.text(LETTERS, min_size=1, max_size=12)
ANY_TEXT = st.one_of(SHORT, SHORT, st.text(max_size=12))
PADDING = st.sampled_from(["", "", " ", "\t", "\u00a0"])
PATTERNS = [
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S.%f+00:00",
    "%Y-%m-%dT%H:%M:%S-05:00",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y%m%dT%H%M%S",
    "%Y-%m-%d",
]
MOMENTS = st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2099, 12, 31))
COUNTRIES = ["CO", "co", "Mx", "es", "Colombia", "MÉXICO", " españa ", "República Dominicana", "USA", "BR"]
LANGUAGES = ["es", "ES", "es_CO", "es-co", "PT_br", "zh-hans-CN", "es_419", " en-US "]
CURRENCIES = ["COP", "cop", "JPY", "CLP", "KWD", "EUR "]
WEBSITES = ["https://tienda.example/a?b=c#d", "HTTP://Tienda.Example", " https://ñandú.example/ñ "]


def padded(texts):
    return st.builds("{0}{1}{0}".format, PADDING, texts)


def decomposed(texts):
    """Texts, some with their accents as characters of their own."""
    return st.one_of(texts, texts.map(lambda text: unicodedata.normalize("NFD", text)))


def in_any_case(texts):
    return st.one_of(texts, texts.map(str.upper), texts.map(str.title))


LOCALS = st.from_regex(r"[a-z0-9]([a-z0-9.+_-]{0,8}[a-z0-9])?", fullmatch=True)
DOMAINS = st.sampled_from(["correo.example", "mail.tienda.co", "ñandú.example", "CORREO.Example"])
EMAILS = padded(in_any_case(st.builds("{}@{}".format, LOCALS, DOMAINS)))

FORMS = [
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
]


def phones(region):
    """Numbers of the account's country as they are said there, and foreign ones with their code."""
    return st.builds(
        _phone,
        st.sampled_from([region, *ZONES]),
        st.integers(0, 9999),
        st.sampled_from(FORMS),
        st.just(region),
    )


def _phone(country, digits, form, region):
    mobile = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    number = phonenumbers.PhoneNumber(
        country_code=mobile.country_code, national_number=mobile.national_number // 10_000 * 10_000 + digits
    )
    foreign = country != region and form == phonenumbers.PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(number, FORMS[1] if foreign else form)


NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.decimals(-(10**6), 10**6, places=2).map(float),
    st.decimals(-(10**6), 10**6, places=3).map(str),
    st.integers(0, 10**6).map(lambda number: f" {number}.00 "),
)
TIMES = st.one_of(
    st.builds(dt.datetime.strftime, MOMENTS, st.sampled_from(PATTERNS)),
    MOMENTS.map(lambda moment: int(moment.timestamp())),
    MOMENTS.map(lambda moment: int(moment.timestamp() * 1000)),
    MOMENTS.map(lambda moment: str(int(moment.timestamp()))),
)
TEXTS = st.one_of(
    padded(decomposed(ANY_TEXT)), st.integers(), st.booleans(), st.floats(-1e6, 1e6), st.just("1e999999999")
)
PARTS = {name: decomposed(padded(ANY_TEXT)) for name in ADDRESS[:-1]}
PARTS |= {"country": padded(st.sampled_from(COUNTRIES) | SHORT), "postcode": padded(SHORT) | st.integers(1)}
LISTS = st.lists(st.one_of(padded(SHORT), st.integers(), st.fixed_dictionaries({"sku": SHORT})), max_size=4)
DOCUMENTS = st.one_of(
    st.sampled_from(
        ["1.018.456.789-6", "900123456-8", "x-1234567-l", "345.678.912-28", "GODE561231GR8", "12345678-5"]
    ),
    st.from_regex(r"[0-9]{1,4}([ .-]?[0-9]{1,4}){0,3}(-[0-9kK])?", fullmatch=True),
    st.integers(1, 10**11),
    SHORT,
)
"""Identity documents, and what else stands where one belongs."""
VALID = {
    "text": TEXTS,
    "email": EMAILS,
    "tax_id": padded(DOCUMENTS),
    "time": TIMES,
    "date": TIMES | st.dates().map(str),
    "number": NUMBERS,
    "boolean": st.sampled_from([True, False, 1, 0, "true", "FALSE", " 1 ", "0"]),
    "country": padded(st.sampled_from(COUNTRIES)),
    "language": st.sampled_from(LANGUAGES),
    "money": st.fixed_dictionaries({"amount": NUMBERS, "currency": st.sampled_from(CURRENCIES)}),
    "address": st.dictionaries(st.sampled_from(ADDRESS), st.none(), min_size=1).flatmap(
        lambda names: st.fixed_dictionaries({name: PARTS[name] for name in names})
    ),
    "url": st.sampled_from(WEBSITES),
    "list": LISTS,
    "object": st.dictionaries(SHORT, SHORT, max_size=3),
}


def valid(field, part, region):
    """Values that mean something for a field, or for its part, in any spelling."""
    if field.values:
        return st.sampled_from(field.values)
    if part:
        return PARTS[part] if field.type == "address" else NUMBERS | st.sampled_from(CURRENCIES)
    return phones(region) if field.type == "phone" else VALID[field.type]


def sent(field, part, region, empty, words=()):
    """Anything that may come for a field; `words`: of its lookup, `empty`: the vendor's "no value"."""
    listed = st.sampled_from([*words, *(int(word) for word in words if word.isdigit())]) if words else None
    meant = valid(field, part, region) if listed is None else listed | SHORT
    return st.one_of(meant, meant, meant, NOTHING | st.just(empty), NONSENSE)


def known(field, region):
    """Normal forms of a field, and null."""
    forms = valid(field, "", region).map(lambda value: _form(field, value, region))
    return st.one_of(forms, forms, forms, st.none())


def _form(field, value, region):
    try:
        return field.normalise(value, region=region, zone=ZONES[region])
    except ValueError:
        return None
