"""A vendor's API as its OpenAPI (3.0, 3.1) or Swagger (2.0) file tells it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hub.errors import HubError

METHODS = ("get", "post", "put", "patch", "delete")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"

_DEEPEST = 6
"""Objects in each other that a sample shows."""

_FORMATS = {
    "date-time": "2026-11-20T15:30:00Z",
    "date": "2026-11-20",
    "email": "ana.rios@correo.example",
    "uuid": "0b9f3c1e-8f5a-4c57-9d3e-2f6f4a1c7d10",
    "uri": "https://example.com/x",
}
_NAMED = (
    (re.compile(r"e-?mail|correo", re.IGNORECASE), "ana.rios@correo.example"),
    (re.compile(r"phone|mobile|telefono|celular|cell", re.IGNORECASE), "+573105550147"),
    (re.compile(r"(^|_)(time|date|at|on)$|[a-z](Time|Date|At|On|DateUTC)$|^fecha"), "2026-11-20T15:30:00Z"),
    (re.compile(r"country|pais", re.IGNORECASE), "CO"),
    (re.compile(r"currency|moneda", re.IGNORECASE), "COP"),
    (re.compile(r"url|uri|link", re.IGNORECASE), "https://example.com/x"),
)
_PLAIN: dict[str, Any] = {"string": "x", "integer": 1, "number": 1.5, "boolean": True}

Schema = Mapping[str, Any]


class ApiError(HubError):
    """The file cannot be read as a description of an API."""


@dataclass(frozen=True, eq=False)
class Operation:
    """One request. `asks`, `answers`: schemas of the bodies, `media` of the request's; `said`: its words."""

    method: str
    path: str
    parameters: tuple[Schema, ...]
    asks: Schema
    media: str
    answers: Schema
    said: str

    def named(self, place: str) -> list[str]:
        """The names of the parameters in query, header or path."""
        return [str(one.get("name", "")) for one in self.parameters if one.get("in") == place]


@dataclass(frozen=True, eq=False)
class Api:
    """What the file holds."""

    data: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Api":
        """The API of a file in JSON or YAML. Raises ApiError."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise ApiError(f"{path} cannot be read") from None
        data = _loaded(text)
        if not isinstance(data, dict) or not isinstance(data.get("paths"), dict):
            raise ApiError(f"{path} is no OpenAPI file: it has no paths")
        return cls(data)

    @cached_property
    def base_url(self) -> str:
        """Where it is, as the file says it first; "" where it does not."""
        servers = self.data.get("servers") or ()
        if servers:
            return str(servers[0].get("url", "")).rstrip("/")
        if "host" in self.data:
            scheme = (self.data.get("schemes") or ["https"])[0]
            return f"{scheme}://{self.data['host']}{str(self.data.get('basePath', '')).rstrip('/')}"
        return ""

    @cached_property
    def schemes(self) -> dict[str, Schema]:
        """How requests are authorised, by name."""
        found = self.data.get("securityDefinitions") or self._components("securitySchemes")
        return {name: self.resolved(one) for name, one in found.items()}

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """All requests, in the file's order."""
        return tuple(self._operations())

    def resolved(self, part: Any) -> Schema:
        """A part of the file with its reference followed; empty for what is none."""
        for _ in range(_DEEPEST):
            if not isinstance(part, Mapping) or "$ref" not in part:
                break
            part = self._at(str(part["$ref"]))
        return part if isinstance(part, Mapping) else {}

    def properties(self, schema: Any) -> dict[str, Schema]:
        """The members of an object by name, those of all that it is made of."""
        known = self.resolved(schema)
        found: dict[str, Schema] = {}
        for word in ("allOf", "oneOf", "anyOf"):
            parts = known.get(word) or ()
            for part in parts if word == "allOf" else parts[:1]:
                found |= self.properties(part)
        return {**found, **(known.get("properties") or {})}

    def items(self, schema: Any) -> Schema | None:
        """What a list holds, None for what is no list."""
        known = self.resolved(schema)
        is_list = known.get("type") == "array" or "items" in known
        return self.resolved(known.get("items")) if is_list else None

    def sample(self, schema: Any, name: str = "", depth: int = 0) -> Any:
        """A value as the schema describes it: its own example, else one that its format or name suggests."""
        known = self.resolved(schema)
        for word in ("example", "default"):
            if word in known:
                return known[word]
        if known.get("enum"):
            return known["enum"][0]
        inner = self.items(known)
        if depth >= _DEEPEST:
            return None
        if inner is not None:
            return [self.sample(inner, name, depth + 1)]
        if members := self.properties(known):
            return {key: self.sample(one, key, depth + 1) for key, one in members.items()}
        kind = known.get("type")
        plain = _PLAIN.get(str(kind[0] if isinstance(kind, list) else kind))
        named = next((value for words, value in _NAMED if words.search(name)), plain)
        return _FORMATS.get(str(known.get("format")), named if plain == "x" else plain)

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.data["paths"].items():
            for method in METHODS:
                if isinstance(item, Mapping) and isinstance(item.get(method), Mapping):
                    yield self._operation(method, str(path), item)

    def _operation(self, method: str, path: str, item: Schema) -> Operation:
        part = item[method]
        every = [*(item.get("parameters") or ()), *(part.get("parameters") or ())]
        parameters = tuple(self.resolved(one) for one in every)
        asks, media = self._asks(part, parameters)
        words = (
            part.get("operationId", ""),
            part.get("summary", ""),
            " ".join(map(str, part.get("tags") or ())),
        )
        return Operation(method.upper(), path, parameters, asks, media, self._answers(part), " ".join(words))

    def _asks(self, part: Schema, parameters: tuple[Schema, ...]) -> tuple[Schema, str]:
        body = next((one for one in parameters if one.get("in") == "body"), None)
        if body is not None:
            return self.resolved(body.get("schema")), JSON
        content = self.resolved(part.get("requestBody")).get("content") or {}
        media = JSON if JSON in content else next(iter(content), "")
        return self.resolved((content.get(media) or {}).get("schema")), media

    def _answers(self, part: Schema) -> Schema:
        """The schema of the first answer that is a success."""
        for status, answer in sorted((part.get("responses") or {}).items(), key=lambda one: str(one[0])):
            if str(status).startswith("2"):
                known = self.resolved(answer)
                content = known.get("content") or {}
                inner = next(iter(content.values()), {}) if content else known
                return self.resolved(inner.get("schema"))
        return {}

    def _components(self, kind: str) -> Mapping[str, Any]:
        return (self.data.get("components") or {}).get(kind) or {}

    def _at(self, reference: str) -> Any:
        found: Any = self.data
        for step in reference.removeprefix("#/").split("/"):
            found = (
                found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, Mapping) else None
            )
        return found


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f": line {mark.line + 1}" if mark else ""
        raise ApiError(f"the file is neither JSON nor YAML{where}") from None
