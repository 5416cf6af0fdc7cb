"""What comes in from where: counted without a write for each event; silences are told against a habit."""

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest

from functions import poll as function
from hub import keys
from hub.cli import main
from hub.cli import sources as command
from hub.errors import RetryError
from hub.pipeline.serve import Question, serve
from hub.pipeline.sources import Told, note, sight, sources
from hub.pipeline.sources.habit import Habit, silent
from hub.store import Conflict
from hub.times import from_epoch
from tests.hub.cli.served import api
from tests.memory_hub import NOW, memory_hub

BOGOTA = ZoneInfo("America/Bogota")
WEBHOOK = Told("shop.co", "webhook", "applied")
HOUR = 3600.0


@pytest.fixture
def hub():
    return memory_hub()


def seen(hub, name="shop.co"):
    return sight(hub, hub.catalog.accounts[name])


def notes(hub):
    return [item for item in hub.store.stream if item.kind == "source"]


def test_a_thousand_events_in_a_minute_cost_one_write(hub):
    for _ in range(100):
        note(hub, [WEBHOOK] * 10)
        hub.clock.now += 0.5
    assert len(notes(hub)) == 1
    hub.clock.now += 60
    note(hub, [WEBHOOK])
    assert len(notes(hub)) == 2
    assert (seen(hub).day["heard"], seen(hub).last) == (1001, from_epoch(hub.clock()))


def test_what_is_replayed_imported_or_polled_is_not_heard(hub):
    note(hub, [Told("shop.co", via, "applied") for via in ("replay", "import", "poll")])
    assert (seen(hub).day["heard"], seen(hub).last) == (0, "")


def test_two_processes_add_up(hub):
    other = memory_hub(clock=hub.clock, store=hub.store)
    note(hub, [WEBHOOK] * 3)
    commit, first = hub.store.commit, []

    def late(writes):
        if not first:
            first.append(note(hub, []))
            hub.clock.now += 61
            hub.store.commit = commit
            note(hub, [WEBHOOK])
            raise Conflict([])
        return commit(writes)

    hub.store.commit = late
    note(other, [WEBHOOK] * 2)
    assert seen(hub).day["heard"] == 6


def test_what_cannot_be_noted_now_is_noted_later(hub):
    commit = hub.store.commit

    def busy(writes):
        raise RetryError("busy")

    hub.store.commit = busy
    note(hub, [WEBHOOK])
    hub.store.commit = commit
    hub.clock.now += 61
    note(hub, [])
    assert seen(hub).day["heard"] == 1


def test_a_miss_is_noted_at_once_and_is_a_share_of_what_was_compared(hub):
    hub.tally.add("shop.co", "checked", 400, hub.clock())
    note(hub, [])
    note(hub, [Told("shop.co", "reconcile", kind) for kind in ("applied", "echo", "duplicate", "parked")])
    assert (seen(hub).missed, seen(hub).missed_percent) == (1, 0.25)


def test_only_the_last_day_counts(hub):
    note(hub, [WEBHOOK])
    hub.clock.now += 26 * HOUR
    note(hub, [WEBHOOK])
    assert (seen(hub).day["heard"], seen(hub).hour) == (1, 1)


class Source:
    """A source that speaks by a daily rhythm, hour by hour; `days` is what was noted of it."""

    def __init__(self, seed, busy, calm=0.0, weekend=1.0):
        self.rng, self.busy, self.calm, self.weekend = random.Random(seed), busy, calm, weekend
        self.days, self.last = {}, None

    def rate(self, now):
        local = dt.datetime.fromtimestamp(now, BOGOTA)
        rate = self.busy if 8 <= local.hour < 19 else self.calm
        return rate * (self.weekend if local.weekday() >= 5 else 1.0)

    def hour(self, now):
        """One hour passes in which it speaks or not."""
        count = self.poisson(self.rate(now))
        if count:
            at = from_epoch(now)
            day = self.days.setdefault(at[:10], {"heard": {}})
            day["heard"][at[11:13]] = count
            self.last = now + self.rng.uniform(1800, 3599)

    def poisson(self, rate):
        count, left = 0, self.rng.expovariate(1.0)
        while left < rate:
            count, left = count + 1, left + self.rng.expovariate(1.0)
        return count

    def silent(self, now, quiet_for=None):
        return silent(Habit.of(self.days, BOGOTA), self.last, now, quiet_for)


def lived(source, hours, start=NOW):
    for number in range(hours):
        source.hour(start + number * HOUR)
    return start + hours * HOUR


RHYTHMS = [
    {"busy": 0.3},
    {"busy": 2.0, "calm": 0.05},
    {"busy": 20.0, "calm": 0.5, "weekend": 0.3},
    {"busy": 500.0, "calm": 30.0},
    {"busy": 5.0, "weekend": 0.0},
]


