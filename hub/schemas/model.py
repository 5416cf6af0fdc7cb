"""The shapes of entities/, accounts.yaml and owners.yaml."""

from hub.schemas.words import DURATION, IS_TEXT, cases, choice, has, listed, mapped, shape, text
from hub.values import TYPES

_KEEP = cases(
    (
        has("priority"),
        shape("by roles", {"priority": listed("roles of accounts, first wins", IS_TEXT)}, "priority"),
    ),
    otherwise=choice("whose value wins", "newest", "first", "union"),
)
_TYPE = choice("its normal form", *TYPES)
_FIELD = shape(
    "one field",
    {
        "type": _TYPE,
        "keep": _KEEP,
        "identifies": choice("joins records with an equal value", "weak", "strong"),
        "pii": {"type": "boolean", "description": "never in a log"},
        "required": {"type": "boolean", "description": "without it a record is rejected"},
        "values": listed("all that it may be", IS_TEXT),
        "of": mapped("types of the members of a list's objects", _TYPE),
    },
    "type",
)
_COUNT = {"type": "integer", "minimum": 1, "maximum": 1000}
_ROLES = listed("roles of accounts", IS_TEXT)
_GUARDS = shape(
    "what keeps strangers apart who share an identifier",
    {
        "degree": {**_COUNT, "description": "a weak identifier of more records of one account joins nobody"},
        "logins": listed("roles of accounts whose records are each the login of one person", IS_TEXT),
        "exclusive": mapped(
            "a weak field: those in which its records of one account may not differ, or it joins nobody",
            listed("fields that identify", IS_TEXT),
        ),
        "trusted": mapped(
            "a field: the roles of accounts that may identify by it; all when not named", _ROLES
        ),
        "never": mapped(
            "a field, or any: values that name nobody, as regular expressions of the whole value",
            listed("upper and lower case alike", text(format="pattern")),
        ),
        "records": {"type": "integer", "minimum": 1, "maximum": 25, "description": "most of one entity"},
        "identifiers": {"type": "integer", "minimum": 1, "maximum": 50, "description": "most of one entity"},
        "per_event": {
            "type": "integer",
            "minimum": 1,
            "maximum": 8,
            "description": "identifiers of one event",
        },
    },
)
_BOUNDS = listed("four numbers, each larger than the one before", {"type": "number"}, minItems=4, maxItems=4)
_TRAITS = shape(
    "what a customer's orders come to",
    {
        "rfm": shape(
            "where the scores 2 to 5 begin, and where recency loses a point",
            {
                "recency": {**_BOUNDS, "description": "days since the last order, four numbers that rise"},
                "frequency": {**_BOUNDS, "description": "number of orders, four numbers that rise"},
                "monetary": mapped("a currency: net value, four numbers that rise", _BOUNDS),
            },
        )
    },
)
ENTITY = shape(
    "A canonical kind: what is known of a customer, an order, a cart, a message.",
    {
        "name": text("as in mappings and flows; the file's name"),
        "customer": {"type": "boolean", "description": "each belongs to a customer"},
        "fields": mapped("its fields", _FIELD),
        "guards": _GUARDS,
        "traits": _TRAITS,
    },
    "name",
    "fields",
)

_ACCOUNT = {
    "type": "object",
    "description": "one shop, portal or list; beside these the settings that its connector declares",
    "properties": {
        "role": text("for priorities and owners: shop, pos, crm, erp, email, support"),
        "country": text(
            "two capitals such as CO: the region of phones without a country code", pattern="^[A-Z]{2}$"
        ),
        "time_zone": text("of times without an offset", format="zone"),
        "quiet_for": {
            **DURATION,
            "description": "a silence of its webhooks that is an alarm; else what is longer than its habit",
        },
        "base_url": text("instead of the connector's: a sandbox", pattern="^https?://"),
        "auth_url": text(
            "instead of the start of the address at which tokens are asked for: a sandbox",
            pattern="^https?://",
        ),
        "secret_ends": text(
            "the day, such as 2027-01-31, on which a secret of it ends at the vendor: an alarm rings before",
            format="day",
        ),
        "public_url": text(
            "what the vendor was told to call, where signatures cover it", pattern="^https?://"
        ),
    },
    "additionalProperties": {"type": ["string", "number", "boolean"]},
}
ACCOUNTS = {
    **mapped("The accounts of this deployment, connector.key. No secrets.", _ACCOUNT),
    "propertyNames": {
        "pattern": r"^[a-z0-9_-]+\.[a-z0-9_-]+$",
        "description": "connector.key, as in shopify.co",
    },
}
OWNERS = mapped(
    "entity: its fields that have an owner", mapped("field: role of the accounts that own it", IS_TEXT)
)
