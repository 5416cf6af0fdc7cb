"""A vendor's OpenAPI file: does it know this request, and does the body fit?

A property that the file does not name is a problem, although OpenAPI would let it pass: a vendor that
ignores a misspelt field is worse than one that refuses it.
"""

import json
import re
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import yaml
from jsonschema import Draft202012Validator

METHODS = {"get", "post", "put", "patch", "delete"}


class Specification:
    def __init__(self, path: Path):
        self.path = path

    @cached_property
    def data(self):
        text = self.path.read_text(encoding="utf-8")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return json.loads(text) if self.path.suffix == ".json" else yaml.load(text, Loader=loader)

    @cached_property
    def schemas(self):
        known = self.data["components"]["schemas"]
        parts = set(_parts(known))
        return {name: _converted(schema, closed=name not in parts) for name, schema in known.items()}

    def request_problems(self, method, url, headers, body):
        """What the file says against a request; [] when nothing."""
        parts = urlsplit(url)
        found = self._operation(method.lower(), parts.path)
        if found is None:
            return [f"no operation {method} {parts.path}"]
        operation, shared = found
        parameters = [self._resolved(one) for one in [*shared, *operation.get("parameters", [])]]
        names = {one["name"] for one in parameters if one["in"] == "query"}
        given = {name.lower() for name in headers}
        wanted = {one["name"] for one in parameters if one["in"] == "header" and one.get("required")}
        problems = [f"no query parameter {name}" for name, _ in parse_qsl(parts.query) if name not in names]
        problems += [f"header {name} is missing" for name in wanted if name.lower() not in given]
        return problems + self._body_problems(operation, headers, body)

    def value_problems(self, schema, value):
        """What the schema of this name says against a value."""
        return self._problems({"$ref": f"#/components/schemas/{schema}"}, value)

    def _body_problems(self, operation, headers, body):
        content = self._resolved(operation.get("requestBody", {})).get("content", {})
        if not content:
            return [] if body is None else ["takes no body"]
        kind = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
        if kind not in content:
            return [f"takes {', '.join(content)}, not {kind!r}"]
        return self._problems(_converted(content[kind]["schema"]), body)

    def _problems(self, schema, value):
        root = {**schema, "components": {"schemas": self.schemas}}
        errors = Draft202012Validator(root).iter_errors(value)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"[:300] for error in errors]

    def _operation(self, method, path):
        for template, item in self.data["paths"].items():
            pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(template))
            if method in item and re.fullmatch(pattern, path):
                return item[method], item.get("parameters", [])
        return None

    def _resolved(self, part):
        if "$ref" not in part:
            return part
        found = self.data
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found


_DROPPED = {"example", "examples", "x-example", "discriminator", "description", "nullable", "format"}
_COMPOSED = {"allOf", "oneOf", "anyOf"}


def _converted(schema, closed=True):
    """JSON Schema of an OpenAPI 3.0 schema: null where it is allowed, and no property that is not named."""
    if isinstance(schema, list):
        return [_converted(item, closed) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _member(key, value, closed) for key, value in schema.items() if key not in _DROPPED}
    if closed and "additionalProperties" not in inner and (inner.get("properties") or "allOf" in inner):
        inner["unevaluatedProperties"] = False
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") is True else inner


def _member(key, value, closed):
    if key == "properties":
        return {name: _converted(item) for name, item in value.items()}
    return _converted(value, closed and key not in _COMPOSED) if key != "items" else _converted(value)


def _parts(schema):
    """The names of schemas that are only a part of others."""
    if isinstance(schema, list):
        for item in schema:
            yield from _parts(item)
    if isinstance(schema, dict):
        for item in schema.get("allOf", ()):
            yield from [item["$ref"].rpartition("/")[2]] if "$ref" in item else []
        for item in schema.values():
            yield from _parts(item)
