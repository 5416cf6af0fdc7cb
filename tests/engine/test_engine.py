"""Starting, deploying and stopping: what goes wrong is said, and nothing stays."""

import os
import urllib.request

import pytest

from hub.engine import Engine, EngineError
from tests.conftest import ROOT

TEMPLATE = """
Resources:
  Queue:
    Type: {kind}
Outputs:
  Url: {{Value: !Ref Queue}}
"""


def venv(path, script):
    program = path / "venv" / "bin" / "ministack"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return path / "venv"


def test_without_its_environment_it_says_how_to_make_it(tmp_path):
    with pytest.raises(EngineError, match=r"make \.venv-engine/installed"), Engine(tmp_path / ".venv-engine"):
        pass


def test_an_engine_that_ends_at_once_is_told_with_its_last_words(tmp_path):
    engine = Engine(venv(tmp_path, "echo no port left; exit 1"))
    with pytest.raises(EngineError, match="no port left"), engine:
        pass
    assert not engine.home.exists()


def test_its_environment_holds_nothing_of_this_process(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-a-real-account")
    engine = Engine(venv(tmp_path, "env; exit 1"))
    with pytest.raises(EngineError) as caught, engine:
        pass
    assert "BIND_HOST=127.0.0.1" in str(caught.value)
    assert "of-a-real-account" not in str(caught.value)


@pytest.fixture(scope="module")
def engine():
    with Engine(ROOT / ".venv-engine", account="111122223333") as engine:
        yield engine


@pytest.fixture
def project(tmp_path):
    (tmp_path / "artifact").mkdir()

    def written(text):
        (tmp_path / "template.yaml").write_text(text)
        return tmp_path / "template.yaml", tmp_path / "artifact"

    return written


@pytest.mark.engine
def test_a_template_that_does_not_take_the_artifact_is_refused(engine, project):
    with pytest.raises(EngineError, match="CodeUri"):
        engine.deploy(*project("Resources: {}"))


@pytest.mark.engine
def test_a_stack_that_cannot_be_made_is_refused(engine, project):
    text = TEMPLATE.format(kind="AWS::Nothing::AtAll") + "# CodeUri: &code build/artifact\n"
    with pytest.raises(EngineError):
        engine.deploy(*project(text), stack="broken", parameters={})


@pytest.mark.engine
def test_deploying_the_same_again_changes_nothing(engine, project):
    text = TEMPLATE.format(kind="AWS::SQS::Queue") + "# CodeUri: &code build/artifact\n"
    first = engine.deploy(*project(text), stack="same")
    assert engine.deploy(*project(text), stack="same") == first
    assert "/111122223333/" in first["Url"]


@pytest.mark.engine
def test_a_function_that_never_ran_has_no_log(engine):
    assert engine.logs("cauce", "nobody") == []


@pytest.mark.engine
def test_nothing_stays_when_it_is_closed():
    with Engine(ROOT / ".venv-engine") as engine:
        process = engine.process.pid
        with urllib.request.urlopen(f"{engine.url}/_ministack/health") as answer:
            assert answer.status == 200
    assert not engine.home.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    engine.stop()
