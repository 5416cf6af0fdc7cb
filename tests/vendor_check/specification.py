"""A vendor's OpenAPI (3.0, 3.1) or Swagger (2.0) file: does it know this request, and does the body fit?

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
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

METHODS = {"get", "post", "put", "patch", "delete"}
FORM = "application/x-www-form-urlencoded"


class Specification:
    """`prefix`: what stands before the file's paths in real addresses; a path may name parts as {part}.

    `amended`: steps to a part of the file -> the part that stands there instead.
    """

    def __init__(self, path: Path, prefix: str = "", amended=None):
        self.path = path
        self.prefix = prefix
        self.amended = amended or {}

    @cached_property
    def written(self):
        """The file as it is."""
        text = self.path.read_text(encoding="utf-8")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return json.loads(text) if self.path.suffix == ".json" else yaml.load(text, Loader=loader)

    @cached_property
    def data(self):
        """The file with what is amended."""
        data = self.written
        for steps, part in self.amended.items():
            data = _amended(data, steps, part)
        return data

    def without(self, steps):
        """The same file less one amendment."""
        return self._amended_by({path: part for path, part in self.amended.items() if path != steps})

    def plain(self):
        """The same file as it is, without any amendment."""
        return self._amended_by({})

    def _amended_by(self, amended):
        other = Specification(self.path, self.prefix, amended)
        other.written = self.written
        return other

    @cached_property
    def schemas(self):
        known = self.data.get("definitions") or self.data["components"].get("schemas", {})
        parts = set(_parts(known))
        return {name: _converted(schema, closed=name not in parts) for name, schema in known.items()}

    def request_problems(self, method, url, headers, body):
        """What the file says against a request; [] when nothing. `body`: of a form by nested names."""
        parts = urlsplit(url)
        found = self._operation(method.lower(), parts.path)
        if found is None:
            return [f"no operation {method} {parts.path}"]
        operation, shared = found
        parameters = [self._resolved(one) for one in [*shared, *operation.get("parameters", [])]]
        names = {one["name"] for one in parameters if one["in"] == "query"}
        given = {name.lower() for name in headers}
        wanted = {one["name"] for one in parameters if one["in"] == "header" and one.get("required")}
        asked = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
        unknown = [name for name in asked if name not in names and name.partition("[")[0] not in names]
        missing = {one["name"] for one in parameters if one["in"] == "query" and one.get("required")}
        problems = [f"no query parameter {name}" for name in unknown]
        problems += [f"query parameter {name} is missing" for name in missing - set(asked)]
        problems += [f"header {name} is missing" for name in wanted if name.lower() not in given]
        return problems + self._body_problems(operation, parameters, headers, body)

    def value_problems(self, schema, value):
        """What the schema of this name, or of what an operation (GET /path) answers, says against a value."""
        return self._problems(self._named(schema), value)

    def knows(self, schema):
        """Whether there is a schema of this name, or an operation that answers one."""
        return self._named(schema) is not None

    def _named(self, schema):
        if schema in self.schemas:
            return {"$ref": f"#/components/schemas/{schema}"}
        method, _, path = schema.partition(" ")
        answers = self.data.get("paths", {}).get(path, {}).get(method.lower(), {}).get("responses", {})
        answer = self._resolved(next((answers[code] for code in (200, "200") if code in answers), {}))
        told = answer.get("schema") or answer.get("content", {}).get("application/json", {}).get("schema")
        return told and _converted(told)

    def _body_problems(self, operation, parameters, headers, body):
        content = self._contents(operation, parameters)
        if not content:
            return [] if body is None else ["takes no body"]
        kind = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
        if body is None:
            needed = self._resolved(operation.get("requestBody", {})).get("required")
            return ["a body is missing"] if needed else []
        known = {name.partition(";")[0]: value for name, value in content.items()}
        if kind.partition(";")[0] not in known:
            return [f"takes {', '.join(content)}, not {kind!r}"]
        schema = _converted(known[kind.partition(";")[0]].get("schema") or {})
        return self._problems(_loose(schema) if kind == FORM else schema, body)

    def _contents(self, operation, parameters):
        """Media type -> its schema; those of Swagger 2.0 stand among the parameters."""
        inside = next((one for one in parameters if one["in"] == "body"), None)
        if inside:
            kinds = operation.get("consumes") or self.data.get("consumes") or ["application/json"]
            return {kind: {"schema": inside.get("schema") or {}} for kind in kinds}
        return self._resolved(operation.get("requestBody", {})).get("content", {})

    def _problems(self, schema, value):
        root = {**schema, "components": {"schemas": self.schemas}, "definitions": self.schemas}
        errors = Draft202012Validator(root, registry=Registry(retrieve=self._beside)).iter_errors(value)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"[:300] for error in errors]

    def _beside(self, address):
        """Another file of the vendor: users.json of a reference is v8_users.openapi.json here."""
        name = Path(urlsplit(address).path).stem
        (path,) = self.path.parent.glob(f"*_{name}.openapi.json")
        return Resource({"components": {"schemas": Specification(path).schemas}}, DRAFT202012)

    def _operation(self, method, path):
        """The operation and the parameters of its path; of several paths that fit the most literal one."""
        fitting = [
            (template.count("{"), item[method], item.get("parameters", []))
            for template, item in self.data.get("paths", {}).items()
            if method in item and self._pattern(template).fullmatch(path)
        ]
        return min(fitting, key=lambda one: one[0])[1:] if fitting else None

    def _pattern(self, template):
        whole = re.escape(self.prefix + template.partition("?")[0])
        return re.compile(re.sub(r"\\\{[^/]*?\\\}", "[^/]+", whole))

    def _resolved(self, part):
        if "$ref" not in part:
            return part
        found = self.data
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        return self._resolved(found)


def _amended(data, steps, part):
    """A copy along the steps with another part at their end. Raises KeyError where steps are lacking."""
    if not steps:
        return part
    inner = data[steps[0]] if len(steps) > 1 else None
    return {**data, steps[0]: _amended(inner, steps[1:], part)}


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
    for name in ("Minimum", "Maximum"):
        if isinstance(inner.get(f"exclusive{name}"), bool):
            del inner[f"exclusive{name}"]
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") is True else inner


def _member(key, value, closed):
    if key == "properties":
        return {name: _converted(item) for name, item in value.items()}
    return _converted(value, closed and key not in _COMPOSED) if key != "items" else _converted(value)


def _loose(schema):
    """The schema of a form, in which numbers and booleans are texts."""
    if isinstance(schema, list):
        return [_loose(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    loose = {key: _loose(value) for key, value in schema.items()}
    if isinstance(loose.get("type"), str) and loose["type"] in {"integer", "number", "boolean"}:
        loose["type"] = [loose["type"], "string"]
    return loose


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
