"""Identity documents of Latin America and Spain; their check digits are python-stdnum's.

One document has one normal form however it was typed: capitals, without separators and without what can be
computed from it (the check digit of a Colombian number, that of a Peruvian DNI). Documents of several kinds
that hold the same number stay several: an Argentine CUIT is not the DNI inside of it.

Colombia: a person's NIT is the number of the cédula with a check digit, a company's has nine digits from
600,000,000 on. So the normal form is the number alone, and the digit is verified where it stands: behind a
dash, or as the last of 11 digits, or of 10 that do not start with 1 (cédulas of 10 digits do). Nothing else
tells the digit of a short number that was typed without its dash: it is taken for a NIT or refused.

No check digit has: a cédula of Colombia, a DNI of Argentina, a DNI of Peru without its digit, all of Costa
Rica. A Mexican RFC has one that is wrong in about one of 60 that are in use (stdnum), so it is not asked.
"""

import re
import unicodedata
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from hub import values

_LONGEST = 40
_SEPARATORS = re.compile(r"[\s.,/_-]")
_NOBODY = frozenset({"XAXX010101000", "XEXX010101000", "444444017"})
"""Mexico's numbers of the general public and of foreigners, Paraguay's of a buyer without a name."""


def _plainly(rule: Any, typed: str) -> str:
    return str(rule.validate(_compact(typed)))


def _without_zeros(rule: Any, typed: str) -> str:
    return str(rule.validate(rule.compact(_compact(typed)).lstrip("0")))


def _of_five(rule: Any, typed: str) -> str:
    """Of five characters at least: the rule itself takes one, and a single 0 too."""
    return _of_length(range(5, 10), _without_zeros(rule, typed))


def _in_groups(rule: Any, typed: str) -> str:
    """With its dashes: the zeros of each group may be left out."""
    return str(rule.validate("-".join(map(_compact, typed.split("-")))))


def _with_zeros(rule: Any, typed: str) -> str:
    """A Spanish number with the zeros that people leave out, behind the letter of a NIE."""
    number = _of_length(range(6, 10), _compact(typed))
    letter = number[:1] if number[:1] in {"X", "Y", "Z"} else ""
    return str(rule.validate(letter + number[len(letter) :].zfill(9 - len(letter))))


def _with_its_check(rule: Any, typed: str) -> str:
    """A Spanish company's number: its last character may be typed as a digit or as the letter of it."""
    number = str(rule.validate(_compact(typed).removeprefix("ES")))
    digit, letter = rule.calc_check_digits(number[:-1])
    return f"{number[:-1]}{letter if number[0] in 'NPQRSW' else digit}"


def _with_homoclave(rule: Any, typed: str) -> str:
    return _of_length((12, 13), _plainly(rule, typed))


def _without_digit(rule: Any, typed: str) -> str:
    return _plainly(rule, typed)[:8]


def _nit(rule: Any, typed: str) -> str:
    number = _of_length((9,), _colombian(rule, typed))
    if number < "6":
        raise ValueError("not a NIT")
    return number


def _cedula(rule: Any, typed: str) -> str:
    number = _of_length((5, 6, 7, 8, 10), _colombian(rule, typed))
    if len(number) == 10 and number[0] != "1":
        raise ValueError("not a cédula")
    return number


def _colombian(rule: Any, typed: str) -> str:
    """The number without its check digit. Raises ValueError where that is wrong."""
    head, _, tail = typed.rpartition("-")
    number, digit = _compact(head).lstrip("0"), _compact(tail)
    if not number or len(digit) != 1:
        number, digit = _compact(typed).lstrip("0"), ""
        if len(number) == 11 or (len(number) == 10 and number[0] != "1"):
            number, digit = number[:-1], number[-1]
    if not (number.isascii() and number.isdigit()):
        raise ValueError("not digits")
    if digit and rule.calc_check_digit(number) != digit:
        raise ValueError("another check digit")
    return number


def _of_length(lengths: Any, number: str) -> str:
    if len(number) not in lengths:
        raise ValueError("of another length")
    return number


def _as_it_is(rule: Any, number: str) -> str:
    return number


def _in_its_form(rule: Any, number: str) -> str:
    return str(rule.format(number))


def _dashed(rule: Any, number: str) -> str:
    return f"{number[0]}-{number[1:9]}-{number[9]}"


def _dotted(rule: Any, number: str) -> str:
    return f"{int(number):,}".replace(",", ".")


def _dotted_with_digit(rule: Any, number: str) -> str:
    return f"{_dotted(rule, number)}-{rule.calc_check_digit(number)}"


