import pytest

from hub.connector.duration import Limit, at_once, limits, seconds


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


def test_a_window_keeps_its_burst_within_its_count():
    assert limits(["110 per 10s"]) == (Limit("110 per 10s", 0.1, 11.0),)
    assert limits(["1 per 1m"]) == (Limit("1 per 1m", 60.0, 1.0),)


def test_a_bucket_refills_at_its_rate():
    limit = limits([{"bucket": 40, "refill": "2 per 1s"}])[0]
    assert (limit.interval, limit.burst) == (0.5, 40.0)


def test_calls_in_flight_are_no_rate():
    assert limits(["10 at once", "75 per 1s"])[0].name == "75 per 1s"
    assert at_once(["10 at once", "5 at once", "75 per 1s"]) == 5
    assert at_once(["75 per 1s", {"bucket": 40, "refill": "2 per 1s"}]) is None


def test_other_limits_are_refused():
    with pytest.raises(ValueError, match="limit"):
        limits(["many per 1s"])
