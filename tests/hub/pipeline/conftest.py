import pytest

from tests.hub.pipeline.delivering import ADA, World, project


@pytest.fixture(scope="session")
def catalog(tmp_path_factory):
    return project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def world(catalog):
    return World(catalog)


@pytest.fixture
def known(world: World) -> World:
    """A world in which the customer is known; nothing was delivered yet."""
    world.entity("customer", "c-1", relay="never", **ADA)
    return world
