"""What orders come to: the pure part."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.messages import dumps
from hub.times import to_epoch
from hub.traits import RFM_TYPES, TYPES, Contribution, Scoring, Sums, contribution, fold, minus, plus, traits

DAYS = [f"2026-0{month}-01T12:00:00.000000Z" for month in range(1, 7)]
NOW = to_epoch("2026-06-11T12:00:00.000000Z")


def order(status="paid", total="10.00", refunded=None, currency="COP", at=DAYS[0], channel="web", back=None):
    fields = {"status": status, "placed_at": at, "channel": channel}
    fields |= {"total": {"amount": total, "currency": currency}} if total is not None else {}
    return fields | ({"refunded": {"amount": refunded, "currency": back or currency}} if refunded else {})


def summed(*orders):
    sums = Sums()
    for fields in orders:
        one = contribution(fields)
        sums = plus(sums, one) if one else sums
    return sums


def seen(*orders, now=NOW, scoring=None):
    return traits(summed(*orders), scoring or Scoring(), now)


@pytest.mark.parametrize(("status", "count"), [
    ("open", 0), ("cancelled", 0), (None, 0), ("paid", 1), ("fulfilled", 1), ("refunded", 1),
])  # fmt: skip
def test_paid_fulfilled_and_refunded_orders_count(status, count):
    assert seen(order(status))["orders"] == count


def test_an_order_that_nobody_dates_counts_from_when_its_source_made_it():
    fields = {**order(), "placed_at": None, "created_at": DAYS[1]}
    assert contribution(fields).at == DAYS[1]
    assert contribution({**fields, "created_at": None}) is None


def test_what_was_paid_back_lowers_the_value_and_the_average_and_not_the_number():
    found = seen(order(total="30.00"), order(total="20.00", refunded="5.50"))
    assert (found["orders"], found["spent"]["amount"], found["refunded"]["amount"]) == (2, "50.00", "5.50")
    assert (found["net"]["amount"], found["average"]["amount"]) == ("44.50", "22.25")


@pytest.mark.parametrize(("told", "net"), [
    ({}, "0.00"),
    ({"refunded": "0.00"}, "0.00"),
    ({"refunded": "9.00"}, "1.00"),                    # its source knows better
    ({"refunded": "3.00", "back": "USD"}, "0.00"),     # paid back in other money
])  # fmt: skip
def test_a_refunded_order_is_worth_what_its_source_says_else_nothing(told, net):
    found = seen(order("refunded", **told))
    assert (found["net"], list(found["by_currency"])) == ({"amount": net, "currency": "COP"}, ["COP"])


def test_a_refund_is_taken_off_whatever_its_sign():
    assert seen(order(refunded="-4.00"))["net"]["amount"] == "6.00"


def test_a_return_that_is_told_as_an_order_is_none_and_takes_its_money_back():
    back = order(total="0.00", refunded="4.00", at=DAYS[5], channel="pos")
    found = seen(order(), back)
    assert (found["orders"], found["net"]["amount"], found["channels"]) == (1, "6.00", {"web": 1})
    assert found["last_order_at"] == DAYS[0]
    assert seen(order(total="0.00"))["orders"] == 1  # a gift is an order


def test_an_order_without_an_amount_is_counted_all_the_same():
    found = seen(order(total=None), order(total="1e30"))
    assert (found["orders"], found["currency"], found["spent"]) == (2, None, None)


def test_of_nothing_there_is_no_average():
    found = seen()
    empty = {"by_currency": {}, "channels": {}, "orders": 0}
    assert {name: value for name, value in found.items() if value is not None and name != "rfm"} == empty
    assert {name for name, value in found["rfm"].items() if value} == set()
    alone = seen(order(total="0.00", refunded="4.00"))
    assert (alone["average"], alone["by_currency"]["COP"]["average"]) == (None, None)
    assert alone["net"]["amount"] == "-4.00"


def test_currencies_stay_apart_and_the_one_of_most_orders_is_the_main_one():
    found = seen(
        order(currency="USD"), order(currency="JPY", total="1500"), order(currency="EUR", total="0.30"),
        order(currency="EUR", total="0.30"), order(currency="EUR", total="0.30"), order(currency="USD"),
    )  # fmt: skip
    assert found["currency"] == "EUR"
    assert found["spent"] == {"amount": "0.90", "currency": "EUR"}
    assert {code: money["net"] for code, money in found["by_currency"].items()} == {
        "EUR": "0.90", "JPY": "1500", "USD": "20.00",
    }  # fmt: skip
    assert seen(order(currency="USD"), order(currency="COP"))["currency"] == "COP"


@pytest.mark.parametrize(("currency", "total", "average"), [
    ("COP", "10.01", "5.01"), ("JPY", "15", "8"), ("KWD", "0.001", "0.001"),
])  # fmt: skip
def test_an_average_is_rounded_to_what_can_be_paid(currency, total, average):
    free = order(currency=currency, total="0")
    assert seen(order(currency=currency, total=total), free)["average"]["amount"] == average


def test_first_last_and_channels():
    found = seen(order(at=DAYS[3]), order(at=DAYS[1], channel="pos"), order(at=DAYS[2], channel=None))
    assert (found["first_order_at"], found["last_order_at"]) == (DAYS[1], DAYS[3])
    assert found["channels"] == {"web": 1, "pos": 1}
    assert seen(order(channel="x" * 41))["channels"] == {"other": 1}


@pytest.mark.parametrize(("days", "score"), [(0, 5), (30, 5), (31, 4), (90, 4), (91, 3), (181, 2), (366, 1)])
def test_recency_is_of_the_day_on_which_it_is_looked_at(days, score):
    found = seen(order(), now=to_epoch(DAYS[0]) + days * 86_400 + 3)["rfm"]
    assert (found["recency_days"], found["recency_score"]) == (days, score)


def test_an_order_from_the_future_is_of_today():
    assert seen(order(), now=0.0)["rfm"]["recency_days"] == 0


@pytest.mark.parametrize(("count", "score"), [(1, 1), (2, 2), (4, 3), (5, 4), (9, 4), (10, 5)])
def test_frequency_and_value_are_scored_by_bounds_that_are_data(count, score):
    scoring = Scoring.of({"monetary": {"COP": [20, 30.0, 50, 100]}})
    found = seen(*[order()] * count, scoring=scoring)["rfm"]
    assert (found["frequency"], found["frequency_score"], found["monetary_score"]) == (count, score, score)
    assert found["monetary"] == {"amount": f"{count}0.00", "currency": "COP"}
    assert seen(order(currency="USD"), scoring=scoring)["rfm"]["monetary_score"] is None
    assert Scoring.of({"recency": [1, 2, 3, 4]}).recency == tuple(map(Decimal, (1, 2, 3, 4)))


def test_what_is_shown_is_what_checks_know():
    found = seen(order())
    assert found.keys() == TYPES.keys()
    assert found["rfm"].keys() == RFM_TYPES.keys()


AMOUNTS = st.decimals(-10, 10**6, places=4).map(lambda d: f"{d:f}")
ORDERS = st.builds(
    order,
    st.sampled_from(["open", "paid", "fulfilled", "refunded", "cancelled"]),
    st.none() | AMOUNTS | st.just("0.00"),
    st.none() | AMOUNTS,
    st.sampled_from(["COP", "USD", "JPY"]),
    st.sampled_from(DAYS),
    st.sampled_from(["web", "pos", "", None]),
    st.sampled_from(["COP", "USD", "JPY"]),
)


def one_form(sums):
    return dumps(sums.plain())


def test_sums_have_one_form_however_they_were_added_up(examples):
    @examples(200)
    @given(st.lists(ORDERS, max_size=8), st.lists(ORDERS, max_size=5), st.randoms(use_true_random=False))
    def law(kept, gone, rng):
        plainly = summed(*kept)
        mixed = [(1, one) for one in (*kept, *gone)]
        rng.shuffle(mixed)
        sums = summed(*(one for _, one in mixed))
        for one in filter(None, map(contribution, gone)):
            sums = minus(sums, one, plainly.first, plainly.last)
        assert one_form(sums) == one_form(plainly)
        cut = rng.randint(0, len(kept))
        assert one_form(fold([summed(*kept[:cut]), summed(*kept[cut:])])) == one_form(plainly)
        assert Sums.of(plainly.plain()) == plainly

    law()


def test_a_contribution_is_the_same_after_it_was_stored(examples):
    @examples(200)
    @given(ORDERS)
    def law(fields):
        one = contribution(fields)
        assert one is None or Contribution.of(one.plain()) == one

    law()
