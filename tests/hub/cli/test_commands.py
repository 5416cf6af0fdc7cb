"""The commands of people at a keyboard."""

import argparse
import json
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from hub import schemas
from hub.cli import COMMANDS, main
from hub.errors import RetryError

ROOT = Path(__file__).parents[3]
BASE = ROOT / "tests" / "checks" / "base"


@pytest.fixture
def project(tmp_path, monkeypatch):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path / "events")
    return tmp_path


def test_the_files_of_this_repository_have_no_mistake(capsys):
    assert main(["check", "--root", str(ROOT)]) == 0, capsys.readouterr().out
    assert "nothing found" in capsys.readouterr().out


def test_the_project_is_found_from_inside_of_it(project, capsys):
    assert main(["check"]) == 0


def test_outside_of_a_project_nothing_can_be_checked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 2
    assert "connectors/" in capsys.readouterr().err


def test_a_wrong_command_is_explained():
    with pytest.raises(SystemExit) as caught:
        main(["chekc"])
    assert caught.value.code == 2


def test_each_command_is_added_by_the_module_that_is_imported_for_it():
    for command, module in COMMANDS.items():
        subparsers = argparse.ArgumentParser().add_subparsers()
        import_module(f"hub.cli.{module}").add(subparsers)
        assert sorted(subparsers.choices) == sorted(one for one in COMMANDS if COMMANDS[one] == module), (
            command
        )


def test_without_a_command_all_are_listed(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out
    assert [command for command in COMMANDS if f"\n    {command}" not in listed] == []


def test_a_command_imports_what_it_needs_and_no_other():
    code = f"import sys; from hub.cli import main; main(['check', '--root', {str(BASE)!r}])"
    code += "; print('boto3' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.endswith("False\n")


@pytest.mark.parametrize("command", ["check", "try", "send", "schemas", "functions"])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"hub {command}" in capsys.readouterr().out


def test_findings_become_annotations_on_github(project, capsys):
    (project / "flows" / "sync.yaml").write_text("on: custmer\nsend: [shop.customer]\n")
    assert main(["check", "--github"]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(
        "::error file=flows/sync.yaml,line=1,col=5,title=unknown-entity::no entity custmer%0A"
    )


def test_the_scopes_are_one_table(capsys):
    assert main(["check", "--scopes"]) == 0
    assert "status headers body" in capsys.readouterr().out


def test_try_shows_what_comes_out(project, capsys):
    (project / "mappings" / "shop.customer.yaml").write_text(
        "entity: customer\nboth: {email: email, stage: stage, address: address}\n"
        "in: {given_name: first_name, vip: note}\n"
        "consent:\n  email.news: {address: email, state: \"'granted'\"}\n"
    )
    event = json.loads((project / "events" / "shop" / "customer.json").read_text())
    event["body"] |= {"stage": None, "note": "perhaps", "address": {"line1": "Cra 7"}}
    (project / "event.json").write_text(json.dumps(event))
    assert main(["try", "shop.customer", str(project / "event.json")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "shop.customer → customer",
        "  email       ada@correo.example   [weak identifier]   mappings/shop.customer.yaml:2",
        "  stage       (cleared)   mappings/shop.customer.yaml:2",
        '  address     {"line1": "Cra 7"}   mappings/shop.customer.yaml:2',
        "  given_name  Ada   mappings/shop.customer.yaml:3",
        "  consent email.news of ada@correo.example: granted   mappings/shop.customer.yaml:5",
        "  not understood: vip   mappings/shop.customer.yaml:3:30",
    ]


def test_try_prints_json_for_programs(project, capsys):
    assert main(["try", "shop.customer", "shop/customer.json", "--json", "--account", "shop.co"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told == {
        "fields": {"email": "ada@correo.example", "given_name": "Ada"},
        "consents": [],
        "drift": [],
        "lines": {"email": "mappings/shop.customer.yaml:3", "given_name": "mappings/shop.customer.yaml:5"},
    }


def test_try_says_when_there_is_nothing_to_read(project, capsys):
    (project / "event.json").write_text(json.dumps({"headers": {"x-topic": "other"}, "body": {"id": 1}}))
    assert main(["try", "shop.customer", str(project / "event.json")]) == 0
    assert "no record" in capsys.readouterr().out


def test_try_says_why_a_record_is_rejected(project, capsys):
    (project / "event.json").write_text("[1]")
    assert main(["try", "shop.customer", str(project / "event.json")]) == 1
    assert "rejected: mappings/shop.customer.yaml:1:1: not-a-record" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["shop.custmer", "shop/customer.json"], ["shop.customer", "nowhere.json"]]
)
def test_try_needs_a_mapping_and_a_file(project, capsys, arguments):
    assert main(["try", *arguments]) == 2
    assert capsys.readouterr().err


def test_a_file_that_is_not_yaml_is_shown_by_every_command(project, capsys):
    (project / "flows" / "sync.yaml").write_text("on: @\n")
    assert main(["try", "shop.customer", "shop/customer.json"]) == 1
    assert "unquoted-expression" in capsys.readouterr().err


def test_schemas_are_written_once_and_then_up_to_date(project, capsys):
    assert main(["schemas", "--check"]) == 1
    assert "mapping.schema.json is not up to date" in capsys.readouterr().err
    assert main(["schemas"]) == 0
    assert main(["schemas", "--check"]) == 0
    assert "given" not in json.loads((project / "schemas" / "mapping.schema.json").read_text())["properties"]


def test_the_schemas_of_this_repository_are_up_to_date():
    assert schemas.stale(ROOT / "schemas") == []


def test_functions_are_shown_with_their_examples(capsys):
    assert main(["functions"]) == 0
    assert "coalesce(value, …)" in capsys.readouterr().out
    assert main(["functions", "trim"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "trim(text)"
    assert main(["functions", "trimm"]) == 2
    assert 'did you mean "trim"?' in capsys.readouterr().err
    assert main(["functions", "qqqq"]) == 2


def test_the_command_runs_as_a_module_too():
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", "functions", "trim"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("trim(text)")


def test_what_the_hub_refuses_is_said_without_a_traceback(monkeypatch, capsys):
    def refuse(arguments):
        raise RetryError("timeout")

    monkeypatch.setattr("hub.cli.functions.run", refuse)
    assert main(["functions"]) == 1
    assert capsys.readouterr().err == "hub: timeout\n"
