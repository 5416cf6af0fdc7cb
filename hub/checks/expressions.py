"""Every expression outside of mappings: what the build compiles one by one."""

from jsonschema import Draft202012Validator, FormatChecker

from hub.catalog import Catalog
from hub.checks.shape import texts
from hub.documents import Document
from hub.expressions import Expression, ExpressionError, compile
from hub.expressions.template import split
from hub.schemas import SCHEMAS


def expressions(catalog: Catalog) -> list[str]:
    """The texts of all expressions of a catalogue that `hub check` has passed, sorted.

    Of a mapping only `record:`, for its leaves are in the functions of the mapping.
    """
    others = (found for found in catalog.documents if found[0] in SCHEMAS.keys() - {"mapping"})
    records = {
        str(one.document.data["record"]) for one in catalog.mappings.values() if "record" in one.document.data
    }
    return sorted(records.union(*(_written(kind, document) for kind, document in others)))


def _written(kind: str, document: Document) -> set[str]:
    """What the schema of the file says is an expression, or a template with expressions in it."""
    found: set[str] = set()
    formats = FormatChecker(formats=())

    @formats.checks("expression", raises=ExpressionError)
    def expression(value: object) -> bool:
        found.update([compile(value).source] if isinstance(value, str) else [])
        return True

    @formats.checks("template", raises=ExpressionError)
    def template(value: object) -> bool:
        parts = [part for _, text in texts(value) for part in split(text)]
        found.update(part.source for part in parts if isinstance(part, Expression))
        return True

    Draft202012Validator(SCHEMAS[kind], format_checker=formats).validate(document.data)
    return found
