"""The erase function, on a hub in memory."""

import json

from functions import erase
from hub.pipeline.erase import Order, begin
from tests.hub.pipeline.erase.people import Lived


def test_each_run_says_how_much_it_came_to_and_nothing_of_the_person(monkeypatch, capsys):
    day = Lived()
    monkeypatch.setattr(erase, "current", lambda: day.hub)
    assert erase.handler({}, None) == {"worked": 0, "finished": 0, "moved": 0}
    begin(day.hub, day.id, Order("tests", "she asked"))
    told = []
    for _ in range(5):
        told.append(erase.handler({}, None))
        day.later(61)
    assert told[0] == {"worked": 1, "finished": 0, "moved": 0}
    assert {"worked": 1, "finished": 1, "moved": 0} in told
    said = capsys.readouterr().out
    assert [json.loads(line) for line in said.splitlines() if '"_aws"' in line]
    assert "lucia" not in said.lower() and "573105550147" not in said
