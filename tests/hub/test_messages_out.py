"""Messages to queues and buses: what is sent, and what each answer of AWS comes to as an answer of HTTP."""

import json
import subprocess
import sys

import boto3
import pytest
from botocore import exceptions as boto
from botocore.stub import Stubber
from moto import mock_aws

from hub import aws
from hub.client import LARGEST_MESSAGE, Publisher
from hub.connector import HttpRequest, HttpResponse
from hub.connector.arn import Arn
from hub.connector.response import scope_of, usual
from hub.errors import RecordError, RetryError
from tests.conftest import ROOT

OWNER = "123456789012"
QUEUE = f"arn:aws:sqs:us-east-1:{OWNER}:warehouse"
FIFO = f"{QUEUE}.fifo"
BUS = f"arn:aws:events:us-east-1:{OWNER}:event-bus/crm"
HEADERS = {
    "source": "urn:cauce",
    "type": "customer.updated",
    "group": "c-1",
    "idempotency-key": "k" * 64,
    "empty": "",
}
BODY = {"specversion": "1.0", "id": "k" * 64, "data": {"given_name": "Lucía"}}


class Http:
    """HTTP that answers 204 to whatever is asked."""

    def send(self, request):
        return HttpResponse(204)


def message(arn, body=BODY, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return HttpRequest("SEND", arn, {**HEADERS, **headers}, raw)


@pytest.fixture
def region(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "test")


@pytest.fixture
def stubbed(region):
    """A publisher whose clients answer what a test says."""

    def answering(service, say):
        client = aws.client(service)
        stub = Stubber(client)
        say(stub)
        stub.activate()
        publisher = Publisher(Http())
        publisher._made[service, "us-east-1"] = client
        return publisher

    return answering


def test_what_is_no_message_goes_by_http():
    assert Publisher(Http()).send(HttpRequest("POST", "https://vendor.example/")).status == 204


@mock_aws
@pytest.mark.parametrize("fifo", [False, True])
def test_a_queue_gets_the_body_and_the_headers_as_attributes(region, fifo):
    sqs = boto3.client("sqs")
    more = {"Attributes": {"FifoQueue": "true"}} if fifo else {}
    url = sqs.create_queue(QueueName=f"warehouse{'.fifo' * fifo}", **more)["QueueUrl"]
    publisher = Publisher(Http())
    answers = [publisher.send(message(FIFO if fifo else QUEUE)) for _ in range(2)]
    asked = {"MessageAttributeNames": ["All"], "AttributeNames": ["All"], "MaxNumberOfMessages": 10}
    told = sqs.receive_message(QueueUrl=url, **asked)["Messages"]
    assert answers[0].status == 200
    assert answers[0].json()["id"] == told[0]["MessageId"]
    assert answers[0].headers["type"] == "customer.updated"
    assert json.loads(told[0]["Body"]) == BODY
    attributes = {name: one["StringValue"] for name, one in told[0]["MessageAttributes"].items()}
    assert attributes == {
        "source": "urn:cauce",
        "type": "customer.updated",
        "idempotency-key": "k" * 64,
    }
    if fifo:  # the second one is known again by its key
        assert len(told) == 1
        assert told[0]["Attributes"]["MessageGroupId"] == "c-1"
        assert told[0]["Attributes"]["MessageDeduplicationId"] == "k" * 64


def test_a_bus_gets_the_body_as_detail(stubbed):
    entry = {
        "EventBusName": BUS,
        "Source": "urn:cauce",
        "DetailType": "customer.updated",
        "Detail": json.dumps(BODY, ensure_ascii=False),
    }
    answer = {"FailedEntryCount": 0, "Entries": [{"EventId": "e-1"}]}
    publisher = stubbed("events", lambda stub: stub.add_response("put_events", answer, {"Entries": [entry]}))
    assert publisher.send(message(BUS)).json() == {"id": "e-1"}


def test_a_message_is_tried_once_so_that_the_limit_of_its_account_holds(region, monkeypatch):
    tries = []

    def fail(self, request):
        tries.append(request.url)
        raise boto.ReadTimeoutError(endpoint_url=request.url)

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", fail)
    for arn in (QUEUE, BUS.replace("us-east-1", "sa-east-1")):
        with pytest.raises(RetryError, match="timeout"):
            Publisher(Http()).send(message(arn))
    assert tries == ["https://sqs.us-east-1.amazonaws.com/", "https://events.sa-east-1.amazonaws.com/"]


REFUSALS = [
    (400, "RequestThrottled", "", 429),
    (400, "ThrottlingException", "", 429),
    (403, "OverLimit", "", 429),
    (400, "KmsThrottled", "", 429),
    (400, "KMS.ThrottlingException", "", 429),
    (400, "AccessDeniedException", "", 403),
    (403, "AccessDenied", "", 403),
    (400, "KmsAccessDenied", "", 403),
    (400, "KMS.DisabledException", "", 403),
    (400, "AWS.SimpleQueueService.NonExistentQueue", "", 403),
    (400, "QueueDoesNotExist", "", 403),
    (400, "ResourceNotFoundException", "", 403),
    (400, "UnrecognizedClientException", "", 403),
    (401, "SomethingNew", "", 401),
    (400, "InvalidMessageContents", "", 400),
    (404, "SomethingNew", "", 400),
    (400, "InvalidParameterValue", "Reason: Message must be shorter than 262144 bytes.", 413),
    (400, "ValidationException", "Total size of the entries in the request is over the limit.", 413),
    (500, "InternalError", "", 503),
    (502, "SomethingNew", "", 502),
    (403, "ExpiredToken", "", 503),
]


@pytest.mark.parametrize(("status", "code", "words", "answered"), REFUSALS)
def test_a_refusal_is_an_answer_that_http_would_give(stubbed, status, code, words, answered):
    def refuse(stub):
        stub.add_client_error("send_message", code, words, http_status_code=status)

    answer = stubbed("sqs", refuse).send(message(QUEUE))
    assert answer.status == answered
    assert answer.json() == {"code": code.removeprefix("AWS.SimpleQueueService."), "message": words}


FAILURES = [
    ("ThrottlingException", 429),
    ("InternalFailure", 503),
    ("AccessDeniedException", 403),
    ("NotAuthorizedForSourceException", 403),
    ("NotAuthorizedForDetailTypeException", 403),
    ("InvalidAccountIdException", 403),
    ("InvalidArgument", 400),
    ("MalformedDetail", 400),
]


@pytest.mark.parametrize(("code", "answered"), FAILURES)
def test_an_entry_that_failed_is_no_yes_though_the_request_is_answered_with_200(stubbed, code, answered):
    failed = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": "told"}]}
    answer = stubbed("events", lambda stub: stub.add_response("put_events", failed)).send(message(BUS))
    assert (answer.status, answer.json()) == (answered, {"code": code, "message": "told"})


def test_the_answers_mean_what_they_do_for_any_vendor():
    meant = {
        status: usual(scope_of(HttpResponse(status)), 0.0).kind for status in (200, 429, 403, 413, 400, 503)
    }
    assert meant == {200: "done", 429: "retry", 403: "pause", 413: "reject", 400: "reject", 503: "retry"}


@pytest.mark.parametrize(
    ("error", "raised", "reason"),
    [
        (boto.EndpointConnectionError(endpoint_url="u"), RetryError, "connection"),
        (boto.ConnectTimeoutError(endpoint_url="u"), RetryError, "connection"),
        (boto.NoCredentialsError(), RetryError, "connection"),
        (boto.ReadTimeoutError(endpoint_url="u"), RetryError, "timeout"),
        (boto.ConnectionClosedError(endpoint_url="u"), RetryError, "timeout"),
        (boto.ParamValidationError(report="Lucía"), RecordError, "bad-request"),
    ],
)
def test_without_an_answer_it_is_said_whether_anything_was_sent(stubbed, monkeypatch, error, raised, reason):
    publisher = stubbed("sqs", lambda stub: None)
    client = publisher._made["sqs", "us-east-1"]

    def fail(**_):
        raise error

    monkeypatch.setattr(client, "send_message", fail)
    with pytest.raises(raised, match=reason) as caught:
        publisher.send(message(QUEUE))
    assert "Lucía" not in str(caught.value)


@pytest.mark.parametrize("arn", [QUEUE, FIFO, BUS])
def test_a_message_over_the_limit_is_refused_without_being_sent(region, arn):
    answer = Publisher(Http()).send(message(arn, b"x" * LARGEST_MESSAGE))
    assert (answer.status, answer.json()["code"]) == (413, "TooLarge")


def test_an_address_that_is_neither_a_queue_nor_a_bus_rejects_the_record():
    for url in ("", "https://sqs.us-east-1.amazonaws.com/1/q", f"arn:aws:sns:us-east-1:{OWNER}:topic"):
        with pytest.raises(RecordError, match="bad-url"):
            Publisher(Http()).send(message(url))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (QUEUE, ("us-east-1", "warehouse", False, False)),
        (FIFO, ("us-east-1", "warehouse.fifo", False, True)),
        (BUS, ("us-east-1", "crm", True, False)),
        (BUS.replace("aws", "aws-us-gov"), ("us-east-1", "crm", True, False)),
        (f"{BUS}.fifo", ("us-east-1", "crm.fifo", True, False)),
    ],
)
def test_an_arn_says_what_it_names(text, named):
    arn = Arn.of(text)
    assert (arn.region, arn.name, arn.is_bus, arn.is_fifo) == named


@pytest.mark.parametrize(
    "text", ["", QUEUE + " ", QUEUE + "\n", f"{QUEUE}:x", QUEUE[:-9], "arn:aws:sqs:::warehouse", BUS + "?a"]
)
def test_another_text_names_nothing(text):
    assert Arn.of(text) is None


def test_who_sends_no_messages_pays_for_none():
    """boto3 is not imported with the client, and no client of AWS is made before the first message."""
    code = "import hub.client, sys; print({'boto3', 'botocore'} & sys.modules.keys())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout == "set()\n"
    publisher = Publisher(Http())
    publisher.send(HttpRequest("POST", "https://vendor.example/"))
    assert publisher._made == {}
