"""What `hub plan` says of changes to a small project: golden files, and what it must never say."""

import io
import json
import re
import subprocess
from pathlib import Path

import pytest

from hub.cli import main
from tests.hub.plan.scenarios import CUSTOMER, GOLDEN, PROJECT, SCENARIOS, project

SECRETS = ("ana.prada", "bruno@", "carla", "Prada", "Lara", "3105550123", "555 0123", "Carrera", "Calle")
"""What only people in the recorded events are or have."""


def run(capsys, *arguments):
    code = main(["plan", *map(str, arguments)])
    return code, capsys.readouterr()


def without_notes(text):
    """What is printed, less what `hub check` says of it, which has golden files of its own."""
    return "".join(line for line in text.splitlines(keepends=True) if "hub check:" not in line)


@pytest.fixture
def side_by_side(tmp_path, monkeypatch):
    """The project as it was in `before/`, with these edits in `after/`."""
    (tmp_path / "before").symlink_to(PROJECT)
    monkeypatch.chdir(tmp_path)

    def edited(*edits):
        project(tmp_path / "after", *edits)
        return ["--root", "after", "--against", "before"]

    return edited


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_change_is_shown_as_its_golden_file_says(name, side_by_side, capsys):
    code, said = run(capsys, *side_by_side(*SCENARIOS[name]))
    assert without_notes(said.out) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert code == (0 if said.out.startswith("No change") else 1)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_golden_file_holds_a_personal_value(name):
    text = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").lower()
    assert not [secret for secret in SECRETS if secret.lower() in text]


@pytest.mark.parametrize("form", ["--limit=0", "--json", "--markdown"])
def test_no_form_shows_a_personal_value(form, side_by_side, capsys):
    everything = [
        edit
        for name in ("two-identifiers-that-are-lost", "a-renamed-source-field", "a-type")
        for edit in SCENARIOS[name]
    ]
    _, said = run(capsys, *side_by_side(*everything), form)
    assert "customer.phone" in said.out
    assert not [secret for secret in SECRETS if secret.lower() in said.out.lower()]


def test_nothing_changes_where_the_files_are_the_same(side_by_side, capsys):
    code, said = run(capsys, *side_by_side())
    assert (code, said.out.splitlines()[0]) == (0, "No change: the files are the same")


def test_records_that_would_become_one_are_said_first(side_by_side, capsys):
    side_by_side(*SCENARIOS["two-identifiers-that-are-lost"])
    _, said = run(capsys, "--root", "before", "--against", "after")
    who = said.out.partition("Who is who\n----------\n")[2].splitlines()
    assert who[0] == "  ! customer: these records would become one: crm.main contact 7 | shop.co customer 701"


def test_many_records_that_would_come_apart_are_counted(side_by_side, capsys):
    arguments = side_by_side(*SCENARIOS["two-identifiers-that-are-lost"])
    for folder in ("recorded", "recorded/shop", "recorded/crm", "recorded/crm/records"):
        Path(folder).mkdir()
    for number in range(100, 108):
        email = f"p{number}@correo.example"
        customer = {"id": number, "email": email, "first_name": "P", "changed": "2026-11-20T15:00:00Z"}
        body = {"event": f"e-{number}", "sent_at": "2026-11-20T15:00:00Z", "customer": customer}
        told = {"headers": {"x-topic": "customer.changed"}, "body": body}
        Path(f"recorded/shop/{number}.json").write_text(json.dumps(told))
        contact = {"id": number, "email": email, "changed": "2026-11-20T15:00:00Z"}
        Path(f"recorded/crm/records/contact.{number}.json").write_text(json.dumps(contact))
    _, said = run(capsys, *arguments, "--events", "recorded")
    assert said.out.count("these records would no longer be one") == 5
    assert "  ! customer: 3 more times records would no longer be one\n" in said.out


def test_a_change_may_be_no_failure(side_by_side, capsys):
    assert run(capsys, *side_by_side(*SCENARIOS["a-lookup-entry"]), "--exit-zero")[0] == 0


