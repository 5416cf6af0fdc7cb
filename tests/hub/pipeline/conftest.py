import pytest

from tests.hub.pipeline.delivering import World, project


@pytest.fixture(scope="session")
def catalog(tmp_path_factory):
    return project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def world(catalog):
    return World(catalog)
