"""Whatever happens to a credential, in whatever order: two laws.

Nobody calls with a token that is known to be over. Where the vendor's rules allow it, the account is alive
once the trouble ends.
"""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hub import credentials
from hub.connector import Grant, HttpRequest, HttpResponse, Outcome, grant
from hub.credentials.watch import watch
from hub.errors import HubError
from hub.messages import dumps
from tests.hub.credentials.test_crashes import Stack
from tests.hub.credentials.vendor import (
    ACCOUNT,
    ALONE,
    LASTING,
    ROTATING,
    Crash,
    busy,
    loses_the_answer,
    never_hears,
    refuses,
)

FAULTS = (busy, loses_the_answer, never_hears, refuses)
PLANS = (
    (ROTATING, {"grace": 1e9}),
    (ROTATING, {"grace": 1e9, "jealous": True}),
    (LASTING, {"rotates": False}),
    (ALONE, {"rotates": False}),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([0.5, 3.0, 31.0, 300.0, 1500.0, 1790.0, 4000.0])),
        st.tuples(st.just("fault"), st.sampled_from(FAULTS)),
        st.tuples(st.just("end"), st.integers(0, 11)),
        st.tuples(st.just("call"), st.integers(0, 2)),
        st.tuples(st.just("refuse"), st.integers(0, 2)),
        st.tuples(st.just("watch"), st.integers(0, 2)),
    ),
    max_size=25,
)


def call(stack, hub):
    token = credentials.current(hub, ACCOUNT)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    return stack.vendor.send(HttpRequest("GET", "https://api.books.example/invoices/1", headers))


def happen(stack, hubs, what, value):
    if what == "wait":
        stack.clock.now += value
    elif what == "fault":
        stack.vendor.faults.append(value)
    elif what == "end":
        stack.renew(value)
    elif what == "call":
        call(stack, hubs[value])
    elif what == "watch":
        watch(hubs[value])
    else:
        used = credentials.current(hubs[value], ACCOUNT)
        credentials.again(hubs[value], ACCOUNT, used, Outcome("pause", renews=True))


def test_no_token_is_used_that_is_over_and_no_account_is_lost(examples):
    @examples(150)
    @given(st.sampled_from(PLANS), st.floats(-600, 600), STEPS)
    def law(plan, skew, steps):
        text, vendor = plan
        stack = Stack(text, skew=skew, **vendor)
        hubs = [stack.process() for _ in range(3)]
        for what, value in steps:
            try:
                happen(stack, hubs, what, value)
            except (Crash, HubError):
                continue
        stack.vendor.faults = []
        assert stack.vendor.over == 0
        assert stack.alive()

    law()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("access_token", "refresh_token", "expires_in", "error", "x_ends")


def test_any_answer_gives_a_token_that_a_header_takes_or_says_why_not(examples):
    text = ROTATING.replace("rotates: true", "rotates: true, refresh_expires: x_ends, busy: wait")
    auth = Stack(text).first.catalog.connectors["books"].auth
    bodies = st.one_of(
        st.binary(max_size=40),
        JSON.map(lambda value: dumps(value).encode()),
        st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)).map(lambda body: dumps(body).encode()),
    )
    dates = st.sampled_from(["", "Mon, 23 Nov 2026 05:00:00 GMT", "yesterday"])

    @examples(300)
    @given(st.integers(100, 599), bodies, dates)
    def law(status, body, date):
        found = grant.read(auth, HttpResponse(status, {"date": date}, body), 1_795_406_400.0)
        if isinstance(found, Grant):
            assert 200 <= status < 300
            assert found.values["access_token"].isprintable()
            assert found.lives > 0
            assert found.refresh_lives >= 0
        else:
            assert found.kind in ("pause", "retry", "unknown")
            assert len(found.reason) < 30

    law()


def test_the_laws_would_hear_of_a_lost_account():
    """Without a grace period there is an order of things at which one is lost."""
    for at in itertools.count():
        stack = Stack()
        stack.renew(at)
        if not stack.alive():
            return
        assert at < 20
