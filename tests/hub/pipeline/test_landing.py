"""Requests that land late leave no wrong state and no second record.

More of them: `python -m tests.hub.pipeline.landing 20000`.
"""

from unittest.mock import patch

from hub.pipeline.deliver import parking
from tests.hub.pipeline.landing import figures


def test_late_landing_requests_and_deaths_end_with_one_record_that_is_right(catalog, capsys):
    total, writes, calm = figures(catalog, range(60))
    assert not +total
    assert calm < writes < 4 * calm
    with capsys.disabled():
        print(
            f"\n60 runs with late landings: 0 wrong, 0 twice; {writes:.2f} writes a run, {calm:.2f} in calm"
        )


def test_what_timed_out_has_to_be_written_once_more_when_it_can_no_longer_land(catalog):
    """The seeded bug: without it the simulation ends wrong. Destinations with webhooks would heal it."""
    with patch.object(parking, "QUIET", 0.0):
        total, _, _ = figures(catalog, range(60))
    assert total["wrong"]
