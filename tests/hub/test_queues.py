import boto3
import pytest
from moto import mock_aws

from hub.errors import RetryError
from hub.queues import MemoryQueue, Message, SqsQueue, batches


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def queue(clock):
    return MemoryQueue(clock, visibility=30, max_receives=2)


def message(name, group="g"):
    return Message(name, group, f"dedup of {name}")


def bodies(taken):
    return [stored.message.body for stored in taken]


def test_a_batch_has_at_most_ten_messages():
    assert [len(batch) for batch in batches([message(str(n)) for n in range(23)])] == [10, 10, 3]


def test_a_batch_has_at_most_a_million_bytes():
    large = [Message("é" * 300_000, "g", str(n)) for n in range(3)]
    assert [len(batch) for batch in batches(large)] == [1, 1, 1]
    assert list(batches([])) == []


def test_messages_of_a_group_keep_their_order(queue):
    queue.send([message("a"), message("b")])
    assert bodies(queue.receive()) == ["a", "b"]


def test_a_group_with_a_message_in_flight_holds_the_rest_back_and_no_other_group(queue):
    queue.send([message("a"), message("b"), message("c", "other")])
    first = queue.receive(1)
    assert bodies(first) == ["a"]
    assert bodies(queue.receive()) == ["c"]
    queue.ack(first[0])
    assert bodies(queue.receive()) == ["b"]


def test_a_message_comes_back_after_its_visibility(queue, clock):
    queue.send([message("a")])
    queue.receive()
    clock.now += 29
    assert queue.receive() == []
    clock.now += 1
    assert bodies(queue.receive()) == ["a"]


def test_a_failed_message_comes_back_when_it_was_told_to(queue, clock):
    queue.send([message("a")])
    queue.fail(queue.receive()[0], after=5)
    assert queue.receive() == []
    clock.now += 5
    assert queue.receive()[0].received == 2


def test_a_message_that_was_received_too_often_is_dead(queue):
    queue.send([message("a"), message("b")])
    for _ in range(2):
        queue.fail(queue.receive(1)[0])
    assert bodies(queue.receive(1)) == ["b"]
    assert [dead.body for dead in queue.dead] == ["a"]


def test_a_duplicate_within_five_minutes_is_dropped_even_after_the_first_is_done(queue, clock):
    queue.send([message("a")])
    queue.ack(queue.receive()[0])
    clock.now += 299
    queue.send([message("a")])
    assert queue.receive() == []
    clock.now += 1
    queue.send([message("a")])
    assert bodies(queue.receive()) == ["a"]


def test_one_call_carries_ten_messages(queue):
    queue.send([message(str(n)) for n in range(11)])
    assert queue.calls == 2


@pytest.fixture
def sqs(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield boto3.client("sqs")


def test_messages_arrive_in_sqs_with_group_and_deduplication(sqs):
    url = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    SqsQueue(url).send([message(str(n)) for n in range(11)])
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])["Messages"]
    assert [one["Body"] for one in received] == [str(n) for n in range(10)]
    assert received[0]["Attributes"]["MessageGroupId"] == "g"
    assert received[0]["Attributes"]["MessageDeduplicationId"] == "dedup of 0"


def test_a_queue_that_does_not_answer_is_a_reason_to_retry(sqs):
    with pytest.raises(RetryError, match="queue"):
        SqsQueue("https://sqs.us-east-1.amazonaws.com/123456789012/absent.fifo").send([message("a")])


def test_a_message_that_sqs_refuses_fails_the_whole_call(sqs):
    queue = SqsQueue("https://queue")

    class Refusing:
        def send_message_batch(self, **_):
            return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    queue.__dict__["_client"] = Refusing()
    with pytest.raises(RetryError, match="queue"):
        queue.send([message("a")])
