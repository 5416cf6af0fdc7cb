"""/v1/customers, /v1/parked, /v1/replay, /v1/health: what people and programs ask."""

import base64
import json
from typing import Any

from hub import logs
from hub.pipeline import current
from hub.pipeline.serve import Answer, Question, serve

HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


@logs.step("api")
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Translate API Gateway's payload 2.0."""
    try:
        body = _body(event)
    except ValueError:
        return _reply(Answer(400))
    question = Question(
        method=event["requestContext"]["http"]["method"],
        path=event["rawPath"],
        query=event.get("queryStringParameters") or {},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=body,
    )
    return _reply(serve(current(), question))


def _reply(answer: Answer) -> dict[str, Any]:
    body = "" if answer.data is None else json.dumps(answer.data, separators=(",", ":"))
    return {"statusCode": answer.status, "headers": {**HEADERS, **answer.headers}, "body": body}


def _body(event: dict[str, Any]) -> bytes:
    text = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return base64.b64decode(text, validate=True)
    return str(text).encode("utf-8", "surrogatepass")
