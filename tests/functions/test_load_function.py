"""What load says of files, and that it ends before its function does."""

import json
from types import SimpleNamespace

import pytest

from functions import load as function
from hub.errors import RetryError
from tests.conftest import ROOT
from tests.hub.pipeline.test_load import CUSTOMERS, Yard, csv_of

LEFT = json.loads((ROOT / "events" / "load.json").read_text())
TICK = {"source": "aws.events"}


@pytest.fixture
def yard(monkeypatch):
    yard = Yard()
    monkeypatch.setattr(function, "current", lambda: yard.hub)
    return yard


@pytest.fixture
def say(caplog):
    """Lets the function run for so long: its answer, and what it logged."""

    def run(event, seconds=900.0):
        caplog.clear()
        answer = function.handler(event, context(seconds))
        return answer, [(one.levelname, one.message, getattr(one, "reason", "")) for one in caplog.records]

    return run


def context(seconds):
    return SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000, aws_request_id="r")


@pytest.mark.parametrize("event", [LEFT, TICK], ids=["a file was left", "the clock"])
def test_whoever_starts_it_it_takes_up_what_lies_there(yard, say, event):
    yard.leave(CUSTOMERS, csv_of(1, 2))
    assert say(event) == ({"files": 1, "sent": 2}, [("INFO", "file-done", "")])
    assert say(TICK) == ({"files": 0, "sent": 0}, [])


def test_a_file_that_cannot_be_read_is_a_warning_as_long_as_it_lies_there(yard, say):
    yard.leave("drop/nobody.co/x/f.csv", csv_of(1))
    said = [("WARNING", "file-refused", "accounts.yaml has no such account")]
    assert [say(TICK)[1], say(TICK)[1]] == [said, said]


def test_lines_that_are_parked_are_a_warning(yard, say):
    yard.leave(CUSTOMERS, csv_of(1) + "x\r\n")
    assert say(TICK)[1] == [("WARNING", "file-done", "")]


def test_a_queue_that_is_not_ready_is_a_warning(yard, say, monkeypatch):
    yard.leave(CUSTOMERS, csv_of(1))

    def refuse(messages):
        raise RetryError("queue")

    monkeypatch.setattr(yard.hub.inbound, "send", refuse)
    assert say(TICK)[1] == [("WARNING", "file-busy", "queue")]


def test_its_lines_name_no_file(yard, say, caplog):
    yard.leave("drop/woocommerce.co/customer/nora.campos@correo.example.csv", csv_of(1))
    say(TICK)
    assert "nora" not in json.dumps([vars(one) for one in caplog.records], default=str)


def test_it_begins_no_batch_for_which_its_time_is_not_enough(yard, say):
    yard.leave(CUSTOMERS, csv_of(1))
    assert say(TICK, seconds=50)[1] == [("INFO", "file-running", "")]
    assert say(TICK)[1] == [("INFO", "file-done", "")]
