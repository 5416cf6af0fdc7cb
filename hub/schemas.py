"""The shapes of the files as JSON Schemas: for `hub check`, and for completion in editors.

`format: expression` and `format: template` mark the texts that are parsed.
"""

import json
from pathlib import Path
from typing import Any

from hub.values import TYPES

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def _text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def _expression(description: str = "") -> Schema:
    return _text(description, format="expression")


def _template(description: str = "") -> Schema:
    return {"description": description, "format": "template"}


def _object(description: str, properties: dict[str, Schema], *required: str) -> Schema:
    shape: Schema = {"type": "object", "description": description, "properties": properties}
    return {**shape, "required": list(required), "additionalProperties": False}


def _map(description: str, of: Schema) -> Schema:
    return {"type": "object", "description": description, "additionalProperties": of}


def _list(description: str, of: Schema, **more: Any) -> Schema:
    return {"type": "array", "description": description, "items": of, **more}


def _choice(description: str, *values: str) -> Schema:
    return {"description": description, "enum": list(values)}


def _cases(*cases: tuple[Schema, Schema], otherwise: Schema) -> Schema:
    """The first case whose condition holds decides, so that a mistake has one message."""
    shape = otherwise
    for condition, then in reversed(cases):
        shape = {"if": condition, "then": then, "else": shape}
    return shape


def _has(key: str) -> Schema:
    return {"type": "object", "required": [key]}


_IS_TEXT = {"type": "string"}
_DURATION = _text("30s, 5m, 1h, 2d", format="duration")

_LOOKUP = _map(
    "vendor's word: ours, one to one; an unlisted one leaves the field as it was",
    {"type": ["string", "boolean"]},
)
_FROM = _object(
    "an expression with options",
    {
        "from": _expression("what is looked up"),
        "lookup": _LOOKUP,
        "else": {"description": "what an unlisted value becomes"},
        "required": {"type": "boolean", "description": "without it the record is rejected"},
    },
    "from",
)
_EACH = _object(
    "a list, built item by item",
    {
        "each": _map("name of a level: the list to go through, outermost first", _expression()),
        "fields": _map("field of an item: a leaf", {"$ref": "#/$defs/leaf"}),
    },
    "each",
    "fields",
)
_SETTING = _object("a setting of the account", {"setting": _text("its name in accounts.yaml")}, "setting")
_NESTED = {"type": ["string", "object"], "additionalProperties": {"$ref": "#/$defs/leaf"}}
_LEAF = _cases(
    (_IS_TEXT, _expression("an expression")),
    (_has("from"), _FROM),
    (_has("each"), _EACH),
    (_has("setting"), _SETTING),
    otherwise=_NESTED,
)
_BOTH = _cases(
    (_IS_TEXT, _text("a field of the entity; dots for what is inside")),
    (
        _has("field"),
        _object(
            "a field with a lookup",
            {"field": _text("a field of the entity"), "lookup": _LOOKUP, "required": {"type": "boolean"}},
            "field",
        ),
    ),
    otherwise={"type": ["string", "object"], "additionalProperties": {"$ref": "#/$defs/both"}},
)
_CONSENT = _object(
    "what the record says of one address",
    {
        "address": _expression("the email or phone"),
        "type": _choice("of the address; email for the channel email, else phone", "email", "phone"),
        "state": {"$ref": "#/$defs/leaf", "description": "granted, denied or unknown"},
        "at": _expression("when it was said"),
    },
    "address",
    "state",
)
_TEST = _object(
    "an example that `hub check` runs",
    {
        "name": _text("what it shows"),
        "in": {
            "type": ["string", "object"],
            "description": "sample event or record: file or inline; at least `expect`",
        },
        "out": {"type": "object", "description": "the entity's fields, and `customer`; exactly `expect`"},
        "expect": {"type": "object"},
    },
    "name",
    "expect",
)
MAPPING = {
    **_object(
        "One record of a vendor ↔ its canonical entity.",
        {
            "entity": _text("the canonical entity"),
            "record": _expression("where the fields sit; the rest is `payload`"),
            "both": _map("vendor's path: field of the entity, read and written", {"$ref": "#/$defs/both"}),
            "in": _map("field of the entity: leaf over the record", {"$ref": "#/$defs/leaf"}),
            "out": _map("vendor's field: leaf over the entity", {"$ref": "#/$defs/leaf"}),
            "consent": {
                **_map("channel.purpose: who consents to what", _CONSENT),
                "propertyNames": {"pattern": r"^[a-z]+\.[a-z_]+$", "description": "channel.purpose"},
            },
            "tests": _list("examples that `hub check` runs", _TEST),
        },
        "entity",
    ),
    "$defs": {"leaf": _LEAF, "both": _BOTH},
}

