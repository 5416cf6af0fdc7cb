"""The harness itself: it tells what the local engine hides."""

from pathlib import Path

import pytest
from runtime_api import Function, FunctionError

PYTHON = Path(__file__).parents[2] / ".venv-ric" / "bin" / "python"
pytestmark = [pytest.mark.ric, pytest.mark.skipif(not PYTHON.exists(), reason="make .venv-ric/installed")]


@pytest.fixture
def started(tmp_path):
    def start(code, **options):
        (tmp_path / "step.py").write_text(code)
        return Function(PYTHON, tmp_path, "step.handler", **options)

    return start


def test_a_function_answers_event_after_event_in_one_process(started):
    code = "import os\ndef handler(event, context):\n    return [event, os.getpid(), context.function_name]\n"
    with started(code) as function:
        first, second = function.invoke({"a": 1}), function.invoke("x")
    assert (first[0], second[0], first[2]) == ({"a": 1}, "x", "function")
    assert first[1] == second[1]


def test_a_missing_package_is_an_error_at_the_start(started):
    with pytest.raises(FunctionError) as caught, started("import yaml\ndef handler(event, context): ...\n"):
        pass
    assert caught.value.type == "Runtime.ImportModuleError"


def test_what_a_handler_raises_is_told_by_its_own_name(started):
    with started("def handler(event, context):\n    return event['absent']\n") as function:
        with pytest.raises(FunctionError) as caught:
            function.invoke({})
        assert caught.value.type == "KeyError"


def test_a_function_that_takes_too_long_is_killed_and_replaced(started):
    code = "import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'done'\n"
    with started(code, timeout=0.5) as function:
        with pytest.raises(FunctionError) as caught:
            function.invoke(5)
        assert caught.value.type == "Sandbox.Timedout"
        assert function.invoke(0) == "done"
