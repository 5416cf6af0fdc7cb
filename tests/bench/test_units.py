"""What an event costs on the fast path: by the sizes everywhere, and as the local engine answers it."""

import pytest

from bench import growth, units
from bench.meters import MeteredStore, engine_table
from bench.rig import NOW


def kept(found):
    assert found.small, "the promise is about a record and a root within 1 KB"
    assert (found.bill.rounds, found.bill.transactions, found.bill.queries) == (2, 1, 0)
    assert found.bill.table <= units.WRITTEN
    assert found.bill.read <= units.READ


def test_a_small_customer_costs_at_most_ten_write_units_and_six_read_units():
    kept(units.in_memory(units.sized(1)))


@pytest.mark.engine
def test_the_engine_answers_the_units_that_the_sizes_give():
    with engine_table() as client:
        found = units.measured(MeteredStore.of("bench", client, lambda: NOW), units.sized(1))
    kept(found)
    computed = units.in_memory(units.sized(1)).bill
    assert (found.bill.table, found.bill.index) == (computed.table, computed.index)


def test_the_table_by_sizes_is_of_those_sizes():
    found = units.in_memory(units.sized(4))
    assert 3 * 1024 < max(found.record, found.root) <= 4 * 1024
    assert found.bill.table > units.WRITTEN


def test_more_customers_and_more_entries_cost_nothing_more(monkeypatch):
    monkeypatch.setattr(growth, "CUSTOMERS", (40, 400))
    monkeypatch.setattr(growth, "ENTRIES", (1, 300))
    found = [*growth._customers(), *growth._entries()]
    assert [row for row in found if not row.kept] == []
    assert any("rows that the store looked at" in row.name for row in found)
