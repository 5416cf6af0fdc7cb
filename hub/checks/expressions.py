"""Every expression of the files: what the build compiles."""

from jsonschema import Draft202012Validator, FormatChecker

from hub.catalog import Catalog
from hub.checks.shape import texts
from hub.documents import Document
from hub.expressions import Expression, ExpressionError, compile
from hub.expressions.template import split
from hub.mapping import Mapping
from hub.schemas import SCHEMAS


def expressions(catalog: Catalog) -> list[str]:
    """The texts of all expressions of a catalogue that `hub check` has passed, sorted."""
    found = {source for kind, document in catalog.documents for source in _written(kind, document)}
    return sorted(found.union(*map(_derived, catalog.mappings.values())))


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


def _derived(mapping: Mapping) -> set[str]:
    """What the mapping makes of the names in `both`."""
    rules = [target.rule for target in (*mapping.reads, *mapping.writes)]
    return {rule.source.source for rule in rules if rule.source}