def test_calls_that_are_not_worked_out_are_not_said_to_be_the_same(side_by_side, capsys):
    _, said = run(capsys, *side_by_side(*SCENARIOS["a-lookup-entry"]), "--calls", "0")
    assert said.out.splitlines()[0].endswith("; calls to other systems: not worked out")
    assert "calls and customers are those of 0 of 7 events" in said.out


def test_the_events_that_differ_are_run_through_the_hub_before_the_last_ones(side_by_side, capsys):
    _, said = run(capsys, *side_by_side(*SCENARIOS["a-lookup-entry"]), "--calls", "1")
    assert "mail.main.event  POST /events: 1 removed" in said.out
    assert "order.status: 1 changed" in said.out


def test_only_what_is_asked_for_is_shown(side_by_side, capsys):
    edits = side_by_side(*SCENARIOS["two-identifiers-that-are-lost"])
    _, said = run(capsys, *edits, "--field", "shop.customer phone", "--limit", "1")
    assert "shop.customer phone: 3 of 5 records" in said.out
    assert "… 2 more" in said.out
    assert "shop.customer email:" not in said.out
    assert "Calls" not in said.out


def test_a_broken_file_is_shown_with_its_place(side_by_side, capsys):
    edits = side_by_side()
    edit(Path("after"), CUSTOMER, "entity: customer", "entity: [")
    code, said = run(capsys, *edits)
    assert code == 2
    assert f"{CUSTOMER}:4:8: yaml: " in said.err
    assert "nothing can be compared" in said.err


def test_what_a_change_leaves_without_an_account_is_told_by_the_check(side_by_side, capsys):
    code, said = run(
        capsys, *side_by_side(("accounts.yaml", "crm.main:  {role: crm,", "crm2.main: {role: crm,"))
    )
    assert code == 2
    assert "flows/sync.yaml:3:8: unknown-account: crm has no account" in said.err


WRONG = {
    "an expression": (
        CUSTOMER,
        "given_name:    first_name",
        'given_name:    "first_name["',
        "6:30: expression",
    ),
    "a field": (CUSTOMER, "given_name:    first_name", "given_nmae:    first_name", "6:3: unknown-field"),
    "an entity": (CUSTOMER, "entity: customer", "entity: custmer", "2:9: unknown-entity"),
    "a destination": ("flows/sync.yaml", "mail.profile", "mail.profil", "3:26: unknown-resource"),
    "a duration": ("flows/sync.yaml", "on: customer", "on: customer\nwait: soon", "2:7: bad-value"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_on_either_side_is_told_with_its_place_and_side(name, side_by_side, capsys):
    file, old, new, mistake = WRONG[name]
    arguments = side_by_side((file, old, new))
    for given, side in (
        (arguments, "the working tree"),
        (["--root", "before", "--against", "after"], "after/"),
    ):
        code, said = run(capsys, *given)
        assert (code, said.out) == (2, "")
        assert f"{file}:{mistake}" in said.err
        assert said.err.endswith(f"nothing can be compared while files are wrong in {side}\n")


def test_a_bug_is_not_hidden_behind_files_without_a_mistake(side_by_side, monkeypatch):
    def broken(*arguments, **options):
        raise TypeError("a bug")

    monkeypatch.setattr("hub.cli.plan.plan", broken)
    with pytest.raises(TypeError, match="a bug"):
        main(["plan", *side_by_side()])


def test_what_is_wrong_but_can_be_run_is_noted(side_by_side, capsys):
    _, said = run(capsys, *side_by_side(*SCENARIOS["a-renamed-source-field"]))
    assert "  note    hub check: mappings/shop.customer.yaml:6:18: unknown-source-field" in said.out


def test_json_holds_what_the_text_shows(side_by_side, capsys):
    _, said = run(capsys, *side_by_side(*SCENARIOS["a-lookup-entry"]), "--json")
    told = json.loads(said.out)
    assert (told["changes"], told["events"], told["touched"]) == (True, 7, 1)
    (field,) = told["fields"]
    assert (field["title"], field["count"], field["of"], field["outcomes"]) == (
        "shop.order status",
        1,
        2,
        {"changed": 1},
    )
    assert field["because"] == [
        {
            "file": "mappings/shop.order.yaml",
            "line": 4,
            "column": 45,
            "lines": ["- status.lookup.PAID: paid", "+ status.lookup.PAID: open"],
        }
    ]
    assert field["samples"] == [
        {"where": "events/shop/order-paid.json", "record": "order 9001", "before": "paid", "after": "open"}
    ]
    assert [call["title"] for call in told["calls"]] == ["mail.main.event  POST /events"]


def test_markdown_is_for_a_pull_request(side_by_side, capsys):
    _, said = run(capsys, *side_by_side(*SCENARIOS["two-identifiers-that-are-lost"]), "--markdown")
    assert without_notes(said.out) == (GOLDEN / "pull-request.md").read_text(encoding="utf-8")


def test_values_are_shown_on_a_terminal_only(side_by_side, capsys, monkeypatch):
    edits = side_by_side(*SCENARIOS["a-renamed-source-field"])
    code, said = run(capsys, *edits, "--show-values")
    assert code == 2
    assert "for a terminal" in said.err

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    assert main(["plan", *edits, "--show-values"]) == 1
    assert re.search(r"customer 701  Ana +→ \(not told\)", screen.getvalue())
    assert "masked" not in screen.getvalue()
    assert main(["plan", *edits, "--show-values", "--json"]) == 2


def git(folder, *arguments):
    identity = ["-c", "user.name=test", "-c", "user.email=test@test.example"]
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path):
    """The project in a folder of a git checkout, committed."""
    folder = project(tmp_path / "checkout" / "shop")
    git(folder.parent, "init", "--quiet", "--initial-branch", "main")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "--quiet", "--message", "as it is deployed")
    return folder


