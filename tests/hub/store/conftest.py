"""The store of each test of the suite: memory, moto, the local engine, and the endpoint that was named."""

import pytest

from hub.store.dynamodb import DynamoStore
from hub.store.memory import MemoryStore
from tests.hub.store.stores import Clock, create_table, table_of, table_of_engine

STORES = ["memory", "moto", pytest.param("engine", marks=pytest.mark.engine)]


def pytest_generate_tests(metafunc):
    chosen = [mark for mark in metafunc.definition.iter_markers("parametrize") if mark.args[0] == "store"]
    if "store" in metafunc.fixturenames and not chosen:
        named = ["endpoint"] if metafunc.config.getoption("--store-endpoint") else []
        metafunc.parametrize("store", [*STORES, *named], indirect=True)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(request, clock, monkeypatch):
    if request.param == "memory":
        yield MemoryStore(clock)
    elif request.param == "engine":
        yield table_of_engine(request.getfixturevalue("stack").client("dynamodb"), clock)
    elif request.param == "endpoint":
        with table_of(request.config.getoption("--store-endpoint"), clock) as made:
            yield made
    else:
        yield from in_moto(clock, monkeypatch)


def in_moto(clock, monkeypatch):
    moto = pytest.importorskip("moto")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with moto.mock_aws():
        store = DynamoStore("hub", clock=clock, sleep=lambda _: None)
        create_table(store.client, "hub")
        yield store
