"""The normal form of each field type: two values are the same when their normal forms are equal.

`normalise` is idempotent. No error says the value.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from hub import times
from hub.phones import e164

Form = Callable[[Any, str, str], Any]
"""From a value, the region of its phones and the zone of its times to its normal form."""

REFUSALS = (ValueError, TypeError, AttributeError, ArithmeticError, OSError)
"""What a form raises for a value that has none; their texts may say the value."""

LARGEST_TEXT = 1_000_000
"""Characters of a text: what is longer is refused before anything is done with it."""

ADDRESS = ("line1", "line2", "city", "region", "postcode", "country")

_LONGEST_ADDRESS = 254
_LONGEST_TYPED = 1_000
_LONGEST_URL = 8_192
_LONGEST_CODE = 100
_MOST_MARKS = 30
_SHORT = 1_000
_UNLIKE_LATIN = re.compile(rf"[^\x00-\u02ff]{{{_MOST_MARKS + 1},}}")
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x20]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{4}))?(?:[-_]([a-zA-Z]{2}|\d{3}))?")
_CURRENCY = re.compile(r"[A-Z]{3}")


def _codes(text: str) -> list[str]:
    return text.split()


_EXPONENTS = {
    **dict.fromkeys(_codes("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"), 0),
    **dict.fromkeys(_codes("BHD IQD JOD KWD LYD OMR TND"), 3),
    **dict.fromkeys(_codes("CLF UYW"), 4),
}
_NAMES = {
    "argentina": "AR",
    "bolivia": "BO",
    "brasil": "BR",
    "brazil": "BR",
    "chile": "CL",
    "colombia": "CO",
    "costa rica": "CR",
    "cuba": "CU",
    "dominican republic": "DO",
    "republica dominicana": "DO",
    "ecuador": "EC",
    "el salvador": "SV",
    "espana": "ES",
    "spain": "ES",
    "estados unidos": "US",
    "united states": "US",
    "usa": "US",
    "guatemala": "GT",
    "honduras": "HN",
    "mexico": "MX",
    "nicaragua": "NI",
    "panama": "PA",
    "paraguay": "PY",
    "peru": "PE",
    "portugal": "PT",
    "puerto rico": "PR",
    "uruguay": "UY",
    "venezuela": "VE",
}
"""Names of the countries of Latin America and their neighbours in trade, without accents, lower case."""
_THREE = _codes(
    "arg AR bol BO bra BR chl CL col CO cri CR cub CU dom DO ecu EC esp ES gtm GT hnd HN mex MX nic NI "
    "pan PA per PE pri PR prt PT pry PY slv SV ury UY ven VE"
)
_NAMES |= dict(zip(_THREE[::2], _THREE[1::2], strict=True))
"""And their codes of three letters (ISO 3166-1 alpha-3); usa is a name as well."""

_COUNTRIES = frozenset(
    _codes(
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
        "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
        "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
        "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
        "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
        "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
        "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
        "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
        "VN VU WF WS YE YT ZA ZM ZW "
    )
)


def normalise(type: str, value: Any, *, region: str = "", zone: str = "UTC") -> Any:
    """The normal form of `value` for a field of `type`.

    `region`: country of phones without a country code; `zone`: time zone of times without offset.
    Raises ValueError, without the value, where there is none.
    """
    try:
        return TYPES[type](value, region, zone)
    except REFUSALS:
        raise ValueError(f"not a value of type {type}") from None


def _remembering(form: Form) -> Form:
    """The form, remembered for short texts: a record says one address of its person and of consents."""
    known = lru_cache(maxsize=512)(form)

    def remembering(value: Any, region: str, zone: str) -> Any:
        short = isinstance(value, str) and len(value) <= _LONGEST_ADDRESS
        return known(value, region, zone) if short else form(value, region, zone)

    return remembering


def exponent(currency: str) -> int:
    """Decimals of the currency's smallest unit (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def amount_text(amount: Decimal, currency: str) -> str:
    """Decimal text with at least the currency's decimals, and no zeros behind them."""
    if not amount.is_finite() or abs(amount.adjusted()) > 30:
        raise ValueError("not an amount")
    places = exponent(currency)
    digits = f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"
    whole, _, fraction = digits.partition(".")
    fraction = fraction.ljust(places, "0")
    text = f"{whole}.{fraction}" if fraction else whole
    return text.removeprefix("-") if not amount else text


def decimal(value: Any) -> Decimal:
    """The exact decimal of a number or of its text. Raises ValueError or TypeError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError("not a number")
    try:
        number = Decimal(_short(str(value), _LONGEST_CODE).strip())
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError("not a number")
    return number


def plain(value: Any) -> str:
    """A scalar as text: no `.0` behind whole numbers. Raises ValueError for lists and objects."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    raise ValueError("not a scalar")


def money(amount: Any, currency: Any) -> dict[str, str]:
    """`{amount, currency}` in normal form. Raises ValueError or TypeError."""
    code = currency_code(currency)
    return {"amount": amount_text(decimal(amount), code), "currency": code}


def currency_code(currency: Any) -> str:
    """The three letters of ISO 4217 in capitals. Raises ValueError for what has not three letters."""
    known = isinstance(currency, str) and len(currency) <= _LONGEST_CODE
    code = currency.strip().upper() if known else ""
    if not _CURRENCY.fullmatch(code):
        raise ValueError("not a currency")
    return code


