"""Whether the examples of answers, events/<connector>/answers/<resource>.<call>.json, are what calls read.

`hub contract` puts ids of its own into them: that a line finds none there shows nowhere else.
"""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from hub.catalog import Catalog
from hub.checks.connectors import CALLS
from hub.checks.suggestion import suggest
from hub.connector import Call, Connector, HttpResponse, Resource
from hub.documents import Step
from hub.errors import FileError, Place
from hub.expressions import EvaluationError, compile
from hub.samples import Samples

_NAME = re.compile(r"[A-Za-z_]\w*")
_SUBSCRIBE = "subscribe"
_FORM = '{"status": 200, "headers": {}, "body": …}, each where it says something'

_Sought = tuple[tuple[Step, ...], str, Any]
"""Where an `id:` stands, its expression, and what it found no id in."""


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The answers that nothing asks for, and those in which the connector finds no id."""
    for connector in catalog.connectors.values():
        for file in samples.answers(connector.name):
            try:
                example = samples.load(file)
            except ValueError:
                continue
            resource, _, call = PurePosixPath(file).stem.partition(".")
            unknown = _unknown(connector, resource, call, Place(file, 1, 1))
            if unknown:
                yield unknown
            elif not _is_answer(example):
                yield FileError("bad-answer", "this is no answer", Place(file, 1, 1), hint=_FORM)
            elif 200 <= example.get("status", 200) < 300:
                yield from _ids(connector, resource, call, file, example)


def _unknown(connector: Connector, resource: str, call: str, place: Place) -> FileError | None:
    """The mistake of a name that is no call of the connector."""
    if resource != _SUBSCRIBE and resource not in connector.resources:
        hint = suggest(resource, connector.resources)
        return FileError("unknown-resource", f"{connector.name} has no resource {resource}", place, hint=hint)
    known = _calls(connector, resource)
    if call in known:
        return None
    message = f"nothing asks for this: {connector.name} has no {resource}.{call or '<call>'}"
    return FileError("unknown-call", message, place, hint=suggest(call, known))


def _calls(connector: Connector, resource: str) -> frozenset[str]:
    """The calls of a resource whose answers may be shown."""
    if resource == _SUBSCRIBE:
        return frozenset({"list", "create", "delete"}) if connector.subscribing else frozenset()
    data = connector.resources[resource].data
    ties = {"ties"} if "ties" in (data.get("list") or {}) else set()
    return (CALLS | {"find"}) & data.keys() | ties


def _is_answer(example: Any) -> bool:
    if not isinstance(example, dict) or example.keys() - {"status", "headers", "body"}:
        return False
    headers = example.get("headers", {})
    return isinstance(example.get("status", 200), int) and isinstance(headers, dict)


def _ids(
    connector: Connector, resource: str, call: str, file: str, example: dict[str, Any]
) -> Iterator[FileError]:
    """The `id:` that finds nothing; of several searches, whose answers have one form, that of each."""
    headers = {str(name).lower(): str(text) for name, text in example.get("headers", {}).items()}
    content = b"" if example.get("body") is None else json.dumps(example["body"]).encode()
    response = HttpResponse(example.get("status", 200), headers, content)
    for path, source, read in _sought(connector, resource, call, response):
        near = _near(source, read)
        hint = f'did you mean "{near}"?' if near else ""
        message = f"this finds no id in {file}"
        yield connector.document.error("no-id", message, *path, "id", hint=hint, offset=0)


def _sought(connector: Connector, name: str, call: str, response: HttpResponse) -> Iterator[_Sought]:
    if name == _SUBSCRIBE:
        subscribing = connector.subscribing
        if subscribing and call != "delete":
            yield from _written(getattr(subscribing, call), response)
        return
    resource = connector.resources[name]
    if call == "find":
        for search in resource.find:
            yield from _written(search, response)
    elif call in {"get", "list", "ties"}:
        yield from _listed(resource, call, response)
    elif getattr(resource, call) is not None:
        yield from _written(getattr(resource, call), response)


def _listed(resource: Resource, call: str, response: HttpResponse) -> Iterator[_Sought]:
    """The records of a read, each of which has its id."""
    paths: tuple[tuple[Step, ...], ...] = (("list",), ("get",), ())
    known = [path for path in paths if "id" in _part(resource, path)]
    if not known:
        return
    asked = resource.get if call == "get" else resource.list
    if asked is None:
        return
    rows = [asked.record(response)] if call == "get" else asked.records_of(response)
    without = [row for row in rows if resource.identify(row) is None]
    for row in without[:1]:
        yield ("resources", resource.name, *known[0]), _part(resource, known[0])["id"], row


def _part(resource: Resource, path: tuple[Step, ...]) -> dict[str, Any]:
    part: Any = resource.data
    for step in path:
        part = part.get(step) or {}
    return dict(part)


def _written(call: Call, response: HttpResponse) -> Iterator[_Sought]:
    """The one id of an answer; of a search or a list those of its rows."""
    source = call.data.get("id")
    if source is None or (call.bulk and call.bulk.told(response).written):
        return
    rows = call.records_of(response) if call.records else [None]
    if "where" in call.data or call.path == (_SUBSCRIBE, "list"):
        without = [row for row in rows if _value(source, row) is None]
        yield from ((call.path, source, row) for row in without[:1])
    elif rows and call.id_of(response) is None:
        yield call.path, source, json.loads(response.body or b"null")


def _value(source: str, row: Any) -> Any:
    try:
        return compile(source)(row)
    except EvaluationError:
        return None


def _near(source: str, read: Any) -> str:
    """The path to the first member of the name that an expression ends with, "" where there is none."""
    names = _NAME.findall(source)
    return next((path for path in _paths(read, "") if names and path.rpartition(".")[2] == names[-1]), "")


def _paths(value: Any, above: str) -> Iterator[str]:
    """The paths to all scalars; of lists to those of the first item."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, f"{above}.{name}" if above else name)
    elif isinstance(value, list):
        yield from _paths(value[0], f"{above}[0]") if value else ()
    elif above:
        yield above
