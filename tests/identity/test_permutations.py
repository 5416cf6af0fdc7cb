"""Whatever the order in which events come, they end in what the reference says, and in what was expected."""

import math

import pytest

from tests.identity import people, reference
from tests.identity.permutations import Orders
from tests.identity.scenarios import SCENARIOS
from tests.identity.view import differences


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_order_of_arrival_ends_in_one_state(scenario, figure):
    files = scenario.files
    orders = Orders(files, scenario.messages)
    assert orders.orders == math.factorial(6)
    wanted = reference.final(scenario.events, people.rules(files))
    assert [differences(end, wanted) for end in orders.ends] == [[]]
    assert_expected(scenario, orders.ends[0])
    figure("orders of arrival", orders.orders)


def assert_expected(scenario, end):
    customers = {key: one for one in end["entity"].values() for key in one["records"] if "#customer#" in key}
    shown = {id(one): sorted(map(short, one["records"])) for one in customers.values()}
    assert sorted(shown.values()) == sorted(sorted(who.split()) for who in scenario.people)
    for who, fields in scenario.golden.items():
        one = next(one for key, one in customers.items() if short(key) == who)
        assert {name: one["fields"].get(name, (None,))[0] for name in fields} == fields


def short(record):
    _, connector, _, _, id = record.split("#")
    return f"{connector}/{id.split('/')[0]}"


def test_there_are_forty_scenarios():
    assert len({scenario.name for scenario in SCENARIOS}) >= 40
