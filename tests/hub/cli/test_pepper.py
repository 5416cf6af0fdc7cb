"""hub pepper rotate: adds a version, brings everything, says when it is done; stopped, it goes on."""

import pytest

from hub.cli import pepper
from hub.store import Key
from tests.hub.cli.test_accounts import FakeVault
from tests.hub.pipeline.test_rekey import MAIL, OLD, known_people, lying_below, tell, worker
from tests.hub.pipeline.world import NOW, event


class Clock:
    now = NOW

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def stage():
    store, clock, vault = known_people(), Clock(), FakeVault()
    vault.held["pepper"] = dict(OLD)

    def scan(after):
        items = [item for item in store.items() if after is None or item.key > after]
        for start in range(0, len(items), 5):
            page = items[start : start + 5]
            yield page, page[-1].key if start + 5 < len(items) else None

    return pepper.Stage(vault, store, scan, clock, clock.sleep)


def test_a_rotation_ends_with_everything_under_the_new_version(stage, capsys):
    assert pepper.rotate(stage) == 0
    held = stage.vault.held["pepper"]
    assert held.keys() == {"1", "2", "floor"}
    assert held["floor"] == "2"
    assert lying_below(stage.store, held) == []
    assert stage.clock() >= NOW + pepper.KNOWN
    assert "done: nothing lies below version 2" in capsys.readouterr().out
    tell(worker(stage.store, held), event("crm.main", "77", 40, **MAIL))
    assert any("REC#shop#co#customer#1" in root.data["records"] and len(root.data["records"]) > 1
               for root in worker(stage.store, held).customers())  # fmt: skip


def test_a_rotation_that_was_stopped_goes_on_with_the_same_version(stage):
    class Stopped(BaseException):
        pass

    pages = stage.scan

    def breaks(after):
        for number, page in enumerate(pages(after)):
            if number == 1:
                raise Stopped
            yield page

    object.__setattr__(stage, "scan", breaks)
    with pytest.raises(Stopped):
        pepper.rotate(stage)
    asked = []

    def goes_on(after):
        asked.append(after)
        return pages(after)

    object.__setattr__(stage, "scan", goes_on)
    assert pepper.rotate(stage) == 0
    assert isinstance(asked[0], Key)
    assert stage.vault.held["pepper"].keys() == {"1", "2", "floor"}
    assert lying_below(stage.store, stage.vault.held["pepper"]) == []


def test_a_second_rotation_adds_a_third_version(stage):
    pepper.rotate(stage)
    pepper.rotate(stage)
    held = stage.vault.held["pepper"]
    assert (sorted(held), held["floor"]) == (["1", "2", "3", "floor"], "3")
    assert lying_below(stage.store, held) == []
