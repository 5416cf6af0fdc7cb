"""What is known of a vendor here: a module of `vendors/` for each connector that anything is checked of.

SPECS       file below specs/: what stands before its paths in real addresses
BODIES      sample event (events/<connector>/<name>.json): schema of its body
PARTS       sample event: (path to a part of its body, schema of the part)
EXAMPLES    sample event: the operation whose examples have its shape
ANSWERS     pattern of records (events/<connector>/records/): schema of what a request for one answers, or
            the operation (GET /path) where the schema has no name
VECTORS     vendor: whose vectors hold; header: ours, where the vector's has another name; secret, unit
DOCUMENTED  names that the vendor's guides describe and its file does not
WRITTEN     part of an address of ours: as the file writes it
ABSENT      calls that the file does not describe; it is asserted that it does not
AMENDED     file: (steps to a part of it): the part as the vendor's guides have it, where the file leaves it
            out, has it of an older version, or wrongly; it is asserted that the file refuses ours without it
REFUSED     names of mappings' tests whose record the vendor refuses as well
CURRENT     the record as it stands there, for writes that name it
HEADERS     headers that its file asks for and its server does not (with the reason beside it)
"""

from importlib import import_module
from pathlib import Path

from tests.vendor_check.shared import VENDORS
from tests.vendor_check.specification import Specification

NAMES = sorted(
    path.stem for path in (Path(__file__).parent / "vendors").glob("*.py") if path.stem != "__init__"
)
_NOTHING = {
    "SPECS": {},
    "BODIES": {},
    "PARTS": {},
    "EXAMPLES": {},
    "ANSWERS": {},
    "VECTORS": {},
    "WRITTEN": {},
    "CURRENT": {},
    "AMENDED": {},
}
_LOADED = {}


def entry(name, part):
    """A part of a vendor's module, empty where it has none."""
    module = import_module(f"tests.vendor_check.vendors.{name}")
    return getattr(module, part, _NOTHING.get(part, set()))


def specifications(name):
    """The vendor's files, as they are amended; each is read once."""
    if name not in _LOADED:
        amended = entry(name, "AMENDED")
        _LOADED[name] = [
            Specification(VENDORS / "specs" / file, prefix, amended.get(file, {}))
            for file, prefix in entry(name, "SPECS").items()
        ]
    return _LOADED[name]


def problems_of_value(name, schema, value):
    """What the first of the vendor's files that has the schema says against a value."""
    known = [one for one in specifications(name) if one.knows(schema)]
    return known[0].value_problems(schema, value) if known else [f"no schema {schema}"]


def without_documented(name, value):
    """The value less the members that only the vendor's guides describe."""
    documented = entry(name, "DOCUMENTED")
    if isinstance(value, dict):
        return {key: without_documented(name, item) for key, item in value.items() if key not in documented}
    return [without_documented(name, item) for item in value] if isinstance(value, list) else value
