import argparse
import os
import shlex
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from hub.cli import demo, dev
from hub.cli.project import NoProjectError
from hub.engine import EngineError
from hub.errors import FileError, FileErrors, HubError, Place

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
    words = shlex.split(" ".join(dev.pages(STAGE, Path("secrets.json"))))
    assert f"{STAGE.url}/v1/customers/search" in words
    assert all("$" not in line.replace(STAGE.url, "") for line in dev.pages(STAGE, Path("secrets.json")))
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
    assert dev.line_of(18_001.0, "unify", text) == shown


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
    assert demo.whole(run)(argparse.Namespace()) == 130
    assert closed
    assert "stopped" in capsys.readouterr().out


def test_an_engine_that_does_not_start_is_an_error_of_ours(signals):
    def run(options):
        raise EngineError("it is missing")

    with pytest.raises(HubError, match="it is missing"):
        demo.whole(run)(argparse.Namespace())


class Deployed:
    """A stage that counts how often it was deployed again."""

    def __init__(self, root, error=None):
        self.root, self.error, self.times = root, error, 0

    def redeploy(self):
        self.times += 1


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with two files; what is built of it is nothing."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/one.yaml").write_text("on: order")
    (tmp_path / "accounts.yaml").write_text("{}")
    monkeypatch.setattr(dev, "built", lambda root: root)
    return tmp_path


def test_what_is_deployed_is_watched_and_what_is_not_is_not(project):
    before = dev._files(project)
    (project / "README.md").write_text("told")
    assert dev._files(project) == before
    (project / "flows/one.yaml").write_text("on: customer")
    (project / "accounts.yaml").unlink()
    after = dev._files(project)
    assert {path.name for path in before if before[path] != after.get(path)} == {"one.yaml", "accounts.yaml"}


def test_changed_files_are_deployed(project, capsys):
    stage, before = Deployed(project), dev._files(project)
    (project / "flows/two.yaml").write_text("on: order")
    dev.deploy(stage, before, dev._files(project))
    assert stage.times == 1
    said = capsys.readouterr().out
    assert "flows/two.yaml changed" in said
    assert "deployed after" in said


def test_files_with_mistakes_are_shown_and_not_deployed(project, capsys, monkeypatch):
    def wrong(_):
        raise FileErrors([FileError("unknown-entity", "there is no ordre", Place("flows/one.yaml", 1, 5))])

    monkeypatch.setattr(dev, "built", wrong)
    stage = Deployed(project)
    dev.deploy(stage, {}, dev._files(project))
    assert stage.times == 0
    said = capsys.readouterr().out
    assert "there is no ordre" in said
    assert "not deployed: the hub goes on as it was" in said


def test_a_folder_that_is_no_whole_checkout_is_told_so(tmp_path):
    with pytest.raises(
        NoProjectError, match=r"no template.yaml and no requirements/runtime.txt and no functions"
    ):
        demo.staged(tmp_path)


@pytest.mark.parametrize(
    "text", ["factura", "factura=", "=http://127.0.0.1:1", "factura=https://factura.example"]
)
def test_a_vendor_of_ones_own_is_on_this_machine(text):
    with pytest.raises(NoProjectError, match=r"say NAME=http://127.0.0.1:PORT"):
        dev._other(text)