def test_a_source_that_goes_on_as_it_used_to_is_never_silent():
    told = hours = 0
    for seed in range(2):
        for rhythm in RHYTHMS:
            source = Source(seed, **rhythm)
            now = lived(source, 21 * 24)
            for number in range(28 * 24):
                source.hour(now + number * HOUR)
                told += source.silent(now + (number + 1) * HOUR)
                hours += 1
    print(f"told silent in {told} of {hours} hours")
    assert told <= hours / 2000


@pytest.mark.parametrize(
    ("rhythm", "most"),
    [(RHYTHMS[0], 96), (RHYTHMS[1], 24), (RHYTHMS[2], 5), (RHYTHMS[3], 3), (RHYTHMS[4], 6)],
)
def test_a_source_that_falls_silent_in_the_morning_is_told(rhythm, most):
    for seed in range(5):
        source = Source(seed, **rhythm)
        monday = NOW - (NOW + 3 * 86_400) % (7 * 86_400) + 13 * HOUR  # eight in the morning in Bogota
        now = lived(source, 28 * 24, start=monday - 28 * 86_400)
        source.last = source.last or now
        hours = next((n for n in range(200) if source.silent(now + n * HOUR)), None)
        assert hours is not None and 1 < hours <= most, (seed, hours)


def test_nights_and_weekends_are_no_silence():
    source = Source(1, busy=50.0, weekend=0.0)
    friday = NOW - (NOW + 3 * 86_400) % (7 * 86_400) + 4 * 86_400 + 24 * HOUR  # seven in the evening
    now = lived(source, 28 * 24, start=friday - 28 * 86_400)
    assert not any(source.silent(now + n * HOUR) for n in range(61))
    assert source.silent(now + 65 * HOUR)


def test_a_new_source_has_no_habit_yet():
    source = Source(1, busy=50.0, calm=50.0)
    now = lived(source, 48)
    assert not source.silent(now + 300 * HOUR)
    assert not Source(1, busy=1.0).silent(now)


def test_what_an_account_says_itself_holds():
    source = Source(1, busy=50.0)
    now = lived(source, 48)
    source.last = now
    assert [source.silent(now + n, 900) for n in (899, 901)] == [False, True]


def test_the_schedule_tells_who_is_silent_and_what_was_missed(hub, monkeypatch, caplog, capsys):
    hub.catalog.accounts["shop.co"].settings["quiet_for"] = "15m"
    monkeypatch.setattr(function, "current", lambda: hub)
    monkeypatch.setattr(function, "poll", lambda asked: [])
    note(hub, [WEBHOOK])
    hub.tally.add("shop.co", "checked", 100, hub.clock())
    note(hub, [Told("shop.co", "reconcile", "applied")])
    function.handler({}, None)
    assert "silent" not in caplog.text
    assert '"missed_percent":[1.0]' in capsys.readouterr().out.replace(" ", "")
    hub.clock.now += 901
    function.handler({}, None)
    (line,) = [record for record in caplog.records if record.message == "silent"]
    assert (line.levelname, line.account) == ("WARNING", "shop.co")


def test_the_api_and_the_command_show_it(hub, monkeypatch, capsys):
    hub.secrets.held["api-key"] = [{"key": "k-2"}]
    note(hub, [WEBHOOK])
    answer = serve(hub, Question("GET", "/v1/sources", headers={"authorization": "Bearer k-2"}))
    shop = next(one for one in answer.data["sources"] if one["source"] == "shop.co")
    assert (shop["last_hour"], shop["silent"], shop["subscription"]) == (1, False, None)
    assert shop["polls"] == [{"resource": "order", "last_poll": None, "read_until": None, "error": None}]
    monkeypatch.setattr(command, "api_of", lambda arguments: api(hub))
    assert main(["sources"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].split()[0] == "source"
    assert any(line.startswith("shop.co") and "by hand" in line and "order never" in line for line in out)


def test_a_silent_source_and_a_poll_in_trouble_are_no_success(hub, monkeypatch, capsys):
    hub.secrets.held["api-key"] = [{"key": "k-2"}]
    hub.catalog.accounts["shop.co"].settings["quiet_for"] = "15m"
    note(hub, [WEBHOOK])
    hub.clock.now += 1000
    monkeypatch.setattr(command, "api_of", lambda arguments: api(hub))
    assert main(["sources"]) == 1
    assert "SILENT" in capsys.readouterr().out


def test_the_items_of_a_source_are_few(hub):
    for _ in range(40):
        note(hub, [WEBHOOK])
        hub.clock.now += 86_400
    assert len(hub.store.page(keys.heard("shop.co", "").pk, limit=100).items) <= 41
    assert [one["source"] for one in sources(hub)] == ["chat.co", "crm.main", "shop.co"]
