"""Traits kept in the orders' own transactions, against sums made plainly from the orders in the end."""

import random
from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.errors import RetryError
from hub.identity import Guards
from hub.messages import dumps
from hub.pipeline import decide
from hub.pipeline.decide import DecisionError, Order
from hub.pipeline.route import _pictured as pictured
from hub.pipeline.subjects import find, traits_of
from hub.pipeline.unify.traits import recompute
from hub.store import Key
from tests.hub.pipeline.test_storm import Crash, Stormy
from tests.hub.pipeline.world import World, catalog, event

ADA = {"email": "ada@correo.co"}
BOB = {"email": "bob@correo.co"}
PHONE = {"phone": "+573001234567"}
LIFE = ["paid", "fulfilled", "refunded", "cancelled"]
SHOP = "REC#shop#co#customer#1"


def cop(amount, currency="COP"):
    return {"amount": amount, "currency": currency}


PRICE = cop("100.00")


def sale(n, status="paid", id="1001", total=PRICE, at=None, source="shop.co", **record):
    """An event `n` of an order of Ada's unless `customer` says otherwise; `at`: the month it was placed."""
    record = {"customer": {"id": "1", **ADA}, "channel": "web", "total": total, **record}
    placed = {"placed_at": month(at)} if at else {}
    return event(source, id, n, "order", status=status, **placed, **record)


def month(number):
    return f"2025-{number:02d}-01T00:00:00.000000Z"


def world(*events, store=None, **options):
    made = World(store=store, files=catalog(**options))
    for one in events:
        assert made.tell(one).kind in ("applied", "echo", "duplicate")
    return made


def traits(world, pk=SHOP):
    record = world.store.read([Key(pk, "REC")])[Key(pk, "REC")]
    return find(world.hub, "customer", record.data["root"]).traits


def net(world, pk=SHOP):
    return traits(world, pk)["net"]["amount"]


def assert_true(world):
    """The roots of customers, and what was told of them last, say what their orders plainly come to."""
    counted, told = {}, {}
    for item in world.store.items():
        if item.kind == "counted":
            counted.setdefault(item.key.pk, set()).add(item.key.sk)
    for image in world.outbox():
        if image.data["entity"] == "customer":
            told[image.data["id"]] = max(
                told.get(image.data["id"], image), image, key=lambda i: i.data["epoch"]
            )
    orders = by_record(world)
    assert counted == {pk: set(found) for pk, found in orders.items()}
    for root in world.customers():
        held = root.data.get("traits", {})
        assert held.keys() <= root.data["records"].keys()
        for pk in root.data["records"]:
            assert dumps(held.get(pk, {})) == dumps(recompute(world.store, pk).plain())
        mine = [fields for pk in root.data["records"] for fields in orders.get(pk, {}).values()]
        sales = [fields for fields in mine if not is_return(fields)]
        found = find(world.hub, "customer", root.data["id"]).traits
        assert {name: found[name] for name in ("orders", "channels", "first_order_at", "last_order_at")} == {
            "orders": len(sales),
            "channels": Counter(fields["channel"] for fields in sales if fields.get("channel")),
            "first_order_at": min((fields["placed_at"] for fields in sales), default=None),
            "last_order_at": max((fields["placed_at"] for fields in sales), default=None),
        }
        assert {code: Decimal(money["net"]) for code, money in found["by_currency"].items()} == worth(mine)
        assert traits_of(world.hub, [told[root.data["id"]].data.get("traits", {})]) == found


def by_record(world):
    """The counting orders of each customer record by the key that each is counted under, from their roots."""
    found = {}
    for root in world.orders():
        fields = {name: told[0] for name, told in root.data["fields"].items()}
        if root.data["customer"] and fields.get("status") in ("paid", "fulfilled", "refunded"):
            fields.setdefault("placed_at", fields["created_at"])
            key = f"O#{fields['placed_at']}#{root.data['id']}"
            found.setdefault(root.data["customer"], {})[key] = fields
    return found


