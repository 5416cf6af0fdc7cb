"""POST and GET /v1/webhooks/{connector}[/{account}]: what a source tells."""

import base64
import binascii
from typing import Any

from hub.pipeline import current
from hub.pipeline.receive import Arrival, receive


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Translate API Gateway's payload 2.0. What receive raises becomes a 5xx, and the source sends again."""
    try:
        body = _body(event)
    except (binascii.Error, ValueError):
        return {"statusCode": 400, "headers": {}, "body": ""}
    reply = receive(
        current(),
        Arrival(
            method=event["requestContext"]["http"]["method"],
            path=event["rawPath"],
            query=event.get("rawQueryString", ""),
            headers=event.get("headers") or {},
            body=body,
        ),
    )
    return {"statusCode": reply.status, "headers": reply.headers, "body": reply.body}


def _body(event: dict[str, Any]) -> bytes:
    text = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return base64.b64decode(text, validate=True)
    return str(text).encode("utf-8", "surrogatepass")
