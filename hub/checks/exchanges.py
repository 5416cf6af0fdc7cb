"""Whether a connector's expressions read what requests and answers have."""

from collections.abc import Iterator
from typing import Any

from hub.catalog import Catalog
from hub.checks.names import unknown_name
from hub.checks.shape import texts
from hub.checks.text import Text
from hub.checks.tree import Node
from hub.checks.types import ANY, NUMBER, OBJECT, TEXT, Type, object_of
from hub.checks.wording import Scope, remarks
from hub.connector import Connector
from hub.documents import Step
from hub.errors import FileError
from hub.expressions import ExpressionError, compile
from hub.samples import Samples

Path = tuple[Step, ...]

REQUEST: dict[str, Type] = {"method": TEXT, "url": TEXT, "query": OBJECT, "headers": OBJECT, "body": ANY}
ANSWER: dict[str, Type] = {"status": NUMBER, "headers": OBJECT, "body": ANY}


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in what connectors read of requests and answers."""
    for connector in catalog.connectors.values():
        data = connector.document.data
        for here, rule in rules(connector):
            for path, source in _rule(rule):
                text = Text(connector.document, (*here, *path), source)
                yield from _read(text, ANSWER, condition=path == ("if",))
        for name, source in (data.get("error") or {}).items():
            yield from _read(Text(connector.document, ("error", name), source), ANSWER)
        yield from _receive(connector, data.get("receive") or {})
        yield from _headers(connector)


def rules(connector: Connector) -> Iterator[tuple[Path, dict[str, Any]]]:
    """What is said of answers, by the connector and by its calls, each rule with its path."""
    parts: list[tuple[Path, Any]] = [((), connector.data)]
    for name, resource in connector.data["resources"].items():
        parts += [(("resources", name, call), part) for call, part in (resource or {}).items()]
        parts += [
            (("resources", name, "find", number), part)
            for number, part in enumerate((resource or {}).get("find") or ())
        ]
    for path, part in parts:
        for number, rule in enumerate(part.get("responses") or () if isinstance(part, dict) else ()):
            yield (*path, "responses", number), rule


def _rule(rule: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    yield ("if",), rule["if"]
    if "after" in rule:
        yield ("after", "from"), rule["after"]["from"]


def _receive(connector: Connector, data: dict[str, Any]) -> Iterator[FileError]:
    """The handshake and the levels of a batch: all that is in scope there is known."""
    for key in ("if", "token", "answer"):
        if key in (data.get("handshake") or {}):
            path = ("receive", "handshake", key)
            text = Text(connector.document, path, data["handshake"][key])
            yield from _read(text, REQUEST, condition=key == "if")
    levels: dict[str, Type] = {}
    for name, source in (data.get("events") or {}).items():
        yield from _read(Text(connector.document, ("receive", "events", name), source), {**REQUEST, **levels})
        levels[name] = ANY


def _read(text: Text, scope: dict[str, Type], *, condition: bool = False) -> Iterator[FileError]:
    for name in sorted(compile(text.source).names - scope.keys()):
        yield unknown_name(text.document, text.path, name, scope)
    yield from remarks(text, Scope(object_of(scope)), condition=condition)[1]


def _headers(connector: Connector) -> Iterator[FileError]:
    """Names of headers with capitals: they come in small letters."""
    for part in ("receive", "auth", "resources", "responses", "error"):
        for path, source in texts(connector.document.data.get(part)):
            text = Text(connector.document, (part, *path), source)
            for node in _capitals(text) if "headers." in source and "{" not in source else ():
                message = "headers are read in small letters: this is always null"
                yield text.error("header-case", message, node, f'write headers."{node.value.lower()}"')


def _capitals(text: Text) -> Iterator[Node]:
    try:
        nodes = list(text.tree.nodes())
    except ExpressionError:
        return
    for node in nodes:
        if node.kind == "subexpression" and node.children[0].path == ("headers",):
            name = node.children[1]
            if name.kind == "field" and name.value != name.value.lower():
                yield name