def paid_back(fields):
    total, back = fields.get("total"), fields.get("refunded")
    known = back and total and back["currency"] == total["currency"] and Decimal(back["amount"])
    return total if fields["status"] == "refunded" and total and not known else back


def is_return(fields):
    """Whether an order sells nothing and pays money back."""
    total, back = fields.get("total"), paid_back(fields)
    return bool(total and back and not Decimal(total["amount"]) and Decimal(back["amount"]))


def worth(orders):
    """Net value by currency, as a person would add it up."""
    sums, codes = Counter(), set()
    for fields in orders:
        for sign, money in ((1, fields.get("total")), (-1, paid_back(fields))):
            if money and (Decimal(money["amount"]) or (sign > 0 and not is_return(fields))):
                codes.add(money["currency"])
                sums[money["currency"]] += sign * Decimal(money["amount"])
    return {code: sums[code] for code in codes}


def test_a_refund_lowers_the_lifetime_value_within_one_event():
    made = world(sale(1), sale(2, id="1002"))
    assert net(made) == "200.00"
    made.tell(sale(3, refunded=cop("30.00")))
    assert net(made) == "170.00"
    made.tell(sale(4, "refunded", refunded=cop("100.00")))
    found = traits(made)
    assert (found["orders"], found["net"]["amount"], found["average"]["amount"]) == (2, "100.00", "50.00")
    assert_true(made)


def test_an_order_counts_from_when_it_is_paid_until_it_is_cancelled():
    made = world(sale(1, "open"))
    assert (traits(made)["orders"], traits(made)["average"]) == (0, None)
    assert "traits" not in made.customer().data
    made.tell(sale(2, "paid"))
    assert traits(made)["orders"] == 1
    made.tell(sale(3, "cancelled"))
    assert "traits" not in made.customer().data
    assert recompute(made.store, SHOP).plain() == {}
    made.tell(sale(4, "fulfilled"))
    assert net(made) == "100.00"
    assert_true(made)


def test_what_is_told_twice_or_late_counts_once():
    made = world(sale(5), sale(5), sale(3, "open"), sale(6), sale(5))
    assert traits(made)["orders"] == 1
    assert_true(made)


def test_first_and_last_order_are_found_again_when_theirs_is_cancelled():
    made = world(*(sale(n, id=str(n), at=n) for n in range(1, 10)))
    made.tell(sale(20, "cancelled", id="1", at=1))
    made.tell(sale(21, "cancelled", id="9", at=9))
    assert (traits(made)["first_order_at"], traits(made)["last_order_at"]) == (month(2), month(8))
    made.tell(sale(22, "refunded", id="2", at=2))
    assert traits(made)["first_order_at"] == month(2)
    assert_true(made)


def test_an_order_that_turns_out_to_be_of_another_time_moves():
    made = world(sale(1, at=5), sale(2, id="1002", at=4))
    made.tell(
        event("erp.main", "77", 0, "order", reference="R", placed_at=month(1), customer={"id": "5", **ADA})
    )
    made.tell(sale(3, at=5, reference="R"))
    assert traits(made)["first_order_at"] == month(1)
    assert_true(made)


def test_an_order_told_for_another_customer_takes_its_money_along():
    made = world(sale(1), sale(2, customer={"id": "2", **BOB}))
    assert traits(made)["orders"] == 0
    assert net(made, "REC#shop#co#customer#2") == "100.00"
    assert_true(made)


def test_an_order_that_shop_and_erp_know_counts_once():
    made = world(
        sale(1, reference="R"), event("erp.main", "77", 2, "order", status="paid", total=cop("100.00"))
    )
    made.tell(event("erp.main", "77", 3, "order", status="paid", total=cop("90.00"), reference="R"))
    assert (traits(made)["orders"], net(made)) == (1, "90.00")
    assert_true(made)


