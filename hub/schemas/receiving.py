"""The shape of `receive:` in connectors/."""

from hub.connector.token import PLACE
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

SIGNED = shape(
    "how the vendor signs",
    {
        "hmac": choice("keyed hash", "sha256", "sha1"),
        "hash": choice("plain hash over content and secret", "sha256", "sha1"),
        "ecdsa": choice("a signature of the vendor's own key; the secret is its public key", "p256"),
        "key": choice("how the secret holds the key of an hmac (as text)", "base64"),
        "encoding": choice("of the signature", "hex", "base64"),
        "header": text("that holds it"),
        "prefix": text("before it, as in sha256="),
        "parse": text("a header of several parts: t={timestamp},v1={signature}"),
        "over": template("what is signed: {method} {url} {body} {form} {timestamp} {id} {secret}"),
        "timestamp": shape(
            "the signed time",
            {"header": text(), "unit": choice("s or ms", "s", "ms"), "within": DURATION},
        ),
        "id": text("header of the signed id"),
        "decode": text("percent-encoded characters that the vendor decodes in the URL before it signs"),
        "body_digest": expression("SHA-256 of the body in the signed URL, for bodies that are no form"),
        "port": choice("the URL may be signed with its default port written out, too", "optional"),
        "secret": text("name of the secret"),
    },
    "header",
    "secret",
)
_SIGNATURE = cases(
    (
        has("equals"),
        shape(
            "a secret that comes along as it is",
            {
                "equals": {
                    **expression('where it stands: headers."x-token", query.token, body.value[].token'),
                    "pattern": f"^{PLACE.pattern}$",
                },
                "secret": text("name of the secret"),
            },
            "equals",
            "secret",
        ),
    ),
    (
        has("basic"),
        shape(
            "user and password that come along",
            {"basic": shape("names of secrets", {"user": text(), "password": text()}, "user", "password")},
            "basic",
        ),
    ),
    otherwise=SIGNED,
)
_RECEIVING = {
    "format": choice("of the body", "json", "form"),
    "handshake": shape(
        "the question whether this URL is ours",
        {"if": expression(), "token": expression(), "secret": text(), "answer": expression()},
        "if",
    ),
    "signature": _SIGNATURE,
    "events": mapped("levels of a batch, outermost first: name: list", expression()),
    "account": mapped("setting of the account: its value in the signed body", expression()),
    "topic": expression("what kind of event it is"),
    "event_id": cases(
        (IS_TEXT, expression("the event's id")),
        otherwise=listed("parts of the event's id", expression()),
    ),
    "at": expression("when it happened, as the vendor says"),
    "anew": {
        **DURATION,
        "description": "after so long the same body is another event: of thin ones without id and time",
    },
    "queue": {"const": True, "description": "true: messages of a queue or bus, where IAM says who sends"},
}
_WITHIN = {
    **DURATION,
    "description": "how soon after a webhook the vendor wants its answer: what comes later is counted",
}
RECEIVE = cases(
    (has("queue"), shape("how messages come in", _RECEIVING)),
    otherwise=shape("how webhooks come in", {**_RECEIVING, "within": _WITHIN}, "signature"),
)