def edit(folder, file, old, new):
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_one_renamed_field_is_exactly_what_is_shown_against_the_last_commit(checkout, capsys):
    assert run(capsys, "--root", checkout)[0] == 0
    ((file, old, new),) = SCENARIOS["a-renamed-source-field"]
    edit(checkout, file, old, new)
    code, said = run(capsys, "--root", checkout)
    told = without_notes(said.out).partition("\nFields")
    golden = (GOLDEN / "a-renamed-source-field.txt").read_text(encoding="utf-8").partition("\nFields")
    assert (code, told[2]) == (1, golden[2])
    assert told[0].splitlines()[2].startswith("  before  HEAD (")


def test_any_revision_can_be_compared_with(checkout, capsys):
    ((file, old, new),) = SCENARIOS["a-renamed-source-field"]
    edit(checkout, file, old, new)
    git(checkout, "commit", "--quiet", "--all", "--message", "renamed")
    assert run(capsys, "--root", checkout)[0] == 0
    assert run(capsys, "--root", checkout, "--against", "HEAD~1")[0] == 1


@pytest.mark.parametrize("ref", ["no-such-branch", "--help", "HEAD; touch pwned", "$(touch pwned)"])
def test_what_is_no_revision_is_refused_and_never_run(checkout, capsys, ref):
    code, said = run(capsys, "--root", checkout, f"--against={ref}")
    assert code == 2
    assert "neither a folder with connectors/ nor a revision" in said.err
    assert not list(checkout.parent.rglob("pwned"))


def test_a_revision_without_a_project_is_refused(checkout, capsys):
    git(checkout, "rm", "--quiet", "--cached", "-r", "connectors")
    git(checkout, "commit", "--quiet", "--message", "without connectors")
    code, said = run(capsys, "--root", checkout)
    assert code == 2
    assert "HEAD has no connectors/ in shop" in said.err


def test_a_revision_with_a_broken_file_is_refused_with_its_place(checkout, capsys):
    whole = (checkout / CUSTOMER).read_text(encoding="utf-8")
    (checkout / CUSTOMER).write_text("in: {\n", encoding="utf-8")
    git(checkout, "commit", "--quiet", "--all", "--message", "broken")
    (checkout / CUSTOMER).write_text(whole, encoding="utf-8")
    code, said = run(capsys, "--root", checkout)
    assert code == 2
    assert f"{CUSTOMER}:2:1: yaml" in said.err


def test_outside_of_git_a_folder_has_to_be_named(tmp_path, capsys):
    code, said = run(capsys, "--root", project(tmp_path / "shop"))
    assert code == 2
    assert "not in a git checkout: say --against" in said.err