def test_traits_follow_the_records_when_customers_are_merged_and_split():
    bought = [sale(1), sale(2, id="1002", source="pos.one", customer={"id": "7", **BOB})]
    made = world(*bought)
    before = [dumps(root.data.get("traits")) for root in made.customers()]
    one, other = (root.data["id"] for root in made.customers())
    order = Order("ana", "the same person")
    decide.merge(made.hub, one, other, order)
    assert (traits(made)["orders"], net(made)) == (2, "200.00")
    image = max((i for i in made.outbox() if i.data["entity"] == "customer"), key=lambda i: i.data["epoch"])
    assert "traits" in image.data["changed"]
    assert_true(made)
    decide.split(made.hub, made.customer().data["id"], ["REC#pos#one#customer#7"], order)
    assert [dumps(root.data.get("traits")) for root in made.customers()] == before
    assert_true(made)


def test_money_of_three_currencies_is_not_mixed():
    prices = [cop("0.10"), cop("0.10"), cop("0.20", "USD"), cop("5", "JPY")]
    made = world(*(sale(n, id=str(n), total=price) for n, price in enumerate(prices, 1)))
    found = traits(made)
    assert {code: money["net"] for code, money in found["by_currency"].items()} == {
        "COP": "0.20", "JPY": "5", "USD": "0.20",
    }  # fmt: skip
    assert found["spent"] == cop("0.20")
    assert_true(made)


class Noting(Stormy):
    """A calm store that notes what is read and written."""

    def __init__(self):
        super().__init__(random.Random(1), [])
        self.calls = []

    def read(self, keys):
        wanted = list(keys)
        self.calls.append(("read", len(wanted)))
        return super().read(wanted)

    def commit(self, writes):
        self.calls.append(("commit", len(writes)))
        super().commit(writes)

    def page(self, *args, **options):
        self.calls.append(("page", 1))
        return super().page(*args, **options)


def calls(made, told):
    made.store.calls.clear()
    assert made.tell(told).kind == "applied"
    return made.store.calls


def test_an_event_of_a_customer_costs_no_item_more_than_without_orders():
    costs = []
    for orders in ([], [sale(n, id=str(n)) for n in range(2, 9)]):
        made = world(event(n=1, name="Ada", **ADA), *orders, store=Noting())
        costs.append(calls(made, event(n=20, name="Ada King", **ADA)))
    assert costs[0] == costs[1]
    assert [kind for kind, _ in costs[0]] == ["read", "read", "commit"]
    assert "traits" in made.customer().data


def test_an_order_that_counts_anew_is_still_two_reads_and_one_transaction():
    made = world(sale(1, "open", at=1), store=Noting())
    kinds = [[kind for kind, _ in calls(made, sale(n, status, at=1))] for n, status in enumerate(LIFE, 2)]
    assert kinds[:-1] == [["read", "read", "commit"]] * 3
    assert kinds[-1] == ["read", "read", "page", "page", "commit"]  # who is the first now, and the last?


def test_an_order_of_a_customer_who_is_gone_counts_for_nobody():
    made = world(sale(1, "open"))
    gone = made.customer()
    made.store._put(
        gone.__class__(gone.key, "root", {**gone.data, "state": "erased", "fields": {}}, gone.version)
    )
    told = event("shop.co", "1001", 2, "order", status="paid", total=cop("5.00"))
    assert made.tell(told).kind == "applied"
    assert [item for item in made.store.items() if item.kind == "counted"] == []


