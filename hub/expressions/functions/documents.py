"""Identity documents in expressions."""

from typing import Any

from hub import tax_ids
from hub.expressions.functions.registry import function

_KNOWN = "; ".join(f"{code} {' '.join(kind.name for kind in kinds)}" for code, kinds in tax_ids.KINDS.items())


@function(
    "tax_id(value, country)",
    "The one normal form of an identity document, its check digit verified: capitals and digits without "
    "separators, a Colombian number without its check digit; an error for what is no document there, and "
    "for numbers that stand for nobody.",
    ("tax_id(x, 'BR')", {"x": "345.678.912-28"}, "34567891228"),
    ("tax_id(x, 'BR')", {"x": "12.abc.345/01de-35"}, "12ABC34501DE35"),
    ("tax_id(x, 'CL')", {"x": "012.345.678-5"}, "123456785"),
    ("tax_id(x, 'CO')", {"x": "900.123.456-8"}, "900123456"),
    ("tax_id(x, 'CO')", {"x": "1018456789-6"}, "1018456789"),
    ("tax_id(x, 'CO')", {"x": 1018456789}, "1018456789"),
    ("tax_id(x, 'ES')", {"x": "x-1234567-l"}, "X1234567L"),
)
def _tax_id(value: Any, country: str) -> str:
    return tax_ids.read(value, country)[1]


@function(
    "tax_id_kind(value, country)",
    f"What kind of document it is. {_KNOWN}.",
    ("tax_id_kind(x, 'CO')", {"x": "1018456789"}, "cedula"),
    ("tax_id_kind(x, 'AR')", {"x": "20-12345678-6"}, "cuit"),
)
def _tax_id_kind(value: Any, country: str) -> str:
    return tax_ids.read(value, country)[0].name


@function(
    "is_tax_id(value, country)",
    "Whether it is an identity document of the country.",
    ("is_tax_id(x, 'BR')", {"x": "34567891228"}, True),
    ("is_tax_id(x, 'BR')", {"x": "34567891229"}, False),
)
def _is_tax_id(value: Any, country: str) -> bool:
    return tax_ids.valid(value, country)


@function(
    "format_tax_id(value, country)",
    "An identity document as people write it there; with its check digit, where it has one.",
    ("format_tax_id(x, 'CL')", {"x": "123456785"}, "12.345.678-5"),
    ("format_tax_id(x, 'BR')", {"x": "12345678000195"}, "12.345.678/0001-95"),
    ("format_tax_id(x, 'CO')", {"x": 1018456789}, "1.018.456.789"),
    ("format_tax_id(x, 'CO')", {"x": "900123456"}, "900.123.456-8"),
    ("digits(format_tax_id(x, 'CO'))", {"x": "900123456"}, "9001234568"),
)
def _format_tax_id(value: Any, country: str) -> str:
    return tax_ids.written(value, country)
