"""The built artifact, deployed by the template to one local engine for all tests that ask for it."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
SECRETS = {"shopify.co": {"client_secret": "demo-shopify.co-client_secret"}}


class Stack(NamedTuple):
    """A deployed stack: `engine`, `outputs`, `api` (base URL)."""

    engine: object
    outputs: dict
    api: str

    def client(self, service):
        return self.engine.client(service)

    def environment(self, function):
        """What the stack tells a function, and where the engine is."""
        found = self.client("lambda").get_function_configuration(FunctionName=f"cauce-{function}")
        return {**found["Environment"]["Variables"], "AWS_ENDPOINT_URL": self.engine.url}


@pytest.fixture(scope="session")
def artifact():
    """The artifact for this machine, beside the one of `make artifact`."""
    from hub.artifact import build, here

    out = ROOT / "build" / "test-artifact"
    out.parent.mkdir(exist_ok=True)
    build(ROOT, out, platform=here(), python=f"{sys.version_info.major}.{sys.version_info.minor}")
    return out


@pytest.fixture(scope="session")
def stack(artifact):
    """The stack on an engine without IAM enforcement; its vendors answer nothing."""
    from hub.engine import Engine

    with Engine(ROOT / ".venv-engine") as engine:
        yield deployed(engine, artifact)


def deployed(engine, artifact):
    outputs = engine.deploy(ROOT / "template.yaml", artifact, parameters={"VendorUrl": "http://127.0.0.1:9"})
    for name, values in SECRETS.items():
        engine.client("secretsmanager").create_secret(Name=f"cauce/{name}", SecretString=json.dumps(values))
    return Stack(engine, outputs, engine.api(outputs))


def pytest_addoption(parser):
    parser.addoption(
        "--schedules", type=int, default=2000, help="random schedules of unify (make soak: 100,000)"
    )
    parser.addoption("--seeds", type=int, default=500, help="seeds of the fleet (make soak: 20,000)")
    parser.addoption("--seed", type=int, default=None, help="only the schedule of this seed")
    parser.addoption(
        "--crashes", type=int, default=1, choices=(1, 2), help="crashes per run: 2 for pairs (make soak)"
    )
    parser.addoption(
        "--examples", type=int, default=0, help="random examples of a law in place of its own few (make soak)"
    )
    parser.addoption(
        "--executions",
        type=int,
        default=6000,
        help="spoilt requests to all connectors (make soak: 1,000,000)",
    )
    parser.addoption(
        "--store-endpoint",
        help="a DynamoDB endpoint on which tests/hub/store runs as well; aws: your account",
    )


@pytest.fixture
def figure(record_property):
    """Tells the summary how many of something a test ran through: they are added up."""
    return lambda name, count: record_property(f"figure {name}", count)


def pytest_terminal_summary(terminalreporter):
    """The figures of all tests that passed, one a line."""
    sums = Counter()
    for report in terminalreporter.stats.get("passed", ()):
        told = (pair for pair in report.user_properties if pair[0].startswith("figure "))
        sums.update({name.removeprefix("figure "): count for name, count in told})
    for name, count in sorted(sums.items()):
        terminalreporter.write_line(f"{count:,} {name}, 0 differing")
    counts = Counter()
    for report in terminalreporter.stats.get("passed", ()):
        for name, count in report.user_properties:
            counts[name] += count if name.startswith("fleet ") else 0
    for name, count in counts.items():
        if name.startswith("fleet "):
            terminalreporter.write_line(f"{count:,} {name.removeprefix('fleet ')}")


@pytest.fixture(scope="session")
def examples(pytestconfig):
    """Settings of a law: its own few examples, always the same; with `--examples N` N others each time."""
    most = pytestconfig.getoption("--examples")

    def few(count):
        quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
        return settings(
            max_examples=most or count,
            derandomize=not most,
            print_blob=bool(most),
            deadline=None,
            database=None,
            suppress_health_check=quiet,
        )

    return few


def pytest_collection_modifyitems(items):
    """Tests of the engine and of AWS's runtime client need their environments: `make test` makes them."""
    for marker in ("engine", "ric"):
        if not (ROOT / f".venv-{marker}" / "bin" / "python").exists():
            for item in items:
                if item.get_closest_marker(marker):
                    item.add_marker(pytest.mark.skip(reason=f"make .venv-{marker}/installed"))