class Kind(NamedTuple):
    """A kind of document: its name, its module in stdnum, and how that reads and writes a number."""

    name: str
    module: str
    read: Callable[[Any, str], str] = _plainly
    write: Callable[[Any, str], str] = _in_its_form


KINDS: dict[str, tuple[Kind, ...]] = {
    "AR": (Kind("cuit", "ar.cuit"), Kind("dni", "ar.dni", _without_zeros)),
    "BR": (Kind("cpf", "br.cpf"), Kind("cnpj", "br.cnpj")),
    "CL": (Kind("rut", "cl.rut", _without_zeros),),
    "CO": (Kind("nit", "co.nit", _nit, _dotted_with_digit), Kind("cedula", "co.nit", _cedula, _dotted)),
    "CR": (
        Kind("cedula", "cr.cpf", _in_groups),
        Kind("cedula_juridica", "cr.cpj"),
        Kind("dimex", "cr.cr"),
    ),
    "DO": (Kind("rnc", "do.rnc"), Kind("cedula", "do.cedula")),
    "EC": (Kind("cedula", "ec.ci", write=_as_it_is), Kind("ruc", "ec.ruc", write=_as_it_is)),
    "ES": (
        Kind("dni", "es.dni", _with_zeros, _as_it_is),
        Kind("nie", "es.nie", _with_zeros, _as_it_is),
        Kind("cif", "es.cif", _with_its_check, _as_it_is),
        Kind("nif", "es.nif", write=_as_it_is),
    ),
    "GT": (Kind("nit", "gt.nit"),),
    "MX": (Kind("rfc", "mx.rfc", _with_homoclave, _as_it_is), Kind("curp", "mx.curp", write=_as_it_is)),
    "PE": (
        Kind("ruc", "pe.ruc", write=_as_it_is),
        Kind("dni", "pe.cui", _without_digit, _as_it_is),
    ),
    "PY": (Kind("ruc", "py.ruc", _of_five),),
    "SV": (Kind("nit", "sv.nit"),),
    "UY": (Kind("rut", "uy.rut"),),
    "VE": (Kind("rif", "ve.rif", write=_dashed),),
}
"""The kinds of each country, in the order in which they are tried."""


def normal(value: Any, country: str) -> str:
    """The normal form of what stands where an identity document belongs, whatever it is.

    A document of the country has its own; all else is in capitals and without separators, so that what two
    systems hold is the same where people would say so. Raises ValueError where nothing is left.
    """
    try:
        return read(value, country)[1]
    except ValueError:
        text = _compact(_typed(value))
    if not text:
        raise ValueError("not a document")
    return text


def read(value: Any, country: str) -> tuple[Kind, str]:
    """The kind of a country's document and its normal form. Raises ValueError where it is none."""
    return _read(value, kinds(country))


def valid(value: Any, country: str) -> bool:
    """Whether it is an identity document of the country. Raises ValueError where none is known there."""
    known = kinds(country)
    try:
        _read(value, known)
    except ValueError:
        return False
    return True


def written(value: Any, country: str) -> str:
    """A document as people write it there. Raises ValueError where it is none."""
    kind, number = read(value, country)
    return kind.write(_rule(kind), number)


def kinds(country: str) -> tuple[Kind, ...]:
    """The kinds of a country. Raises ValueError where none is known."""
    kinds = KINDS.get(values.normalise("country", country))
    if kinds is None:
        raise ValueError("no identity document of this country is known")
    return kinds


def _read(value: Any, kinds: tuple[Kind, ...]) -> tuple[Kind, str]:
    """The first kind that it can be, and its normal form. Raises ValueError where it is none."""
    typed = _typed(value)
    for kind in kinds:
        try:
            number = kind.read(_rule(kind), typed)
        except ValueError:
            continue
        if number not in _NOBODY and len({letter for letter in number if letter.isdigit()}) > 1:
            return kind, number
    raise ValueError("not an identity document")


def _rule(kind: Kind) -> Any:
    """stdnum's module: slow to import (it brings pydoc and ssl), so only where a mapping has documents."""
    return import_module(f"stdnum.{kind.module}")


def _typed(value: Any) -> str:
    """Capitals, with one kind of dash and nothing that cannot be seen."""
    text = values.plain(value)
    letters = unicodedata.normalize("NFKC", text).upper() if len(text) <= _LONGEST else text
    if len(letters) > _LONGEST:
        raise ValueError("too large")
    return "".join(_seen(letter) for letter in letters).strip()


def _seen(letter: str) -> str:
    category = unicodedata.category(letter)
    return "-" if category == "Pd" or letter == "\N{MINUS SIGN}" else "" if category == "Cf" else letter


def _compact(typed: str) -> str:
    return _SEPARATORS.sub("", typed)
