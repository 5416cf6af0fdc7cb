"""Numbers that are in E.164 already are told by patterns; they must say what `phonenumbers` says."""

import random

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumberType

from hub import phones
from hub.phones import e164

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
WORLD = phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
EACH = 60
"""Numbers that are tried of each region."""


def shape(random, region):
    """The digits behind a country code: an example of some kind, or any."""
    example = phonenumbers.example_number_for_type(region, random.choice(PhoneNumberType.values()))
    if example is None or random.random() < 0.2:
        return [random.choice("0123456789") for _ in range(random.randrange(4, 14))]
    return list(phonenumbers.national_significant_number(example))


def mistyped(random, digits, prefix):
    """Some digits are others, one is too many or left out, or a national prefix stands before them."""
    for _ in range(random.choice([0, 0, 1, 2, 3])):
        digits[random.randrange(len(digits))] = random.choice("0123456789")
    change = random.choice(["none", "none", "more", "less", "prefix"])
    if change == "more":
        digits.insert(random.randrange(len(digits)), random.choice("0123456789"))
    elif change == "less":
        digits.pop()
    return "".join(digits) if change != "prefix" else prefix + "".join(digits)


def numbers(region):
    """Numbers in international form of a region, right and wrong."""
    chance = random.Random(region)
    prefix = PhoneMetadata.metadata_for_region(region).national_prefix or ""
    code = phonenumbers.country_code_for_region(region)
    return [f"+{code}{mistyped(chance, shape(chance, region), prefix)}" for _ in range(EACH)]


@pytest.mark.parametrize("letter", sorted({region[0] for region in REGIONS}))
def test_a_number_in_international_form_is_what_the_library_says_in_every_region(letter):
    told = [number for region in REGIONS if region[0] == letter for number in numbers(region)]
    assert [e164(number, "CO") for number in told] == [phones._dialled(number, "CO") for number in told]


def test_every_region_has_numbers_that_need_no_second_look():
    examples = [phonenumbers.example_number(region) for region in REGIONS]
    told = [phonenumbers.format_number(one, phonenumbers.PhoneNumberFormat.E164) for one in examples if one]
    plain = [number for number in told if phones._is_plain(number)]
    assert len(told) > 240
    assert len(plain) > 0.9 * len(told)


def test_codes_of_no_country_are_left_to_the_library():
    chance = random.Random(1)
    told = [f"+{chance.randrange(1, 1000)}{chance.randrange(10**5, 10**9)}" for _ in range(2_000)]
    assert [e164(number, "") for number in told] == [phones._dialled(number, "") for number in told]
    assert any(int(number[1:4]) not in CODES for number in told)
    assert all(e164(f"+{code}12345678", "") == phones._dialled(f"+{code}12345678", "") for code in CODES)


@pytest.mark.parametrize(
    ("typed", "region", "found"),
    [
        ("+573105550147", "", "+573105550147"),
        ("(310) 555 0147", "CO", "+573105550147"),
        ("+57 310 555 0147 ext. 9", "CO", "+573105550147"),
        ("+5215512345678", "MX", ""),  # with the 1 of mobiles before 2019
        ("+18095550147", "DO", "+18095550147"),
        ("+390612345678", "IT", "+390612345678"),  # its zero belongs to it
        ("+80012345678", "", "+80012345678"),  # of no country
        ("+999123456789", "CO", ""),
        ("+57\u0663105550147", "CO", "+573105550147"),
        ("+573105550147\n", "CO", "+573105550147"),
        ("+5731055501", "CO", ""),
        ("", "CO", ""),
    ],
)
def test_what_people_type_and_what_systems_send(typed, region, found):
    assert e164(typed, region) == phones._dialled(typed, region) == found
