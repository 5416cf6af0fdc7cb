"""The shape of mappings/."""

from hub.schemas.words import IS_TEXT, cases, choice, expression, has, listed, mapped, shape, text

_LOOKUP = cases(
    (IS_TEXT, text("a table beside the mappings: provinces for mappings/provinces.csv")),
    otherwise=mapped(
        "vendor's word: ours, one to one; an unlisted one leaves the field as it was",
        {"type": ["string", "boolean"]},
    ),
)
_FROM = shape(
    "an expression with options",
    {
        "from": expression("what is looked up"),
        "lookup": _LOOKUP,
        "else": {"description": "what an unlisted value becomes"},
        "required": {"type": "boolean", "description": "without it the record is rejected"},
    },
    "from",
)
_EACH = shape(
    "a list, built item by item",
    {
        "each": mapped("name of a level: the list to go through, outermost first", expression()),
        "fields": mapped("field of an item: a leaf", {"$ref": "#/$defs/one"}),
    },
    "each",
    "fields",
)
_SETTING = shape("a setting of the account", {"setting": text("its name in accounts.yaml")}, "setting")
_NESTED = {"type": ["string", "object"], "additionalProperties": {"$ref": "#/$defs/leaf"}}
_WAYS = (
    (IS_TEXT, expression("an expression")),
    (has("from"), _FROM),
    (has("each"), _EACH),
    (has("setting"), _SETTING),
)
_LEAF = cases(*_WAYS, otherwise=_NESTED)
_ONE = cases(*_WAYS, otherwise=_FROM)
"""A leaf where no others can stand below it."""

_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_FIELD = text("a field of the entity; dots for what is inside", pattern=rf"^{_NAME}(\.{_NAME})*$")
_BOTH = cases(
    (IS_TEXT, _FIELD),
    (
        has("field"),
        shape(
            "a field with a lookup",
            {"field": _FIELD, "lookup": _LOOKUP, "required": {"type": "boolean"}},
            "field",
        ),
    ),
    otherwise={"type": ["string", "object"], "additionalProperties": {"$ref": "#/$defs/both"}},
)
_CONSENT = shape(
    "what the record says of one address",
    {
        "address": expression("the email or phone"),
        "type": choice("of the address; email for the channel email, else phone", "email", "phone"),
        "state": {"$ref": "#/$defs/one", "description": "granted, denied or unknown"},
        "at": expression("when it was said"),
    },
    "address",
    "state",
)
_SAID = shape(
    "what is said of one address: exactly this",
    {
        "address": text("in its normal form"),
        "state": choice("what is said", "granted", "denied", "unknown"),
        "at": text("canonical time, where one is known"),
    },
    "address",
    "state",
)
_TEST = shape(
    "an example that `hub check` and `hub test` run",
    {
        "name": text("what it shows"),
        "in": {
            "type": ["string", "object"],
            "description": "sample event or record: file or inline; at least `expect`",
        },
        "out": {"type": "object", "description": "the entity's fields, and `customer`; exactly `expect`"},
        "account": text("whose record it is, such as shopify.co; else the connector's first account"),
        "expect": {"type": "object", "description": "of in: these fields at least; of out: the whole record"},
        "left": listed(
            "of in: the fields of which nothing is said, so that they are left as they were", text()
        ),
        "consent": mapped("of in: channel.purpose: what is said; exactly these", _SAID),
        "drift": listed(
            "of in: the fields and consents that are not understood; none where not said", text()
        ),
        "rejected": text("the reason for which the record is refused, such as missing-value"),
    },
    "name",
)
MAPPING = {
    **shape(
        "One record of a vendor ↔ its canonical entity.",
        {
            "entity": text("the canonical entity"),
            "record": expression("where the fields sit; the rest is `payload`"),
            "both": mapped("vendor's path: field of the entity, read and written", {"$ref": "#/$defs/both"}),
            "in": mapped("field of the entity: leaf over the record", {"$ref": "#/$defs/leaf"}),
            "out": mapped("vendor's field: leaf over the entity", {"$ref": "#/$defs/leaf"}),
            "consent": {
                **mapped("channel.purpose: who consents to what", _CONSENT),
                "propertyNames": {"pattern": r"^[a-z]+\.[a-z_]+$", "description": "channel.purpose"},
            },
            "tests": listed("examples that `hub check` runs", _TEST),
        },
        "entity",
    ),
    "$defs": {"leaf": _LEAF, "one": _ONE, "both": _BOTH},
}
