from hub.errors import RetryError
from hub.pipeline.batch import give_back, taken, work_through
from tests.envelopes import message


class Queue:
    def __init__(self):
        self.postponed = []

    def send(self, messages):
        raise AssertionError("nothing is sent")

    def postpone(self, receipt, seconds):
        self.postponed.append((receipt, seconds))


def batch(*messages):
    return taken({"Records": list(messages)})


def run(given, failures):
    def step(number):
        if number in failures:
            raise failures[number]
        return number

    return list(work_through(given, step))


def test_a_failure_holds_back_its_own_group_only():
    given = batch(message("a", "", "G"), message("b", "", "H"), message("c", "", "G"), message("d", "", "H"))
    failure = RetryError("busy")
    assert run(given, {0: failure}) == [failure, 1, failure, 3]


def test_what_has_to_wait_comes_again_later_each_time():
    queue, failure = Queue(), RetryError("busy")
    for receives in (1, 2, 4, 9):
        give_back(queue, batch(message("a", "", receives=receives)), [failure])
    assert [seconds for _, seconds in queue.postponed] == [5.0, 30.0, 600.0, 600.0]


def test_a_source_that_says_how_long_is_believed():
    queue = Queue()
    give_back(queue, batch(message("a", "")), [RetryError("busy", after=90)])
    assert queue.postponed == [("receipt-a", 90)]


def test_a_bug_comes_again_in_the_queues_own_time():
    queue = Queue()
    failed = give_back(queue, batch(message("a", ""), message("b", "")), [KeyError("x"), "done"])
    assert [one.id for one in failed] == ["a"]
    assert queue.postponed == []


def test_the_fifth_receive_is_the_last():
    assert [one.last for one in batch(message("a", "", receives=4), message("a", "", receives=5))] == [
        False,
        True,
    ]
