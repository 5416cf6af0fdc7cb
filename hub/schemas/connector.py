"""The shape of connectors/."""

from hub.schemas.receiving import RECEIVE, SIGNED
from hub.schemas.words import (
    DURATION,
    IS_TEXT,
    cases,
    choice,
    expression,
    has,
    listed,
    mapped,
    shape,
    template,
    text,
)

_PAGE = cases(
    (IS_TEXT, choice("by the Link header", "link")),
    otherwise=shape(
        "how a list goes on",
        {
            "offset": {"type": "integer", "description": "records on a page"},
            "page": {"type": "integer", "description": "records on a page"},
            "first": {"type": "integer", "description": "number of the first row (0) or page (1)"},
            "cursor": expression("the next page's token in the answer"),
            "link": expression("the next page's address in the answer, whole or from the host's root"),
        },
    ),
)
_AFTER = shape(
    "how long to wait", {"from": expression(), "unit": choice("of the number", "s", "ms", "m")}, "from"
)
_BUCKET = shape(
    "a bucket that refills",
    {"bucket": {"type": "integer", "minimum": 1}, "refill": text(format="limit")},
    "bucket",
    "refill",
)
_RATE = cases((IS_TEXT, text("110 per 10s", format="limit")), otherwise=_BUCKET)
_LIMIT = cases(
    (IS_TEXT, text("110 per 10s, 500000 per 1d, or 10 at once", format="limit")),
    (has("cost"), shape("a limit of points: a call takes its `cost:`", {"cost": _RATE}, "cost")),
    otherwise=_BUCKET,
)
_RULE_LIST = listed(
    "what an answer means, first match; those of a call before the connector's",
    shape(
        "a rule",
        {
            "if": expression("over status headers body"),
            "then": choice(
                "throttle: retry, but leave the account alone so long; renew: with another token",
                "done",
                "retry",
                "throttle",
                "pause",
                "renew",
                "reject",
                "missing",
            ),
            "after": _AFTER,
        },
        "if",
        "then",
    ),
)
_RULES = {"$ref": "#/$defs/rules"}
_CALL_PARTS = {
    "request": {
        **template("METHOD path?query; or SEND: a message to the queue or the bus whose ARN is base_url"),
        "type": "string",
        "pattern": "^((GET|POST|PUT|PATCH|DELETE) |SEND$)",
    },
    "body": template("JSON with {expression}"),
    "format": choice("of the body", "json", "form"),
    "headers": mapped("beside the connector's", template()),
    "id": expression("the record's id in the answer"),
    "record": expression("the record in the answer"),
    "records": expression("the records in the answer"),
    "version": expression("the record's version"),
    "page": _PAGE,
    "overlap": {**DURATION, "description": "how far before `since` a poll asks"},
    "responses": _RULES,
    "limit": listed(
        "rates of this endpoint, beside the account's; calls with one `request:` share them", _LIMIT
    ),
    "cost": {"type": "number", "minimum": 0, "description": "points that it takes; 1 where it does not say"},
}
_SHARED = ("body", "format", "headers", "limit", "cost")
_BULK = shape(
    "several records in one request, where many wait; what it leaves out is as in the call for one",
    {
        "request": _CALL_PARTS["request"],
        **{name: _CALL_PARTS[name] for name in _SHARED},
        "at": text("the list in the body, which holds one entry: a.b"),
        "max": {"type": "integer", "minimum": 2, "description": "records in one request"},
        "name": expression("over an entry: what the answer calls it"),
        "once": expression(
            "over an entry: which record it is of, one of which goes in a request; else its name"
        ),
        "results": shape(
            "what was written",
            {
                "at": expression("their list in the answer"),
                "name": expression("over one: the entry's name"),
                "id": expression("over one: the record's id; id if absent"),
                "record": expression("over one: the record as it was stored"),
            },
            "at",
            "name",
        ),
        "errors": shape(
            "what was refused",
            {
                "at": expression("their list in the answer"),
                "name": expression("over one: the entry's name, or a list of names"),
            },
            "at",
            "name",
        ),
    },
    "at",
    "max",
    "name",
    "results",
)
_CALL = shape("one request", _CALL_PARTS, "request")
_GONE = {"deleted": expression("over a record that is answered: true where it says that it is gone")}
_GET = shape("one request", {**_CALL_PARTS, **_GONE}, "request")
_FIND = shape(
    "one search",
    {
        **_CALL_PARTS,
        "where": expression(
            "over a record that is answered, and record: true for the one meant; then `id:` too"
        ),
    },
    "request",
)
_WRITE = shape("one request", {**_CALL_PARTS, "bulk": _BULK}, "request")
_TIES = shape(
    "the rows from {since} to before {until}, in the order of their ids, behind the id {after}",
    {
        **{name: _CALL_PARTS[name] for name in ("request", "body", "format", "headers", "records")},
        "step": {**DURATION, "description": "from since to until; what the vendor tells apart, 1s if absent"},
    },
    "request",
)
_LIST = shape(
    "asks what changed since a time",
    {
        **_CALL_PARTS,
        **_GONE,
        "order": choice("of the rows, where it is that of the times of change asked for", "time"),
        "ties": _TIES,
    },
    "request",
)
_RESOURCE = shape(
    "a kind of record",
    {
        "topics": listed("that tell of it", IS_TEXT),
        "id": expression("its id, over the event"),
        "record": expression("what of the event is the record; else its innermost level"),
        "version": expression("its time or number of change"),
        "deleted": expression("true where the event says that it is gone"),
        "skip": expression("true where the event is of no interest"),
        "contains": mapped("resource: the record of it inside", expression()),
        "get": _GET,
        "list": _LIST,
        "find": listed("searches, tried in order", _FIND),
        "upsert": _WRITE,
        "create": _CALL,
        "update": _WRITE,
        "delete": _CALL,
        "merge": _CALL,
        "archive": _CALL,
        "restore": _CALL,
        "send": _CALL,
        "verify": shape(
            "what became of an act: a field of what webhooks tell that holds its key, or a request",
            {"told": text("the canonical field; it identifies"), **_CALL_PARTS},
        ),
        "needs": listed("entities that must exist there first", IS_TEXT),
        "idempotency": shape(
            "how a repeated write is recognised",
            {"header": text(), "body": text(), "max": {"type": "integer"}, "spent_by": text()},
        ),
    },
)
_GOT = {
    "keeps": mapped(
        "other parts of the answer that requests name, as {secret.name}: an address, a second cookie",
        expression("over status headers cookies body, and the body's own fields"),
    ),
    "expires": expression("seconds that it lives, or the time at which it ends; else expires_in"),
    "lives": {**DURATION, "description": "how long it lives where the answer does not say"},
    "busy": expression("true for an answer that only asks to wait"),
    "headers": mapped("of the request", template()),
    "format": choice("of the request's body", "form", "json"),
}
_OAUTH2 = shape(
    "an access token by OAuth 2.0, sent as {secret.access_token}: as a bearer where nothing else is said",
    {
        "token": template("the address at which it is asked for"),
        "grant": choice(
            "by the client alone, or by what a person consented to", "client_credentials", "refresh_token"
        ),
        "client": choice("where client_id and client_secret go (body)", "basic", "body"),
        "scope": template("what is asked for"),
        "rotates": {
            "description": "each refresh token is good for one use: the answer holds the next",
            "type": "boolean",
        },
        "parameters": mapped("more of the request's form", template()),
        "refresh_lives": {**DURATION, "description": "how long a refresh token lives, where it ends"},
        "refresh_expires": expression("the same, where the answer says it"),
        "authorize": template("the address at which a person consents (hub accounts connect)"),
        "consent": mapped("more of that address's query", template()),
        "pkce": {"description": "the vendor wants a proof key with the code (RFC 7636)", "type": "boolean"},
        **_GOT,
    },
    "token",
    "grant",
)
_LOGIN = shape(
    "a session that a request opens, sent as {secret.session}: as a bearer where nothing else is said",
    {
        "request": {
            **template("METHOD path, below base_url, or METHOD and a whole address"),
            "type": "string",
            "pattern": "^(GET|POST|PUT) ",
        },
        "body": template("JSON with {secret.name}"),
        "token": expression(
            "the session's token, over status headers cookies body, and the body's own fields"
        ),
        **_GOT,
    },
    "request",
    "token",
    "lives",
)
_AUTH = shape(
    "how requests are authorised; names of secrets",
    {
        "bearer": text("name of the secret"),
        "basic": shape(
            "user and password: names of secrets, or texts with {secret.name}",
            {
                "user": template("of the user"),
                "password": template("of the password; none where it is empty"),
            },
            "user",
        ),
        "header": mapped("header: text with {secret.name}", template()),
        "oauth2": _OAUTH2,
        "login": _LOGIN,
    },
)
_PRIVACY = shape(
    "what a topic asks of us about people",
    {
        "do": choice(
            "forget the person, hand out what is known, forget the account",
            "erase",
            "export",
            "erase-account",
        ),
        "resource": text("whose record names the person"),
        "record": expression("what the event says of the person: an id, identifiers, or both"),
    },
    "do",
)
_SUBSCRIBE = shape(
    "how the vendor is told where to send webhooks",
    {
        "each": choice("one subscription for each topic; else one for all", "topic"),
        "lives": {**DURATION, "description": "how long one lives, where it ends: it is made anew before"},
        "list": shape(
            "asks for those that are there",
            {
                **{
                    name: _CALL_PARTS[name]
                    for name in ("request", "body", "format", "headers", "records", "page")
                },
                "id": expression("its id"),
                "address": expression("where it sends"),
                "topics": expression("what it sends: a topic, or a list of them"),
                "active": expression("true while it sends"),
                "expires": expression("when it ends"),
            },
            "request",
            "records",
            "id",
            "address",
            "topics",
        ),
        "create": shape(
            "makes one; in scope {topics} or {topic}, {address}, {key}, {until} where it lives:",
            {
                **{name: _CALL_PARTS[name] for name in ("request", "body", "format", "headers", "id")},
                "secret": mapped(
                    "secret of the account that the vendor chooses: where its answer has it", expression()
                ),
            },
            "request",
            "id",
        ),
        "delete": shape(
            "takes one away",
            {name: _CALL_PARTS[name] for name in ("request", "body", "format", "headers")},
            "request",
        ),
    },
    "list",
    "create",
    "delete",
)
ROLES = ("shop", "pos", "crm", "erp", "email", "support", "other")
CONNECTOR = shape(
    "Everything that one vendor does differently.",
    {
        "title": text("the system's own name, for pages and lists"),
        "role": choice("what kind of system it is: the usual role of its accounts", *ROLES),
        "standing": mapped(
            "how far each part was verified",
            choice("by what", "spec", "vectors", "documentation", "unverified"),
        ),
        "settings": mapped(
            "what an account must set",
            shape(
                "a setting",
                {
                    "like": {"type": ["string", "number", "boolean"], "description": "an example"},
                    "help": text(),
                },
            ),
        ),
        "secrets": mapped(
            "where the secrets that an account needs are found",
            shape("a secret", {"help": text("the vendor's page, and what the credential must be allowed")}),
        ),
        "setup": listed("what is done in the vendor's console, step by step: sentences", IS_TEXT),
        "channel": text("of consent, for what is sent through it"),
        "receive": RECEIVE,
        "privacy": mapped(
            "topics by which a vendor asks us to forget people or to tell what we know", _PRIVACY
        ),
        "subscribe": _SUBSCRIBE,
        "base_url": template("start of its URLs; of what is sent by SEND the ARN of a queue or a bus"),
        "auth": _AUTH,
        "headers": mapped("of each request", template()),
        "sign": {**SIGNED, "description": "how each request is signed, as a vendor signs its webhooks"},
        "limit": listed("rates that an account allows", _LIMIT),
        "remaining": listed(
            "what answers say is left of a limit",
            shape(
                "a limit, as it is written above or at a call",
                {
                    "limit": _LIMIT,
                    "left": expression("a number, over status headers body; null: nothing is said"),
                    "after": _AFTER,
                },
                "limit",
                "left",
            ),
        ),
        "empty": {"description": 'what "no value" looks like there, both ways', "enum": [None, "", False]},
        "error": shape(
            "what a refusal says of its cause; of the message only words that name nobody are kept",
            {"code": expression("the vendor's code"), "message": expression("the vendor's sentence")},
        ),
        "responses": _RULES,
        "resources": mapped("kinds of records", _RESOURCE),
    },
    "resources",
)
CONNECTOR |= {"$defs": {"rules": _RULE_LIST}}
