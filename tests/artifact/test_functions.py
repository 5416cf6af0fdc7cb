"""Each built function, started by AWS's own runtime client with boto3 and nothing else beside it."""

import json
from pathlib import Path

import pytest
from runtime_api import Function

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-ric" / "bin" / "python"
pytestmark = [pytest.mark.engine, pytest.mark.ric]

ANSWERS = {
    "receive": lambda answer: answer["statusCode"] == 200,
    "unify": lambda answer: answer == {"batchItemFailures": []},
    "route": lambda answer: answer == {"batchItemFailures": []},
    "deliver": lambda answer: answer == {"batchItemFailures": []},
    "listen": lambda answer: len(answer["batchItemFailures"]) == 1,
    "load": lambda answer: answer == {"files": 0, "sent": 0},
    "poll": lambda answer: answer["records"] == 0,
    "sweep": lambda answer: set(answer) == {"deliveries", "waiting", "relayed"},
    "erase": lambda answer: set(answer) == {"worked", "finished", "moved"},
    "api": lambda answer: json.loads(answer["body"])["status"] == "ok",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_built_function_answers_its_sample_event(name, artifact, stack):
    event = json.loads((ROOT / "events" / f"{name}.json").read_text())
    environment = stack.environment(name)
    with Function(PYTHON, artifact, f"functions.{name}.handler", environment, timeout=30) as function:
        assert ANSWERS[name](function.invoke(event)), function.log()
