"""POST and GET /v1/webhooks/{connector}[/{account}]: what a source tells."""

import base64
from typing import Any

from hub import logs
from hub.connector import Reply
from hub.pipeline import current
from hub.pipeline.receive import Arrival, late, receive


@logs.step("receive")
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Translate API Gateway's payload 2.0. What receive raises becomes a 5xx, and the source sends again."""
    arrival = _arrival(event)
    hub = current()
    reply = receive(hub, arrival) if arrival else Reply(400)
    if reply.status in {400, 401, 413, 415}:
        # The path of a refused request names one of our accounts; that of a 404 may be anything.
        told = {"path": event["rawPath"], "reason": reply.body} if arrival else {}
        logs.warned("refused", status=reply.status, **told)
    if arrival and (connector := late(hub, arrival)):
        logs.warned("late", path=event["rawPath"])
        logs.counted("late", connector=connector)
    return {"statusCode": reply.status, "headers": reply.headers, "body": reply.body}


def _arrival(event: dict[str, Any]) -> Arrival | None:
    context, query = event["requestContext"], event.get("rawQueryString", "")
    method, at = context["http"]["method"], context.get("timeEpoch", 0) / 1000
    try:
        return Arrival(method, event["rawPath"], query, event.get("headers") or {}, _body(event), at)
    except ValueError:
        return None


def _body(event: dict[str, Any]) -> bytes:
    text = event.get("body") or ""
    encoded = event.get("isBase64Encoded")
    return base64.b64decode(text, validate=True) if encoded else text.encode("utf-8", "surrogatepass")