_SEND = _object(
    "a destination and what it is told",
    {
        "to": _text("connector.resource, or connector.account.resource"),
        "with": _map("field of the message: expression", _expression()),
    },
    "to",
)
FLOW = _object(
    "Who hears of what, and when.",
    {
        "on": _text("the entity whose change starts it"),
        "if": _expression("only then"),
        "wait": {**_DURATION, "description": "from the last change; a change starts it again"},
        "cancel": _map("entity of the same customer: when it makes this needless", _expression()),
        "purpose": _text("what consent is asked for when it is sent"),
        "quiet": _text("21:00-08:00: nothing is sent in these hours of the customer's zone", format="hours"),
        "once": _expression("what it happens once for"),
        "send": _list(
            "the destinations",
            _cases((_IS_TEXT, _text()), otherwise={**_SEND, "type": ["string", "object"]}),
            minItems=1,
        ),
    },
    "on",
    "send",
)

_KEEP = _cases(
    (
        _has("priority"),
        _object("by roles", {"priority": _list("roles of accounts, first wins", _IS_TEXT)}, "priority"),
    ),
    otherwise=_choice("whose value wins", "newest", "first", "union"),
)
_TYPE = _choice("its normal form", *TYPES)
_FIELD = _object(
    "one field",
    {
        "type": _TYPE,
        "keep": _KEEP,
        "identifies": _choice("joins records with an equal value", "weak", "strong"),
        "pii": {"type": "boolean", "description": "never in a log"},
        "required": {"type": "boolean", "description": "without it a record is rejected"},
        "values": _list("all that it may be", _IS_TEXT),
        "of": _map("types of the members of a list's objects", _TYPE),
    },
    "type",
)
ENTITY = _object(
    "A canonical kind: what is known of a customer, an order, a cart, a message.",
    {
        "name": _text("as in mappings and flows; the file's name"),
        "customer": {"type": "boolean", "description": "each belongs to a customer"},
        "fields": _map("its fields", _FIELD),
    },
    "name",
    "fields",
)

_ACCOUNT = {
    "type": "object",
    "description": "one shop, portal or list; beside these the settings that its connector declares",
    "properties": {
        "role": _text("for priorities and owners: shop, pos, crm, erp, email, support"),
        "country": _text(
            "two capitals such as CO: the region of phones without a country code", pattern="^[A-Z]{2}$"
        ),
        "time_zone": _text("of times without an offset", format="zone"),
        "base_url": _text("instead of the connector's: a sandbox", pattern="^https?://"),
        "public_url": _text(
            "what the vendor was told to call, where signatures cover it", pattern="^https?://"
        ),
    },
    "additionalProperties": {"type": ["string", "number", "boolean"]},
}
ACCOUNTS = {
    **_map("The accounts of this deployment, connector.key. No secrets.", _ACCOUNT),
    "propertyNames": {
        "pattern": r"^[a-z0-9_-]+\.[a-z0-9_-]+$",
        "description": "connector.key, as in shopify.co",
    },
}
OWNERS = _map(
    "entity: its fields that have an owner", _map("field: role of the accounts that own it", _IS_TEXT)
)

