"""Messages to queues and buses of AWS, answered as HTTP answers: nothing else need know the difference.

200 with `{"id": MessageId or EventId}` when AWS took it, and with the message's own headers: whoever reads it
does not answer, so that what was said of it is all there is to remember. Else `{"code", "message"}` with

- 429: too many; the account is left alone, and tried again
- 403: what a person has to mend: a right is missing, a key does not let us, there is no such queue or bus
- 413: too large; 400: what else AWS does not take. The record is rejected
- 5xx: AWS is not well; tried again
"""

import json
import re
from collections.abc import Callable
from typing import Any

from hub import aws
from hub.client.http import Client
from hub.connector import HttpRequest, HttpResponse
from hub.connector.arn import Arn
from hub.connector.call import GROUP, KEY, SEND, SOURCE, TYPE
from hub.errors import RecordError, RetryError

LARGEST_MESSAGE = 1024 * 1024
"""Bytes that SQS takes of body and attributes, and EventBridge of entries (their API references); a queue may
be set to take fewer."""

# Compiled when the first message is refused: who sends none starts as fast as before.
_THROTTLED = r"(?i)throttl|^(OverLimit|TooManyRequestsException|LimitExceededException)$"
_PASSING = frozenset(
    {"InternalFailure", "InternalException", "InternalError", "ServiceUnavailable", "ExpiredToken"}
    | {"ExpiredTokenException", "RequestExpired"}
)
_FOR_A_PERSON = (
    r"AccessDenied|^(Kms|KMS)|^(NonExistentQueue|QueueDoesNotExist|ResourceNotFoundException)$"
    r"|^(NotAuthorized|InvalidSecurity|InvalidAddress|InvalidAccountId|InvalidClientTokenId|Unrecognized|OptInReq)"
)
_TOO_LARGE = "must be shorter than|over the limit"
"""How SQS and EventBridge say it, who have no code for it."""


class Publisher:
    """A client that sends SEND requests to the queue or the bus whose ARN is their URL, others by `http`.

    One try, as by HTTP: who repeats is the delivery, within the account's limit. In a FIFO queue the header
    `idempotency-key` is the deduplication id and `group` the group. On a queue the other headers are its
    attributes, on a bus `source` and `type` are Source and DetailType, and there are no others.
    """

    def __init__(self, http: Client) -> None:
        self.http = http
        self._made: dict[tuple[str, str], Any] = {}

    def send(self, request: HttpRequest) -> HttpResponse:
        """The answer. Raises as HttpClient does, RecordError("bad-url") for what is no queue or bus."""
        if request.method != SEND:
            return self.http.send(request)
        arn = Arn.of(request.url)
        if arn is None:
            raise RecordError("bad-url", "neither the ARN of a queue nor of a bus")
        if _size(request) > LARGEST_MESSAGE:
            return _refused(413, "TooLarge", "the message is too large")
        return _answered(lambda: (self._on_bus if arn.is_bus else self._on_queue)(arn, request))

    def _on_queue(self, arn: Arn, request: HttpRequest) -> HttpResponse:
        sqs = self._client("sqs", arn.region)
        message = {"MessageBody": _text(request), "MessageAttributes": _attributes(request.headers)}
        if arn.is_fifo:
            message["MessageGroupId"] = request.headers.get(GROUP, "")
            message["MessageDeduplicationId"] = request.headers.get(KEY, "")
        # The endpoint's own, so that a sandbox's queue is the sandbox's.
        url = f"{sqs.meta.endpoint_url.rstrip('/')}/{arn.owner}/{arn.name}"
        return _taken(request, sqs.send_message(QueueUrl=url, **message)["MessageId"])

    def _on_bus(self, arn: Arn, request: HttpRequest) -> HttpResponse:
        entry = {
            "EventBusName": arn.text,
            "Source": request.headers.get(SOURCE, ""),
            "DetailType": request.headers.get(TYPE, ""),
            "Detail": _text(request),
        }
        answer = self._client("events", arn.region).put_events(Entries=[entry])
        told = answer["Entries"][0]
        if answer["FailedEntryCount"] or "EventId" not in told:
            return _meant(400, told.get("ErrorCode", ""), told.get("ErrorMessage", ""))
        return _taken(request, told["EventId"])

    def _client(self, service: str, region: str) -> Any:
        """A client of a service; two threads that need the first one at once make one each."""
        known = self._made.get((service, region))
        if known is None:
            once = {"total_max_attempts": 1, "mode": "standard"}
            known = self._made[service, region] = aws.client(service, region_name=region, retries=once)
        return known


def _answered(send: Callable[[], HttpResponse]) -> HttpResponse:
    """What AWS answers, or why it does not. Raises RetryError, and RecordError for what is no message."""
    from botocore import exceptions as boto

    try:
        return send()
    except boto.ClientError as error:
        told = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        return _meant(status, told.get("Code", ""), told.get("Message", ""))
    except boto.ParamValidationError:
        raise RecordError("bad-request", "the message has no form that AWS takes") from None
    except (
        boto.EndpointConnectionError,
        boto.ConnectTimeoutError,
        boto.ProxyConnectionError,
        boto.SSLError,
        boto.NoCredentialsError,
        boto.CredentialRetrievalError,
    ) as error:
        raise RetryError("connection") from error
    except boto.BotoCoreError as error:
        raise RetryError("timeout") from error


def _meant(status: int, code: str, message: str) -> HttpResponse:
    """A refusal by its code: AWS gives 400 for most of them."""
    code = code.rpartition(".")[2] if code.startswith("AWS.") else code
    if re.search(_THROTTLED, code):
        status = 429
    elif code in _PASSING:
        status = 503
    elif re.search(_FOR_A_PERSON, code):
        status = 403
    elif re.search(_TOO_LARGE, message):
        status = 413
    elif status not in (401, 403) and status < 500:
        status = 400
    return _refused(status, code, message)


def _refused(status: int, code: str, message: str) -> HttpResponse:
    return HttpResponse(status, {}, json.dumps({"code": code, "message": message}).encode())


def _taken(request: HttpRequest, id: str) -> HttpResponse:
    headers = {name.lower(): text for name, text in request.headers.items()}
    return HttpResponse(200, headers, json.dumps({"id": id}).encode())


def _text(request: HttpRequest) -> str:
    return (request.body or b"").decode()


def _attributes(headers: dict[str, str]) -> dict[str, dict[str, str]]:
    """The attributes of a message on a queue; SQS takes no empty one."""
    told = ((name, text) for name, text in headers.items() if text and name != GROUP)
    return {name: {"DataType": "String", "StringValue": text} for name, text in told}


def _size(request: HttpRequest) -> int:
    """Bytes as SQS counts them: the body, and names, types and values of the attributes."""
    attributes = sum(len(f"{name}String{text}".encode()) for name, text in request.headers.items())
    return len(request.body or b"") + attributes
