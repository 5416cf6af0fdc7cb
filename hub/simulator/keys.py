"""By what a vendor knows again the record of an upsert."""

import re
from typing import Any

from hub.simulator.heard import Heard

_TELLING = re.compile(
    r"e?_?-?mail|phone|mobile|external|reference|document|identification|tax|vat|sku|handle|code|number|(^|_)id$|Id$",
    re.IGNORECASE,
)


def identifying(heard: Heard) -> dict[str, Any]:
    """Expression -> value: what stands in the request beside the record; else its members that name it."""
    keys = {source: value for source, value in heard.keys().items() if value not in (None, "")}
    if heard.whole and keys:
        return keys
    if not heard.whole:
        telling = {source: value for source, value in keys.items() if _TELLING.search(source)}
        return dict(list((telling or keys).items())[:1])
    found = _members(heard.facts["record"], "record")
    return dict(found[:1])


def _members(record: dict[str, Any], path: str) -> list[tuple[str, Any]]:
    """The members of a record whose names say that they name it, those further outside first."""
    told = []
    for name, value in record.items():
        if (
            isinstance(value, str | int)
            and not isinstance(value, bool)
            and value != ""
            and _TELLING.search(name)
        ):
            told.append((f'{path}."{name}"', value))
    for name, value in record.items():
        if isinstance(value, dict):
            told += _members(value, f'{path}."{name}"')
    return told
