import pytest

from hub.connector.duration import Demand, Limit, at_once, limits, seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [("500ms", 0.5), ("30s", 30), ("5m", 300), ("2 h", 7200), ("1d", 86400), ("1.5s", 1.5)],
)
def test_durations_are_read_in_seconds(text, expected):
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5 minutes", "5m 3s"])
def test_other_texts_are_no_durations(text):
    with pytest.raises(ValueError, match="duration"):
        seconds(text)


@pytest.mark.parametrize(
    "text", ["110 per 10s", "75 per 1s", "750 per 1m", "5 per 1s", "1 per 1m", "5000 per 1d"]
)
def test_a_window_never_sees_more_than_its_count(text):
    (limit,) = limits([text])
    count = int(text.split()[0])
    taken, tat, now = [], 0.0, 0.0
    while len(taken) < 2 * count:
        now = max(now, tat - limit.interval * (limit.burst - 1))
        taken.append(now)
        tat = max(tat, now) + limit.interval
    tolerance = 1e-6
    worst = max(sum(start <= at < start + limit.window - tolerance for at in taken) for start in taken)
    assert worst == count


@pytest.mark.parametrize("text", ["110 per 10s", "75 per 1s", "750 per 1m", "5 per 1s", "60 per 1m"])
def test_the_steady_rate_of_a_short_window_is_nearly_all_that_is_allowed(text):
    (limit,) = limits([text])
    assert limit.window / limit.interval >= 0.96 * int(text.split()[0])


def test_half_of_a_budget_may_be_spent_at_once():
    (limit,) = limits(["5000 per 1d"])
    assert (limit.burst, limit.window) == (2500, 86_400)


def test_a_bucket_refills_at_its_rate():
    (limit,) = limits([{"bucket": 40, "refill": "2 per 1s"}])
    assert limit == Limit("40 bucket 2 per 1s", 0.5, 40.0, 20.0)


def test_a_limit_of_points_is_taken_by_the_cost_of_a_call_and_any_other_by_one():
    calls, points = limits(["75 per 1s", {"cost": {"bucket": 1000, "refill": "50 per 1s"}}])
    demand = Demand((calls, points), cost=12)
    assert (demand.tokens(calls), demand.tokens(points)) == (1, 12)
    assert points.name == "cost 1000 bucket 50 per 1s"
    assert Demand((points,), cost=5000).tokens(points) == 1000
    assert limits([{"cost": "100 per 1m"}])[0].points


def test_calls_in_flight_are_no_rate():
    assert limits(["10 at once", "75 per 1s"])[0].name == "75 per 1s"
    assert at_once(["10 at once", "5 at once", "75 per 1s"]) == 5
    assert at_once(["75 per 1s", {"bucket": 40, "refill": "2 per 1s"}]) is None


@pytest.mark.parametrize("text", ["many per 1s", "0 per 1s", "0 at once"])
def test_other_limits_are_refused(text):
    with pytest.raises(ValueError, match="limit"):
        limits([text])
