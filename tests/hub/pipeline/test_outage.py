"""A destination is down for a day, then refuses for an hour, while people go on editing."""

import json
import random
from pathlib import Path

import pytest

from hub import keys
from hub.connector import HttpResponse
from hub.narrative import operations
from hub.pipeline.serve.deliveries import delivery
from tests.hub.pipeline.delivering import CRM, World, connector
from tests.hub.pipeline.delivery_vendors import answer

PAGE = Path(__file__).parent / "printed" / "delivery-after-an-outage.txt"

CUSTOMERS = 120
ALLOWED, WINDOW = 60, 60.0
"""What the destination allows, written as `60 per 1m`."""

DAY, HOUR, MINUTE = 86_400, 3_600, 60


class Crm:
    """A CRM that is down, then refuses, then works, by the clock; it counts for itself."""

    def __init__(self, world):
        self.world = world
        self.down = self.refusing = 0.0
        self.asked = []
        self.served = []
        self.versions = {}

    def send(self, request) -> HttpResponse:
        now = self.world.now
        self.asked.append(now)
        if now < self.down:
            return answer(503)
        if now < self.refusing:
            return answer(429, retry_after="60")
        self.served.append(now)
        record = json.loads(request.body)["record"]
        if "firstname" in record:
            self.versions.setdefault(record["email"], []).append(int(record["firstname"]))
        return self.world.vendors.send(request)


@pytest.fixture(scope="module")
def outage(catalog):
    """The world after it; `crm`, and when the CRM worked again."""
    world = World(catalog)
    connector(world, "crm", f"limit: [{ALLOWED} per 1m]")
    crm = Crm(world)
    world.hub.__dict__["client"] = crm
    dice = random.Random(24)
    edited = dict.fromkeys(range(CUSTOMERS), 0)
    crm.down = world.now + DAY
    crm.refusing = crm.down + HOUR
    while world.now < crm.refusing:
        if dice.random() < 0.5:
            edit(world, edited, dice.randrange(CUSTOMERS))
        world.later(MINUTE)
    for number in [number for number, times in edited.items() if not times]:
        edit(world, edited, number)
    begun = world.now
    while len(crm.versions) < CUSTOMERS and world.now < begun + HOUR:
        world.later(1)
    world.rest()
    world.crm, world.edited, world.begun = crm, edited, begun
    return world


def edit(world, edited, number):
    """Somebody sets another name; only the CRM is told."""
    edited[number] += 1
    fields = {"email": f"p{number}@correo.example", "given_name": str(edited[number])}
    world.entity("customer", f"c-{number}", **fields)
    queue = world.outbound
    queue.waiting[:] = [one for one in queue.waiting if CRM in one.message.body]


def open_deliveries(world):
    return [i for i in world.store.items() if i.kind == "delivery" and i.agenda in (keys.DUE, keys.PARKED)]


def test_everything_arrives_and_nothing_is_left_for_people(outage):
    assert open_deliveries(outage) == []
    held = {one["email"]: one["firstname"] for one in outage.vendors.contacts.values()}
    assert held == {f"p{number}@correo.example": str(times) for number, times in outage.edited.items()}


def test_each_customer_is_told_in_order(outage):
    assert len(outage.crm.versions) == CUSTOMERS
    assert all(told == sorted(set(told)) for told in outage.crm.versions.values())


def test_who_is_down_is_left_alone(outage):
    during = [at for at in outage.crm.asked if at < outage.crm.down]
    assert len(during) < 3 * DAY / (15 * MINUTE) + 30, "three probes in each quarter of an hour, at most"


def test_what_has_waited_goes_out_as_fast_as_the_destination_allows_and_no_faster(outage):
    served = outage.crm.served
    pairs = zip(served, served[ALLOWED:], strict=False)
    assert [at for at, later in pairs if later - at < WINDOW - 1e-6] == [], "windows over the limit"
    rate = (len(served) - 1) / (served[-1] - served[0])
    waited = served[0] - outage.begun
    print(
        f"{len(served)} deliveries waited: sent at {rate / (ALLOWED / WINDOW):.0%} of what is allowed, from "
        f"{waited:.0f} s after it worked again; {len(outage.crm.asked) - len(served)} calls while it did not"
    )
    assert rate >= 0.9 * ALLOWED / WINDOW
    assert waited <= 16 * MINUTE, "a breaker's longest pause, and a minute"


def test_the_operators_page_tells_the_story(outage):
    patient = max(outage.store.items(), key=lambda item: len(str(item.data.get("log", ""))))
    told = "\n".join(operations.delivery(delivery(outage.hub, {"delivery": patient.key.pk}))) + "\n"
    if not PAGE.exists():
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(told, encoding="utf-8")
        pytest.fail(f"{PAGE.name} is new: read it")
    assert told == PAGE.read_text(encoding="utf-8")
