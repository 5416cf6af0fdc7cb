import pytest


@pytest.fixture
def stride(pytestconfig):
    """Every how many calls something happens in `make test`; `make soak` tries all of them."""
    return 1 if pytestconfig.getoption("--crashes") > 1 else 15


@pytest.fixture
def pairs(pytestconfig):
    """One of how many pairs of crashes is tried."""
    return 1 if pytestconfig.getoption("--crashes") > 1 else 300
