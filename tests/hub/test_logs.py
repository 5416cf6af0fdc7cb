"""What a log line may hold."""

import io
import json

import pytest

from hub import logs
from hub.errors import RetryError

EMAIL = "canary@correo.example"


@pytest.fixture
def lines(monkeypatch, capsys):
    """What was logged since, as JSON; metric lines too."""
    held = io.StringIO()
    for handler in logs.LOG.handlers:
        monkeypatch.setattr(handler, "stream", held)
    return lambda: [json.loads(line) for line in (held.getvalue() + capsys.readouterr().out).splitlines()]


def fact(found):
    [line] = [one for one in found if "_aws" not in one]
    return line


def metric(found):
    [line] = [one for one in found if "_aws" in one]
    return line


def test_a_fact_is_one_line_with_its_step_and_is_counted(lines):
    logs.step("unify")(lambda event, context: logs.told("applied", event="0a1b", place=""))({}, None)
    found = lines()
    assert {"message": "applied", "event": "0a1b", "step": "unify", "level": "INFO"}.items() <= fact(
        found
    ).items()
    assert "place" not in fact(found)
    assert (metric(found)["applied"], metric(found)["step"]) == ([1.0], "unify")


def test_a_field_that_is_not_on_the_list_is_dropped(lines):
    logs.step("unify")(lambda event, context: logs.told("applied", email=EMAIL, id="1"))({}, None)
    assert EMAIL not in json.dumps(lines())


def test_what_a_handler_raises_is_told_without_its_message(lines):
    def handler(event, context):
        return {}[EMAIL]

    with pytest.raises(logs.Crash, match=r"^KeyError$") as caught:
        logs.step("receive")(handler)({}, None)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    found = lines()
    assert EMAIL not in json.dumps(found)
    assert fact(found)["error"] == "KeyError"
    assert any("test_logs.py" in place for place in fact(found)["trace"])
    assert metric(found)["failed"] == [1.0]


def test_our_own_errors_say_their_reason(lines):
    logs.step("deliver")(lambda event, context: logs.failed(RetryError("store-busy")))({}, None)
    assert fact(lines())["reason"] == "store-busy"


def test_a_step_that_says_nothing_prints_nothing(lines):
    assert logs.step("api")(lambda event, context: "answer")({}, None) == "answer"
    assert lines() == []


def test_the_answer_and_the_request_are_the_handlers_own(lines):
    class Context:
        aws_request_id = "8c3f"

    answer = logs.step("api")(lambda event, context: logs.told("asked") or event["a"])({"a": 1}, Context())
    assert answer == 1
    assert fact(lines())["request"] == "8c3f"
