"""A connector's file as it is proposed: each line with how likely it is, and why."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub.proposal.openapi.api import FORM, Api, Operation, Schema
from hub.proposal.openapi.receiving import received
from hub.proposal.openapi.resources import Found, parameters

SURE = 0.5
"""From here on a line stands; below it is a comment."""

_WIDTH = 60
_SIZES = re.compile(
    r"^\$?(top|limit|per_?page|page_?size|page\[size\]|size|count|max_?results)$", re.IGNORECASE
)
_OFFSETS = re.compile(r"^\$?(offset|skip|start|start_?position|from)$", re.IGNORECASE)
_PAGES = re.compile(r"^(page|page_?(no|num|number)|current_?page|page\[number\])$", re.IGNORECASE)
_CURSORS = re.compile(r"cursor|after|page_?token|next|scroll", re.IGNORECASE)
_SINCE = re.compile(
    r"(updat|modif|chang).*(since|after|min|gte?|from|start|at)|(since|after|min|from).*(updat|modif|chang)|modified.?since",
    re.IGNORECASE,
)
_NEXT = re.compile(r"next|cursor|after|nextlink", re.IGNORECASE)
_CHANGED = re.compile(r"(updat|modif|chang)", re.IGNORECASE)
_ID = re.compile(r"^_?id$", re.IGNORECASE)
_ASIDE = re.compile(r"error|warning|link|meta|paging|pagination|included|relationship", re.IGNORECASE)
"""Lists beside the one that was asked for."""

HOLDERS = frozenset(
    {"data", "result", "results", "record", "item", "resource", "object", "payload", "response"}
)
"""What an answer calls the record, whatever it is."""


@dataclass(frozen=True, slots=True)
class Line:
    """`text` at `depth`; `likely` from 0 to 1 with `why`, 1.0 where nothing is guessed."""

    depth: int
    text: str
    likely: float = 1.0
    why: str = ""

    def written(self) -> str:
        """The line as it stands in the file."""
        indent = "  " * self.depth
        body = f"{indent}{self.text}" if self.likely >= SURE else f"{indent}# {self.text}"
        return f"{body.ljust(_WIDTH)} # {self.likely:.2f} {self.why}" if self.why else body


def draft(api: Api, found: Sequence[Found], name: str, events: Sequence[Any]) -> str:
    """The file connectors/<name>.yaml."""
    lines = [
        Line(
            0,
            f"# {name}, proposed from its OpenAPI file. The figures say how likely a line is (1 is certain):",
        ),
        Line(
            0,
            "# check each against the documentation, take the figure away, and say by what it was verified.",
        ),
        Line(0, f"title: {name.capitalize()}"),
        *_standing(found, events),
        Line(0, ""),
        *received(events),
        *_addressed(api),
        Line(0, ""),
        Line(0, "resources:"),
    ]
    for one in found:
        lines += _resource(api, one)
    return "\n".join(line.written().rstrip() for line in lines) + "\n"


def _standing(found: Sequence[Found], events: Sequence[Any]) -> Iterator[Line]:
    yield Line(0, "standing:")
    parts = ["signature", "events"] if events else []
    calls = dict.fromkeys(call for one in found for call in one.calls)
    yield from (Line(1, f"{part}: unverified") for part in [*parts, *calls, "limits"])


def _addressed(api: Api) -> Iterator[Line]:
    settings = re.findall(r"\{([^/{}]+)\}", api.base_url)
    if settings:
        yield Line(0, "settings:")
        yield from (
            Line(1, f"{_word(one)}: {{like: x, help: {_word(one)} of the address}}") for one in settings
        )
    base = re.sub(r"\{([^/{}]+)\}", lambda hit: f"{{account.{_word(hit[1])}}}", api.base_url)
    known = base.startswith("http")
    yield Line(
        0,
        f'base_url: "{base or "https://api.example.com"}"',
        0.9 if known else 0.3,
        "the file's first server",
    )
    yield _authorised(api)
    yield Line(0, "limit:    [5 per 1s]", 0.3, "no file says it: look it up")
    yield Line(0, "empty:    null", 0.6, "what clears a field there")


def _authorised(api: Api) -> Line:
    for scheme in api.schemes.values():
        kind, way = str(scheme.get("type", "")).lower(), str(scheme.get("scheme", "")).lower()
        if kind == "http" and way == "bearer":
            return Line(0, "auth:     {bearer: access_token}", 0.9, "a bearer token")
        if (kind == "http" and way == "basic") or kind == "basic":
            return Line(0, "auth:     {basic: {user: user, password: password}}", 0.9, "HTTP Basic")
        if kind == "apikey" and scheme.get("in") == "header":
            return _keyed(str(scheme.get("name", "X-Api-Key")))
        if kind == "oauth2":
            return _oauth(scheme)
    return Line(0, "auth:     {bearer: access_token}", 0.3, "the file does not say")


def _keyed(header: str) -> Line:
    if header.lower() == "authorization":
        text = 'auth:     {header: {Authorization: "{secret.api_key}"}}'
        return Line(0, text, 0.7, "a key; what stands before it is in the documentation")
    return Line(0, f'auth:     {{header: {{{header}: "{{secret.api_key}}"}}}}', 0.9, "a key in a header")


def _oauth(scheme: Schema) -> Line:
    flows = scheme.get("flows") or {scheme.get("flow", ""): scheme}
    grants = {"clientCredentials": "client_credentials", "application": "client_credentials"}
    for name, flow in flows.items():
        token = str((flow or {}).get("tokenUrl", ""))
        if token:
            grant = grants.get(name, "refresh_token")
            return Line(
                0, f'auth:     {{oauth2: {{token: "{token}", grant: {grant}}}}}', 0.8, f"OAuth 2.0, {name}"
            )
    return Line(0, "auth:     {bearer: access_token}", 0.6, "a token of OAuth 2.0")


def _resource(api: Api, one: Found) -> Iterator[Line]:
    yield Line(1, f"{one.name}:", max(SURE, one.likely), f"its records are {_plural(one.entity)}")
    for name in ("get", "list", "upsert", "create", "update", "delete"):
        if name in one.calls:
            yield from _call(api, one, name, one.calls[name])
    if "upsert" not in one.calls and "create" in one.calls and one.entity == "customer":
        yield from _search(api, one)


def _call(api: Api, one: Found, name: str, call: Operation) -> Iterator[Line]:
    yield Line(2, f"{name}:")
    yield Line(3, f'request: "{call.method} {_target(name, call)}"', 0.9, f"{call.method} {call.path}")
    if call.media == FORM:
        yield Line(3, "format:  form", 0.9, "the body is a form")
    if name in ("upsert", "create", "update"):
        yield Line(3, f"body:    {_flow(_wrapped(api, call.asks, one.name))}", *_sure_of(api, call.asks))
        if source := id_of(api, call.answers, one.name):
            yield Line(3, f"id:      {_quoted(source)}", 0.8, "the id in the answer")
    if name == "get" and (holder := _holder(api, call.answers, one.name)):
        several = api.items(api.properties(call.answers)[holder]) is not None
        source = f"{path_step(holder)}{'[0]' if several else ''}"
        yield Line(3, f"record:  {_quoted(source)}", 0.8, "what of the answer is the record")
    if name == "list":
        yield from _listed(api, one, call)


def _listed(api: Api, one: Found, call: Operation) -> Iterator[Line]:
    rows = rows_of(api, call.answers, one.name)
    yield Line(
        3, f"records: {_quoted(rows[0])}", 0.85 if rows[1] is not None else 0.3, "the list in the answer"
    )
    record = api.properties(rows[1]) if rows[1] is not None else {}
    if id := own_id(record, one.name):
        yield Line(3, f"id:      text({path_step(id)})", 0.9, "by its name")
    changed = [name for name in record if _CHANGED.search(name)]
    if changed:
        yield Line(3, f"version: {changed[0]}", 0.7, "by its name: the time of change")
    yield _paged(api, call)
    if _since(call) is None:
        yield Line(3, "overlap: 10m", 0.3, "no parameter asks for what changed since a time")
    else:
        yield Line(3, "overlap: 10m", 0.7, "what changed meanwhile is asked for again")


def _paged(api: Api, call: Operation) -> Line:
    query = call.named("query")
    size = next((one for one in query if _SIZES.match(one)), None)
    if offset := next((one for one in query if _OFFSETS.match(one)), None):
        return Line(3, "page:    {offset: 100}", 0.8, f"{offset}{f', {size}' if size else ''}")
    if page := next((one for one in query if _PAGES.match(one)), None):
        return Line(3, "page:    {page: 100}", 0.8, f"{page}{f', {size}' if size else ''}")
    told = _next(api, call.answers)
    if told and any(_CURSORS.search(one) for one in query):
        return Line(3, f"page:    {{cursor: {told}}}", 0.75, "a cursor in the answer")
    if told:
        return Line(3, f"page:    {{link: {told}}}", 0.5, "the next page in the answer")
    return Line(3, "page:    link", 0.3, "nothing says how the list goes on")


def _next(api: Api, schema: Schema, prefix: str = "", depth: int = 0) -> str:
    """The path of what names the next page, "" without one."""
    members = api.properties(schema)
    for name, inner in members.items():
        deeper = api.properties(inner) if depth < 3 and api.items(inner) is None else {}
        if _NEXT.search(name) and not deeper:
            return f"{prefix}{path_step(name)}"
        inside = deeper and re.search(r"pag|meta|link|next|cursor", name, re.IGNORECASE)
        if inside and (found := _next(api, inner, f"{prefix}{path_step(name)}.", depth + 1)):
            return found
    return ""


def _search(api: Api, one: Found) -> Iterator[Line]:
    """A customer who may be there already is looked for by email."""
    lister = one.calls.get("list")
    names = lister.named("query") if lister else []
    by = next((name for name in names if re.search(r"e?mail", name, re.IGNORECASE)), None)
    by = by or next(
        (name for name in names if re.fullmatch(r"q|query|search|filter|term", name, re.IGNORECASE)), None
    )
    if lister is None:
        return
    rows, record = rows_of(api, lister.answers, one.name)
    id = path_step(own_id(api.properties(record or {}), one.name) or "id")
    path = f"{_path(lister)}?{by or 'email'}={{coalesce(record.email, '-')}}"
    first = f"{rows}[0].{id}" if rows != "@" else f"[0].{id}"
    likely = 0.8 if by and "mail" in by.lower() else 0.5 if by else 0.3
    text = f'find: [{{request: "GET {path}", records: {_quoted(rows)}, id: {_quoted(first)}}}]'
    yield Line(2, text, likely, "without an upsert, who is there is found by email")


def rows_of(api: Api, schema: Schema, name: str = "") -> tuple[str, Schema | None]:
    """Where an answer has its list, and what that holds; "@" for an answer that is one.

    `name`: what the records are called; a list of that name is theirs.
    """
    own = api.items(schema)
    if own is not None:
        return "@", own
    found = [("", part) for part in api.properties(schema).items()]
    found += [
        (f"{path_step(outer)}.", part)
        for outer, one in api.properties(schema).items()
        for part in api.properties(one).items()
    ]
    lists = [
        (f"{outer}{path_step(key)}", inner)
        for outer, (key, one) in found
        if (inner := api.items(one)) is not None
    ]
    lists = [one for one in lists if not _ASIDE.search(one[0])] or lists
    alike = [one for one in lists if name and same_name(one[0].rpartition(".")[2], name)]
    full = [one for one in lists if api.properties(one[1])]
    return next(iter([*alike, *full, *lists]), ("@", None))


def record_of(api: Api, one: Found) -> Schema | None:
    """What a record of a resource looks like: as it is listed, else as it is fetched or written."""
    for name in ("get", "list", "create", "update", "upsert"):
        call = one.calls.get(name)
        if call is None:
            continue
        if name == "list":
            found = rows_of(api, call.answers, one.name)[1]
        else:
            schema = call.answers or call.asks
            holder = _holder(api, schema, one.name)
            found = api.resolved(api.properties(schema)[holder]) if holder else schema
            found = api.items(found) or found
        if found and api.properties(found):
            return found
    return None


def id_of(api: Api, schema: Schema, name: str) -> str:
    """Where an answer names the record; "" where nothing looks so."""
    holder = _holder(api, schema, name)
    part = api.properties(schema)[holder] if holder else schema
    inner = api.items(part)
    own = own_id(api.properties(inner if inner is not None else part), name)
    where = f"{path_step(holder) if holder else ''}{'[0]' if inner is not None else ''}"
    return (f"{where}.{path_step(own)}" if where else path_step(own)) if own else ""


def own_id(members: Any, name: str) -> str:
    """The member that names a record: `id`, or what it is called with an id behind it."""
    said = name.replace("_", "")
    alike = (
        key for key in members if key.replace("_", "").lower() in (f"{said}id", f"{said}code", f"{said}key")
    )
    return next((key for key in members if _ID.match(key)), None) or next(alike, "")


def _holder(api: Api, schema: Schema, name: str) -> str:
    """The name of what of an answer holds the record, "" where it is the record itself."""
    members = api.properties(schema)
    if own_id(members, name):
        return ""
    called = (key for key in members if same_name(key, name) or key.lower() in HOLDERS)
    if alike := next(
        (key for key in called if api.properties(api.items(members[key]) or members[key])), None
    ):
        return alike
    objects = [
        key for key, one in members.items() if api.properties(one) or api.properties(api.items(one) or {})
    ]
    objects = [key for key in objects if not _ASIDE.search(key)]
    return objects[0] if len(objects) == 1 else ""


def same_name(key: str, name: str) -> bool:
    """Whether a member has the name of the records: one of them, or several."""
    return key.replace("_", "").lower().removesuffix("s") == name.replace("_", "").removesuffix("s")


def _wrapped(api: Api, schema: Schema, name: str) -> Any:
    members = api.properties(schema)
    holder = next((key for key in members if same_name(key, name)), None)
    holder = holder or (next(iter(members)) if len(members) == 1 else None)
    if holder is None or not (api.properties(members[holder]) or api.items(members[holder]) is not None):
        return "{record}"
    return {holder: ["{record}"] if api.items(members[holder]) is not None else "{record}"}


def _sure_of(api: Api, schema: Schema) -> tuple[float, str]:
    return (0.8, "as the body's schema says") if api.properties(schema) else (0.5, "the body has no schema")


def _target(name: str, call: Operation) -> str:
    path = _path(call)
    if name != "list":
        return path
    asked = []
    query = call.named("query")
    if since := _since(call):
        asked.append(f"{since}={{iso_time(since)}}")
    if size := next((one for one in query if _SIZES.match(one)), None):
        asked.append(f"{size}=100")
    turn = next((one for one in query if _OFFSETS.match(one) or _PAGES.match(one)), None)
    turn = turn or next((one for one in query if _CURSORS.search(one)), None)
    if turn:
        asked.append(f"{turn}={{page}}")
    return f"{path}?{'&'.join(asked)}" if asked else path


def _path(call: Operation) -> str:
    """The path with our names: the last part in braces is the id, those before it settings of the account."""
    names = parameters(call)
    path = call.path
    for number, one in enumerate(names):
        own = number == len(names) - 1 and path.rstrip("/").rstrip("')").endswith("}")
        path = path.replace(f"{{{one}}}", "{id}" if own else f"{{account.{_word(one)}}}", 1)
    return path


def _since(call: Operation) -> str | None:
    return next((one for one in call.named("query") if _SINCE.search(one)), None)


def path_step(name: str) -> str:
    """A name as a step of a path."""
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else f'"{name}"'


def _word(name: str) -> str:
    return re.sub(r"\W+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).lower()


def _quoted(source: str) -> str:
    return source if re.fullmatch(r"[A-Za-z_][\w.]*", source) else json.dumps(source)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(one)}" for name, one in value.items()) + "}"
    return "[" + ", ".join(map(_flow, value)) + "]" if isinstance(value, list) else json.dumps(value)


def _plural(entity: str) -> str:
    return {"stock": "stock", "customer": "customers"}.get(entity, f"{entity}s")