ORDERS = st.builds(
    lambda where, record: (where, "order", {name: told for name, told in record.items() if told is not None}),
    st.sampled_from([("shop.co", "1001"), ("shop.co", "1002"), ("pos.one", "31"), ("erp.main", "77")]),
    st.fixed_dictionaries({
        "status": st.sampled_from(["open", "paid", "paid", "fulfilled", "refunded", "cancelled", None]),
        "total": st.sampled_from([cop("10.10"), cop("0.20", "USD"), cop("7", "JPY"), cop("0"), None]),
        "refunded": st.sampled_from([None, None, cop("0.10"), cop("10.10"), cop("0.20", "USD")]),
        "customer": st.sampled_from([
            {"id": "1", **ADA}, {"id": "2", **BOB}, {"id": "2", **ADA}, {"id": "2", **PHONE},
            ADA, PHONE, None,
        ]),
        "reference": st.sampled_from([None, "R", "S"]),
        "channel": st.sampled_from(["web", "pos", None]),
        "placed_at": st.sampled_from([month(1), month(2), None]),
    }),
)  # fmt: skip
PEOPLE = st.builds(
    lambda where, record: (where, "customer", record),
    st.sampled_from(
        [("shop.co", "1"), ("shop.co", "2"), ("crm.main", "9"), *(("pos.one", n) for n in "789")]
    ),
    st.sampled_from([ADA, BOB, PHONE, ADA | PHONE, BOB | PHONE, {"name": "Ada"}]),
)


@st.composite
def histories(draw):
    """Events of a few orders and customers, each with its own id and a time of its own."""
    found = draw(st.lists(ORDERS | ORDERS | PEOPLE, min_size=3, max_size=14))
    gone = draw(st.sets(st.integers(0, 13), max_size=2))
    return [
        event(source, id, n, resource, deleted=n in gone, **record)
        for n, ((source, id), resource, record) in enumerate(found, 1)
    ]


class Storm(Stormy):
    """A storm that also blows while orders are looked through, in a world where two may share a phone."""

    def page(self, *args, **options):
        if self.armed and self.rng.random() < 0.3:
            self._rival()
        return super().page(*args, **options)

    def _rival(self):
        self.armed = False
        World(store=self, files=FILES).tell(self.rng.choice(self.scenario))
        self.armed = True


FILES = catalog(guards=Guards(degree=2))


def weathered(history, rng):
    """A world in which the history came doubled, in any order, through a storm with an operator in it."""
    made = World(store=Storm(rng, history), files=FILES)
    left = history + rng.sample(history, k=min(3, len(history)))
    rng.shuffle(left)
    while left:
        if rng.random() < 0.1:
            ruled(made, rng)
        told = left.pop()
        try:
            with made.store:
                made.tell(told)
        except (Crash, RetryError):
            left.insert(0, told)
    return made


def ruled(made, rng):
    """An operator merges two customers, or splits one."""
    order = Order("ana", "as it seems to her")
    customers = made.customers()
    try:
        if len(customers) > 1 and rng.random() < 0.5:
            decide.merge(made.hub, *(root.data["id"] for root in rng.sample(customers, k=2)), order)
        elif customers:
            root = rng.choice(customers)
            decide.split(made.hub, root.data["id"], rng.sample(sorted(root.data["records"]), k=1), order)
    except (DecisionError, RetryError):  # what she may not decide, or has to ask for again
        pass


def test_whatever_the_history_and_the_weather_the_traits_are_those_of_the_orders(examples):
    @examples(200)
    @given(histories(), st.integers(0, 2**32))
    def law(history, seed):
        rng = random.Random(seed)
        made = weathered(history, rng)
        assert_true(made)
        for told in history:
            assert made.tell(told).kind == "duplicate"

    law()


def test_the_order_of_arrival_leaves_no_trace_in_the_traits(examples):
    @examples(100)
    @given(histories(), st.integers(0, 2**32))
    def law(history, seed):
        rng = random.Random(seed)
        ends = set()
        for _ in range(3):
            made = world(*history, guards=Guards(degree=2))
            ends.add(dumps({root.data["id"]: root.data.get("traits", {}) for root in made.customers()}))
            rng.shuffle(history)
        assert len(ends) == 1

    law()


def test_an_image_of_an_order_has_the_traits_of_its_customer_with_it():
    made = world(sale(1, at=1), sale(2, id="1002", total=cop("50.00")))
    *_, order = (image for image in made.outbox() if image.data["entity"] == "order")
    owner = pictured(made.hub, order).customer
    assert (owner.traits["orders"], owner.image["traits"]["net"]["amount"]) == (2, "150.00")
