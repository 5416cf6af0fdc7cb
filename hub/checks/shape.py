"""Whether a file has the shape that its JSON Schema says, and its expressions parse."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator, FormatChecker

from hub.checks.cures import explained
from hub.checks.suggestion import suggest
from hub.connector import duration
from hub.documents import Document, Step
from hub.errors import FileError
from hub.expressions import Expression, ExpressionError, compile
from hub.expressions.template import split
from hub.flow import quiet_hours
from hub.schemas import SCHEMAS

Path = tuple[Step, ...]

_FORMATS = FormatChecker(formats=())
_FORMS = {
    "expression": "an expression",
    "duration": "a duration such as 30s, 5m or 1d",
    "limit": "a limit such as 110 per 10s or 10 at once",
    "hours": "hours such as 21:00-08:00",
    "zone": "a time zone such as America/Bogota",
    "pattern": "a regular expression",
    "day": "a day such as 2027-01-31",
}
_QUOTE = 'put the expression in double quotes: "…"'


class _Mistake(Exception):
    """A wrong text at `path` below the value, character `offset`."""

    def __init__(self, code: str, error: ExpressionError, path: Path = ()) -> None:
        super().__init__(code)
        self.code = code
        self.error = error
        self.path = path


def check(kind: str, document: Document) -> Iterator[FileError]:
    """The mistakes in the shape of a document of this kind; in a table its reader has found them all."""
    if kind not in SCHEMAS:
        return
    for error in _validator(kind).iter_errors(document.data):
        yield from _errors(document, error)


@cache
def _validator(kind: str) -> Draft202012Validator:
    """That of a kind of file: one for all files, so that references are followed once."""
    return Draft202012Validator(SCHEMAS[kind], format_checker=_FORMATS)


def _errors(document: Document, error: Any) -> Iterator[FileError]:
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    if keyword == "additionalProperties":
        known = error.schema["properties"]
        for name in [name for name in error.instance if name not in known]:
            yield document.error(
                "unknown-key", f'"{name}" means nothing here', *path, name, hint=suggest(name, known)
            )
    elif keyword == "required":
        yield _missing(document, error, path)
    elif keyword == "format" and isinstance(error.cause, _Mistake):
        yield _located(document, error.cause, path)
    elif "propertyNames" in error.schema_path:
        yield document.error("bad-name", f'"{error.instance}" is not {_wanted(error)}', *path, error.instance)
    else:
        yield document.error("bad-value", *_said(error, path), offset=0, hint=_cure(error))


def _missing(document: Document, error: Any, path: Path) -> FileError:
    missing = [name for name in error.validator_value if name not in error.instance]
    name = next((name for name in missing if error.message.startswith(repr(name))), missing[0])
    about = error.schema["properties"].get(name, {}).get("description", "")
    return document.error(
        "missing-key", f'"{name}" is missing', *path, hint=f"{name}: {about}" if about else ""
    )


def _located(document: Document, mistake: _Mistake, path: Path) -> FileError:
    error = mistake.error
    where = (*path, *mistake.path)
    return document.error(mistake.code, error.message, *where, hint=error.hint, offset=error.offset)


def _said(error: Any, path: Path) -> tuple[Any, ...]:
    """The message, without the value, and the path."""
    name = next((f'"{step}"' for step in reversed(path) if isinstance(step, str)), "the file")
    return (f"{name} must be {_wanted(error)}", *path)


def _wanted(error: Any) -> str:
    keyword, value = error.validator, error.validator_value
    form = _FORMS.get(error.schema.get("format", ""))
    if form:
        return form
    if keyword == "type":
        leaf = "$ref" in str(error.schema.get("additionalProperties"))
        return "an expression" if leaf else f"of type {_either(value)}"
    if keyword == "enum":
        return "one of " + ", ".join(
            word or '""' if isinstance(word, str) else json.dumps(word) for word in value
        )
    return str(error.schema.get("description") or f"as in {value}")


def _either(types: Any) -> str:
    return " or ".join(types) if isinstance(types, list) else str(types)


def _cure(error: Any) -> str:
    if error.validator == "enum" and isinstance(error.instance, str):
        return suggest(
            error.instance, [word for word in error.validator_value if word and isinstance(word, str)]
        )
    if error.validator != "type":
        return ""
    if isinstance(error.instance, list):
        return _QUOTE
    return 'a fixed value is written "\'text\'" or "`5`"' if not isinstance(error.instance, dict) else ""


def _parsed(source: str) -> Expression:
    try:
        expression = compile(source)
    except ExpressionError as error:
        raise _Mistake(*explained(error, source)) from None
    return expression


def _allowed(expression: Expression) -> None:
    for finding in expression.findings():
        raise _Mistake(finding.code, ExpressionError(finding.message, finding.offset, finding.hint))


@_FORMATS.checks("expression", raises=_Mistake)
def _is_expression(value: object) -> bool:
    if isinstance(value, str):
        _allowed(_parsed(value))
    return True


@_FORMATS.checks("template", raises=_Mistake)
def _is_template(value: object) -> bool:
    for path, text in texts(value):
        try:
            parts = split(text)
        except ExpressionError as error:
            raise _Mistake(*explained(error, text, template=True), path) from None
        for part in parts:
            _is_allowed_inside(part, text, path)
    return True


def _is_allowed_inside(part: str | Expression, text: str, path: Path) -> None:
    for finding in part.findings() if isinstance(part, Expression) else ():
        offset = text.index(part.source) + finding.offset if isinstance(part, Expression) else 0
        raise _Mistake(finding.code, ExpressionError(finding.message, offset, finding.hint), path)


def texts(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The texts in a literal, with their paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, (*path, index))


@_FORMATS.checks("duration", raises=ValueError)
def _is_duration(value: object) -> bool:
    return not isinstance(value, str) or duration.seconds(value) >= 0


@_FORMATS.checks("limit", raises=ValueError)
def _is_limit(value: object) -> bool:
    return (
        not isinstance(value, str) or duration.at_once([value]) is not None or bool(duration.limits([value]))
    )


@_FORMATS.checks("hours", raises=ValueError)
def _is_hours(value: object) -> bool:
    return not isinstance(value, str) or bool(quiet_hours(value))


@_FORMATS.checks("zone", raises=(ValueError, KeyError, OSError))
def _is_zone(value: object) -> bool:
    return not isinstance(value, str) or bool(ZoneInfo(value))


@_FORMATS.checks("day", raises=ValueError)
def _is_day(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@_FORMATS.checks("pattern", raises=re.error)
def _is_pattern(value: object) -> bool:
    return not isinstance(value, str) or bool(re.compile(value))
