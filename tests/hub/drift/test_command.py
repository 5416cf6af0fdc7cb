"""`hub drift`, as it is shown: `renamed.txt` is what it prints of a day on which a vendor renamed a field.

`python -m tests.hub.drift.test_command` writes it anew; read the difference before you keep it.
"""

import contextlib
import io
import json
import tempfile
from pathlib import Path

import pytest

from hub.cli import main
from tests.hub.drift.project import event, person, write

GOLDEN = Path(__file__).with_name("renamed.txt")


def day(root, *records, file="day.jsonl"):
    path = root / file
    path.write_text("".join(f"{json.dumps(event('customer', one))}\n" for one in records), encoding="utf-8")
    return str(path)


def people(count=8, **changes):
    return [person(number, **changes) for number in range(1, count + 1)]


def renamed(folder):
    """What is printed of a renamed field, an unlisted word, another type and two fields that nobody reads."""
    root = write(Path(folder))
    records = [{**one, "firstName": "Eva", "vip": True, "points": 7} for one in people(first_name=...)]
    records[2] |= {"kind": "X", "changed": 1795184700}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main(["drift", "shop.customer", "--events", day(root, *records), "--root", str(root)])
    return code, printed.getvalue()


@pytest.fixture
def root(tmp_path):
    return write(tmp_path)


def test_a_renamed_field_is_shown_with_its_lines_and_a_patch(tmp_path):
    assert renamed(tmp_path) == (1, GOLDEN.read_text(encoding="utf-8"))


def test_no_drift_is_well(root, capsys):
    assert main(["drift", "shop.customer", "--events", str(root / "events"), "--root", str(root)]) == 0
    assert capsys.readouterr().out.endswith("nothing differs\n")


def test_drift_that_no_line_reads_is_well_too(root, capsys):
    events = day(root, *people(note="x", points=7))
    assert main(["drift", "shop.customer", "--events", events, "--root", str(root), "--all"]) == 0
    assert "new       points: in 8 of 8" in capsys.readouterr().out


def test_events_may_be_compared_with_other_events(root, capsys):
    before, now = day(root, *people(first_name=4), file="before.jsonl"), day(root, *people(first_name=5))
    arguments = ["drift", "shop.customer", "--events", now, "--root", str(root), "--account", "shop.co"]
    assert main([*arguments, "--against", before]) == 0
    assert main(arguments) == 1


def test_a_rename_that_cannot_be_followed_is_said_to_be_one(root, capsys):
    events = day(root, *[{**one, "first-name": "Eva"} for one in people(first_name=...)])
    assert main(["drift", "shop.customer", "--events", events, "--root", str(root)]) == 1
    shown = capsys.readouterr().out
    assert "renamed? first_name → first-name" in shown
    assert "No patch: the mapping's tests and the events do not prove one" in shown


def test_programs_get_json(root, capsys):
    events = day(root, *[{**one, "firstName": "Eva"} for one in people(first_name=...)])
    assert main(["drift", "shop.customer", "--events", events, "--root", str(root), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["mapping"], told["drift"][0]["path"]) == ("shop.customer", "first_name")
    assert "+  given_name:   firstName" in told["patch"]


def test_what_is_no_event_is_said(root, capsys):
    events = Path(day(root, *people()))
    events.write_text(events.read_text() + "no JSON\n")
    assert main(["drift", "shop.customer", "--events", str(events), "--root", str(root)]) == 0
    assert "1 of the events in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shop.custmer", "--events", "events"], "no mapping reads shop.custmer; there are shop.customer"),
        (["mail.person", "--events", "events"], "no mapping reads mail.person"),
        (["shop.customer", "--events", "nowhere"], "nowhere cannot be read"),
        (["shop.customer", "--events", "mappings"], "mappings has no record of shop.customer"),
        (["shop.customer", "--events", "events", "--against", "mappings"], "mappings has no record"),
    ],
)
def test_what_cannot_be_run_like_this_says_why(root, capsys, monkeypatch, arguments, said):
    monkeypatch.chdir(root)
    assert main(["drift", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_without_a_sample_there_is_nothing_to_compare_with(root, capsys):
    for file in (root / "events" / "shop").glob("*.json"):
        file.unlink()
    mapping = root / "mappings" / "shop.order.yaml"
    mapping.write_text(mapping.read_text())
    (root / "day.jsonl").write_text(json.dumps(event("order", {"id": 1, "code": "N1"})))
    arguments = ["drift", "shop.order", "--events", str(root / "day.jsonl"), "--root", str(root)]
    assert main(arguments) == 2
    assert "no sample of shop.order" in capsys.readouterr().err


def test_a_mapping_that_cannot_run_is_shown_first(root, capsys):
    (root / "mappings" / "shop.customer.yaml").write_text("entity: customer\nin: {emial: email}\n")
    assert main(["drift", "shop.customer", "--events", day(root, *people()), "--root", str(root)]) == 1
    assert "unknown-field" in capsys.readouterr().err


def test_a_long_reading_says_how_far_it_is(root, capsys, monkeypatch):
    ticks = iter(range(0, 1000, 3))
    monkeypatch.setattr("hub.cli.drift.time.monotonic", lambda: next(ticks))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert main(["drift", "shop.customer", "--events", day(root, *people()), "--root", str(root)]) == 0
    assert "8 records" in capsys.readouterr().err


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        GOLDEN.write_text(renamed(temporary)[1], encoding="utf-8")
