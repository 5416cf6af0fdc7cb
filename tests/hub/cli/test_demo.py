import argparse
import os
import shlex
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from hub.cli import demo
from hub.engine import EngineError
from hub.errors import HubError

STAGE = SimpleNamespace(
    url="http://127.0.0.1:4566/_aws/execute-api/a1/$default",
    vendors_url="http://127.0.0.1:4567",
    api_key="k-1",
    engine=SimpleNamespace(url="http://127.0.0.1:4566"),
)


@pytest.fixture
def signals():
    """The handlers as they were, afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    held = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, held, strict=True):
        signal.signal(number, handler)


def test_printed_commands_survive_a_shell_that_replaces_dollars():
    words = shlex.split(" ".join(demo._pages(STAGE, Path("secrets.json"))))
    assert STAGE.url in words
    assert f"{STAGE.url}/v1/customers/search" in words
    assert all("$" not in line.replace(STAGE.url, "") for line in demo._pages(STAGE, Path("secrets.json")))
    assert any(word.endswith("hub") for word in words)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("START RequestId: 1 Version: $LATEST", ""),
        ('{"_aws": {"Timestamp": 1}, "applied": [1.0]}', ""),
        (
            '{"level": "INFO", "message": "applied", "step": "unify", "event": "5677"}',
            "05:00:01  unify     applied  event=5677",
        ),
        ("Traceback", "05:00:01  unify     Traceback"),
        ("[1]", "05:00:01  unify     [1]"),
    ],
)
def test_a_log_line_says_when_who_and_what(text, shown):
    assert demo._line(18_001.0, "unify", text) == shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_however_it_is_ended_its_stage_is_closed(signals, capsys, number):
    closed = []

    def run(options):
        try:
            os.kill(os.getpid(), number)
            signal.pause()
        finally:
            closed.append(True)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert demo._whole(run)(argparse.Namespace()) == 130
    assert closed
    assert "stopped" in capsys.readouterr().out


def test_an_engine_that_does_not_start_is_an_error_of_ours(signals):
    def run(options):
        raise EngineError("it is missing")

    with pytest.raises(HubError, match="it is missing"):
        demo._whole(run)(argparse.Namespace())
