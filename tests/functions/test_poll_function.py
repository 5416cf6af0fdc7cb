from functions import poll as function
from hub.pipeline.poll import Polled
from tests.memory_hub import memory_hub


def test_the_schedule_polls_and_says_what_came_and_what_failed(monkeypatch, caplog):
    found = [Polled("shop.co", "order", 3), Polled("crm.main", "contact", 0, "timeout")]
    hub = memory_hub()
    monkeypatch.setattr(function, "current", lambda: hub)
    monkeypatch.setattr(function, "poll", lambda asked: found if asked is hub else [])
    assert function.handler({}, None) == {"records": 3, "errors": 1}
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
    late = caplog.records[1]
    assert (late.account, late.resource, late.records, late.error) == ("crm.main", "contact", 0, "timeout")
