"""Phone numbers in E.164: those that are already written so are recognised by one pattern for each region.

The patterns are made of the metadata that `phonenumbers` decides by, and take only what it would leave as it
is: a dozen of its steps are for what people type. A property test holds both to the same answers.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from hub.reprs import discreet

_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_KINDS = (
    "mobile",
    "fixed_line",
    "toll_free",
    "shared_cost",
    "premium_rate",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)


@discreet()
class Plan(NamedTuple):
    """What a region's metadata say of what follows its country code.

    `altered`: begins what would not be left as it is; `first`: the digits that tell its numbers from those of
    other regions with the code, None where they are told by all that they are; `numbers`: the valid ones.
    """

    altered: re.Pattern[str]
    first: re.Pattern[str] | None
    numbers: re.Pattern[str]


def e164(typed: str, region: str) -> str:
    """The number in E.164, "" for what is none. `region`: country of a number without a country code."""
    if _INTERNATIONAL.fullmatch(typed) and _is_plain(typed):
        return typed
    return _dialled(typed, region)


def _is_plain(typed: str) -> bool:
    """Whether a number in international form is valid as it stands: nothing is taken off it."""
    for end in (2, 3, 4):
        if regions := _regions(typed[1:end]):
            break
    if not regions or _plan(regions[0]).altered.match(typed, end):
        return False
    for plan in map(_plan, regions):
        if plan.first is None or plan.first.match(typed, end):
            valid = plan.numbers.match(typed, end) is not None
            if valid or plan.first is not None:
                return valid
    return False


def _dialled(typed: str, region: str) -> str:
    """The number as `phonenumbers` reads it."""
    import phonenumbers

    try:
        number = phonenumbers.parse(typed, region or None)
    except phonenumbers.NumberParseException:
        return ""
    number.extension = None
    valid = phonenumbers.is_valid_number(number)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)) if valid else ""


@lru_cache(maxsize=1_024)
def _regions(code: str) -> tuple[str, ...]:
    """The regions that share a country code, the main one first; none for what is no code of a country."""
    import phonenumbers

    found: tuple[str, ...] = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    return () if phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY in found else found


@lru_cache(maxsize=256)
def _plan(region: str) -> Plan:
    import phonenumbers

    told: Any = phonenumbers.PhoneMetadata.metadata_for_region(region)
    return Plan(
        re.compile("|".join(filter(None, ("0", told.national_prefix_for_parsing)))),
        re.compile(told.leading_digits) if told.leading_digits else None,
        re.compile(_numbers(told)),
    )


def _numbers(told: Any) -> str:
    """The numbers of a region: of its general form, and of one of its kinds."""
    same = told.same_mobile_and_fixed_line_pattern
    kinds = [_form(getattr(told, kind)) for kind in _KINDS if not (same and kind == "mobile")]
    return f"(?={_form(told.general_desc)})(?:{'|'.join(filter(None, kinds))})"


def _form(kind: Any) -> str:
    """The numbers of one kind, to their end; "" where the region has none."""
    if kind is None or not kind.national_number_pattern:
        return ""
    lengths = "|".join(f"[0-9]{{{length}}}" for length in kind.possible_length)
    return f"{f'(?=(?:{lengths})$)' if lengths else ''}(?:{kind.national_number_pattern})$"