def composed(text: str) -> str:
    """The text in Unicode's form NFC. Raises ValueError where that takes too long, or would be too large.

    Marks on one letter are sorted in the square of their number: of 100,000 in minutes. No language puts more
    than a few there, and Unicode's stream-safe form takes 30. A short text is not worth a look.
    """
    if text.isascii() and len(text) <= LARGEST_TEXT:
        return text
    if len(text) < _SHORT:
        return unicodedata.normalize("NFC", text)
    for run in _UNLIKE_LATIN.findall(_short(text, LARGEST_TEXT)):
        marks = 0
        for letter in run:
            marks = marks + 1 if unicodedata.category(letter)[0] == "M" else 0
            if marks > _MOST_MARKS:
                raise ValueError("too many marks on a letter")
    return _short(unicodedata.normalize("NFC", text), LARGEST_TEXT)


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise ValueError("too large")
    return text


def _text(value: Any, region: str, zone: str) -> str:
    text = composed(value if isinstance(value, str) else plain(value)).strip()
    if not text:
        raise ValueError("blank")
    return text


def _email(value: str, region: str, zone: str) -> str:
    folded = _short(value, _LONGEST_TYPED).strip().lower()
    if not value.isascii():
        typed = unicodedata.normalize("NFKC", value.strip())
        folded = unicodedata.normalize("NFKC", typed.lower()).strip()
    local, _, domain = _short(folded, _LONGEST_ADDRESS).rpartition("@")
    address = f"{local}@{domain.encode('idna').decode().lower()}"
    if len(address) > _LONGEST_ADDRESS or not _EMAIL.fullmatch(address):
        raise ValueError("not an address")
    return address


def _phone(value: Any, region: str, zone: str) -> str:
    """In E.164. "00" before a country code is dialled in most of the world, and typed in all of it."""
    typed = plain(value).strip()
    number = e164(typed, region) or (e164(f"+{typed[2:]}", region) if typed[:2] == "00" else "")
    if not number:
        raise ValueError("not a phone")
    return number


def _tax_id(value: Any, region: str, zone: str) -> str:
    from hub import tax_ids

    return tax_ids.normal(value, region)


def _time(value: Any, region: str, zone: str) -> str:
    return times.parse(value.strip() if isinstance(value, str) else value, zone)


def _date(value: Any, region: str, zone: str) -> str:
    if isinstance(value, str) and _DATE.fullmatch(value.strip()):
        return dt.date.fromisoformat(value.strip()).isoformat()
    moment = dt.datetime.fromisoformat(_time(value, region, zone))
    return moment.astimezone(times.time_zone(zone if _has_clock(value) else "UTC")).date().isoformat()


def _has_clock(value: Any) -> bool:
    """Whether it says a time of day somewhere; Unix time says one in UTC, where vendors put birthdays."""
    return isinstance(value, str) and not value.strip().isdigit()


def _number(value: Any, region: str, zone: str) -> int | float:
    number = decimal(value)
    return int(number) if number == number.to_integral_value() else float(number)


def _boolean(value: Any, region: str, zone: str) -> bool:
    known = {"true": True, "false": False, "1": True, "0": False}
    text = _short(plain(value), _LONGEST_CODE).strip().lower()
    if text not in known:
        raise ValueError("not a boolean")
    return known[text]


def _country(value: str, region: str, zone: str) -> str:
    code = _code(_short(value, _LONGEST_CODE))
    if code is None:
        raise ValueError("not a country")
    return code


def _code(country: str) -> str | None:
    """The ISO 3166 code of a code or of a name as people write it here, None for anything else."""
    text = " ".join(country.split())
    if text.upper() in _COUNTRIES:
        return text.upper()
    plain_name = unicodedata.normalize("NFD", text.casefold())
    return _NAMES.get("".join(letter for letter in plain_name if not unicodedata.combining(letter)))


def _language(value: str, region: str, zone: str) -> str:
    match = _LANGUAGE.fullmatch(_short(value, _LONGEST_CODE).strip())
    if match is None:
        raise ValueError("not a language")
    parts = (match[1].lower(), (match[2] or "").title(), (match[3] or "").upper())
    return "-".join(part for part in parts if part)


def _money(value: dict[str, Any], region: str, zone: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return money(value.get("amount"), value.get("currency"))


def _address(value: dict[str, Any], region: str, zone: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    kept = {}
    for name in ADDRESS:
        line = value.get(name)
        if line in (None, False):
            continue
        told = line if isinstance(line, str) else plain(line)
        if len(told) > LARGEST_TEXT:
            raise ValueError("too large")
        if text := " ".join(told.split()):
            kept[name] = text
    if not kept:
        raise ValueError("blank")
    if not "".join(kept.values()).isascii():
        kept = {name: text if text.isascii() else composed(text) for name, text in kept.items()}
    if "country" in kept:
        kept["country"] = _code(kept["country"]) or kept["country"]
    return kept


def _url(value: str, region: str, zone: str) -> str:
    parts = urlsplit(_short(value, _LONGEST_URL).strip())
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc or re.search(r"\s", value.strip()):
        raise ValueError("not a URL")
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), *parts[2:]))


def _instance(kind: type, value: Any, region: str, zone: str) -> Any:
    if not isinstance(value, kind):
        raise TypeError("of another kind")
    return value


TYPES: dict[str, Form] = {
    "text": _text,
    "email": _remembering(_email),
    "phone": _remembering(_phone),
    "tax_id": _tax_id,
    "time": _time,
    "date": _date,
    "number": _number,
    "boolean": _boolean,
    "country": _country,
    "language": _language,
    "money": _money,
    "address": _address,
    "url": _url,
    "list": partial(_instance, list),
    "object": partial(_instance, dict),
}
"""What `type:` of a field may say, and the function that gives its normal form."""
