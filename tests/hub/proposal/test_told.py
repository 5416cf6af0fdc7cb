"""A connector is proposed from webhooks alone, as far as they show one."""

import json
import shutil
from pathlib import Path

import pytest

from hub.checks import check
from hub.cli import main

BASE = Path(__file__).parents[2] / "checks" / "base"
ENTITIES = Path(__file__).parents[3] / "entities"
GUEST = {
    "id": 17,
    "mail": "Nora.Campos@correo.example",
    "first_name": "Nora",
    "last_name": "Campos",
    "changed_at": "2026-11-20T15:00:00Z",
}


@pytest.fixture
def proposing(tmp_path, capsys):
    """What is proposed of webhooks {file: body}: the exit code, the connector, what is said beside it."""
    project = tmp_path / "project"
    shutil.copytree(BASE, project)
    shutil.copytree(ENTITIES, project / "entities", dirs_exist_ok=True)

    def run(bodies, headers=()):
        files = []
        for name, body in bodies.items():
            files.append(tmp_path / name)
            sample = {"headers": dict(headers), "query": {}, "body": body}
            files[-1].write_text(json.dumps(sample), encoding="utf-8")
        code = main(
            ["new", "connector", "posada", "--root", str(project), "--write", "--from", *map(str, files)]
        )
        file = project / "connectors/posada.yaml"
        return code, file.read_text(encoding="utf-8") if file.exists() else "", capsys.readouterr().err

    run.project = project
    return run


def lines(text):
    return [line.partition(" # 0")[0].strip() for line in text.splitlines()]


def test_topics_record_id_version_and_deletions_are_read_from_the_webhooks(proposing):
    code, text, _ = proposing(
        {
            "updated.json": {"event": "guest.updated", "event_id": "e-1", "guest": GUEST},
            "gone.json": {"event": "guest.deleted", "event_id": "e-2", "guest": {"id": 17}},
        }
    )
    assert code == 0
    assert lines(text)[lines(text).index("resources:") :] == [
        "resources:",
        "guest:",
        "topics:  [guest.updated, guest.deleted]",
        "id:      text(body.guest.id)",
        "record:  body.guest",
        "version: body.guest.changed_at",
        "deleted: body.event == 'guest.deleted'",
    ]
    assert check(proposing.project).errors == ()
    mapping = (proposing.project / "mappings/posada.guest.yaml").read_text(encoding="utf-8")
    assert "in: events/posada/updated.json" in mapping
    assert "  email:       mail" in mapping


def test_a_header_may_name_the_topic_and_the_body_be_the_record(proposing):
    _, text, _ = proposing({"a.json": {"code": "x", **GUEST}}, {"X-Topic": "customers/update"})
    assert "topics:  [customers/update]" in lines(text)
    assert "id:      text(body.id)" in lines(text)
    assert not [line for line in lines(text) if line.startswith("record:")]
    assert check(proposing.project).errors == ()


def test_an_event_in_a_list_is_read_inside_of_it(proposing):
    _, text, _ = proposing(
        {"a.json": {"events": [{"type": "order.paid", "data": {"id": 7, "total": "9.00"}}]}}
    )
    assert "events: {event: body.events}" in lines(text)
    assert "id:      text(event.data.id)" in lines(text)


def test_the_name_of_the_file_says_it_where_the_topic_does_not(proposing):
    _, text, _ = proposing(
        {"order-made.json": {"event": "made", "event_id": "e", "data": {"id": 7, "total": 9}}}
    )
    assert "order:" in lines(text)


def test_an_event_that_only_names_a_record_asks_how_it_is_fetched(proposing):
    code, text, said = proposing({"a.json": {"topic": "orders/updated", "id": 7}})
    assert code == 0
    assert '# get:     {request: "GET /…/{id}", id: id}' in lines(text)
    assert "hub: no mapping of posada.order: an event that only names it is fetched" in said
    assert not (proposing.project / "mappings/posada.order.yaml").exists()


def test_of_records_that_no_word_of_ours_names_the_entity_is_asked(proposing):
    code, text, said = proposing({"a.json": {"event": "room.cleaned", "room": {"id": 7, "floor": "2"}}})
    assert code == 0
    assert "room:" in lines(text)
    assert "hub: no mapping of posada.room: say it with --entity, then `hub new mapping`" in said


def test_webhooks_without_any_topic_are_one_kind_of_record(proposing):
    _, text, _ = proposing({"guest.json": GUEST})
    assert 'topics:  [""]' in lines(text)
    assert check(proposing.project).errors == ()


def test_without_a_file_and_without_a_webhook_what_is_needed_is_said(proposing, tmp_path, capsys):
    for more in ([], ["--from", str(tmp_path / "a.json")]):
        (tmp_path / "a.json").write_text('{"id": 7}')
        assert main(["new", "connector", "posada", "--root", str(proposing.project), *more]) == 2
        assert "--openapi FILE, or --from with webhooks {headers, query, body}" in capsys.readouterr().err
