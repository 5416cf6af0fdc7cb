"""The shape of flows/."""

from hub.schemas.words import DURATION, IS_TEXT, cases, expression, listed, mapped, shape, text

_SEND = shape(
    "a destination and what it is told",
    {
        "to": text("connector.resource, or connector.account.resource"),
        "with": mapped("field of the message: expression", expression()),
    },
    "to",
)
FLOW = shape(
    "Who hears of what, and when.",
    {
        "on": text("the entity whose change starts it"),
        "if": expression("only then"),
        "wait": {**DURATION, "description": "from the last change; a change starts it again"},
        "cancel": mapped("entity of the same customer: when it makes this needless", expression()),
        "purpose": {
            "type": ["string", "null"],
            "description": "what consent is asked for when it is sent; null where none is, as for a receipt",
        },
        "quiet": text("21:00-08:00: nothing is sent in these hours of the customer's zone", format="hours"),
        "once": expression("what it happens once for"),
        "send": listed(
            "the destinations",
            cases((IS_TEXT, text()), otherwise={**_SEND, "type": ["string", "object"]}),
            minItems=1,
        ),
    },
    "on",
    "send",
)