_SIGNATURE = _object(
    "how the vendor signs",
    {
        "hmac": _choice("keyed hash", "sha256", "sha1"),
        "hash": _choice("plain hash over content and secret", "sha256", "sha1"),
        "encoding": _choice("of the signature", "hex", "base64"),
        "header": _text("that holds it"),
        "prefix": _text("before it, as in sha256="),
        "parse": _text("a header of several parts: t={timestamp},v1={signature}"),
        "over": _template("what is signed: {method} {url} {body} {timestamp} {id} {secret}"),
        "timestamp": _object(
            "the signed time",
            {"header": _text(), "unit": _choice("s or ms", "s", "ms"), "within": _DURATION},
        ),
        "id": _text("header of the signed id"),
        "decode": _text("percent-encoded characters that the vendor decodes in the URL before it signs"),
        "secret": _text("name of the secret"),
    },
    "header",
    "secret",
)
_RECEIVE = _object(
    "how webhooks come in",
    {
        "format": _choice("of the body", "json", "form"),
        "handshake": _object(
            "the question whether this URL is ours",
            {"if": _expression(), "token": _expression(), "secret": _text(), "answer": _expression()},
            "if",
        ),
        "signature": _SIGNATURE,
        "events": _map("levels of a batch, outermost first: name: list", _expression()),
        "account": _map("setting of the account: its value in the signed body", _expression()),
        "topic": _expression("what kind of event it is"),
        "event_id": _cases(
            (_IS_TEXT, _expression("the event's id")),
            otherwise=_list("parts of the event's id", _expression()),
        ),
        "at": _expression("when it happened, as the vendor says"),
    },
    "signature",
)
_PAGE = _cases(
    (_IS_TEXT, _choice("by the Link header", "link")),
    otherwise=_object(
        "how a list goes on",
        {
            "offset": {"type": "integer", "description": "records on a page"},
            "page": {"type": "integer", "description": "records on a page"},
            "cursor": _expression("the next page's token in the answer"),
        },
    ),
)
_CALL_PARTS = {
    "request": {
        **_template("METHOD path?query"),
        "type": "string",
        "pattern": "^(GET|POST|PUT|PATCH|DELETE) ",
    },
    "body": _template("JSON with {expression}"),
    "format": _choice("of the body", "json", "form"),
    "headers": _map("beside the connector's", _template()),
    "id": _expression("the record's id in the answer"),
    "record": _expression("the record in the answer"),
    "records": _expression("the records in the answer"),
    "version": _expression("the record's version"),
    "page": _PAGE,
    "overlap": {**_DURATION, "description": "how far before `since` a poll asks"},
    "bulk": _object(
        "several records in one request",
        {"at": _text(), "max": {"type": "integer"}, "results": _expression()},
        "at",
        "max",
    ),
}
_CALL = _object("one request", _CALL_PARTS, "request")
_RESOURCE = _object(
    "a kind of record",
    {
        "topics": _list("that tell of it", _IS_TEXT),
        "id": _expression("its id, over the event"),
        "record": _expression("what of the event is the record; else its innermost level"),
        "version": _expression("its time or number of change"),
        "deleted": _expression("true where the event says that it is gone"),
        "skip": _expression("true where the event is of no interest"),
        "contains": _map("resource: the record of it inside", _expression()),
        "get": _CALL,
        "list": _CALL,
        "find": _list("searches, tried in order", _CALL),
        "upsert": _CALL,
        "create": _CALL,
        "update": _CALL,
        "delete": _CALL,
        "send": _CALL,
        "needs": _list("entities that must exist there first", _IS_TEXT),
        "idempotency": _object(
            "how a repeated write is recognised",
            {"header": _text(), "body": _text(), "max": {"type": "integer"}, "spent_by": _text()},
        ),
    },
)
_AFTER = _object(
    "how long to wait", {"from": _expression(), "unit": _choice("of the number", "s", "ms", "m")}, "from"
)
_LIMIT = _cases(
    (_IS_TEXT, _text("110 per 10s, or 10 at once", format="limit")),
    otherwise=_object(
        "a bucket that refills",
        {"bucket": {"type": "integer"}, "refill": _text(format="limit")},
        "bucket",
        "refill",
    ),
)
_AUTH = _object(
    "how requests are authorised; names of secrets",
    {
        "bearer": _text("name of the secret"),
        "basic": _object("user and password", {"user": _text(), "password": _text()}, "user", "password"),
        "header": _map("header: text with {secret.name}", _template()),
    },
)
CONNECTOR = _object(
    "Everything that one vendor does differently.",
    {
        "standing": _map(
            "how far each part was verified",
            _choice("by what", "spec", "vectors", "documentation", "unverified"),
        ),
        "settings": _map(
            "what an account must set", _object("a setting", {"like": _text("an example"), "help": _text()})
        ),
        "channel": _text("of consent, for what is sent through it"),
        "receive": _RECEIVE,
        "base_url": _template("start of its URLs"),
        "auth": _AUTH,
        "headers": _map("of each request", _template()),
        "limit": _list("rates that an account allows", _LIMIT),
        "empty": {"description": 'what "no value" looks like there, both ways', "enum": [None, "", False]},
        "responses": _list(
            "what an answer means, first match",
            _object(
                "a rule",
                {
                    "if": _expression("over status headers body"),
                    "then": _choice("", "done", "retry", "pause", "reject", "missing"),
                    "after": _AFTER,
                },
                "if",
                "then",
            ),
        ),
        "resources": _map("kinds of records", _RESOURCE),
    },
    "resources",
)

SCHEMAS: dict[str, Schema] = {
    "connector": CONNECTOR,
    "accounts": ACCOUNTS,
    "owners": OWNERS,
    "entity": ENTITY,
    "mapping": MAPPING,
    "flow": FLOW,
}


def texts() -> dict[str, str]:
    """File name -> text of each schema file."""
    return {f"{kind}.schema.json": _file(kind, schema) for kind, schema in SCHEMAS.items()}


def stale(folder: Path) -> list[str]:
    """The names of schema files that are missing or another than these."""
    return [name for name, text in texts().items() if _known(folder / name) != text]


def write(folder: Path) -> None:
    """Write the schema files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")


def _file(kind: str, schema: Schema) -> str:
    whole = {"$schema": DRAFT, "title": f"Cauce {kind}", **schema}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _known(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
