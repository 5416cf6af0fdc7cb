"""`hub new mapping`, as it is shown: `guest.yaml` is what it proposes for a hotel's guests.

`python -m tests.hub.proposal.test_new` writes it anew; read the difference before you keep it.
"""

import contextlib
import io
import json
import tempfile
from pathlib import Path

import pytest

from hub.cli import main
from tests.docs.project import copy
from tests.hub.drift.project import write

GOLDEN = Path(__file__).with_name("guest.yaml")
CONNECTOR = """
receive:
  signature: {hmac: sha256, encoding: hex, header: X-Posada-Signature, over: "{body}", secret: signing_secret}
  topic:     body.event
  event_id:  [body.id]
resources:
  guest:
    topics: [guest.updated]
    id:     text(id)
    record: body.guest
"""
GUEST = {
    "id": 88,
    "nombre": "Nora Inés",
    "apellidos": "Campos Vélez",
    "e-mail": "nora.campos@correo.example",
    "movil": "310 555 0199",
    "telefono_fijo": "601 555 0100",
    "domicilio": {"calle": "Calle 10 # 4-21", "ciudad": "Cali", "cp": "760001", "pais": "CO"},
    "ficha": {"a": 1, "b": 2, "c": 3, "d": 4},
    "etapa": "vip",
    "habitaciones": [],
    "modificado": "2026-11-20T10:00:00Z",
}


def sample(guest):
    return {"headers": {}, "query": {}, "body": {"event": "guest.updated", "id": "e1", "guest": guest}}


def hotel(folder):
    """The shipped project with a hotel in it."""
    root = copy(Path(folder))
    (root / "connectors" / "posada.yaml").write_text(CONNECTOR, encoding="utf-8")
    with (root / "accounts.yaml").open("a", encoding="utf-8") as file:
        file.write("posada.centro: {role: pos, country: CO, time_zone: America/Bogota}\n")
    (root / "events" / "posada").mkdir()
    (root / "events" / "posada" / "guest.json").write_text(json.dumps(sample(GUEST)), encoding="utf-8")
    return root


def new(root, *arguments, name="posada.guest", file=None, entity="customer"):
    file = file or root / "events" / "posada" / "guest.json"
    return main(
        ["new", "mapping", name, "--from", str(file), "--entity", entity, "--root", str(root), *arguments]
    )


def proposed(folder):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert new(hotel(folder)) == 0
    return printed.getvalue()


@pytest.fixture
def root(tmp_path):
    return hotel(tmp_path)


def test_a_proposal_shows_lines_with_their_likelihood_and_what_is_left(tmp_path):
    assert proposed(tmp_path) == GOLDEN.read_text(encoding="utf-8")


def test_what_is_written_passes_the_check(root, capsys):
    assert new(root, "--write") == 0
    assert main(["check", "--root", str(root)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "file", "entity"),
    [
        ("shopify.customer", "shopify/customer.json", "customer"),
        ("shopify.order", "shopify/order.json", "order"),
        ("square.order", "square/records/order.b7SqLuciaOrder1.json", "order"),
        ("whatsapp.message", "whatsapp/message.json", "message"),
        ("odoo.partner", "odoo/records/partner.57.json", "customer"),
    ],
)
def test_so_do_proposals_for_the_shipped_events(tmp_path, capsys, name, file, entity):
    root = copy(tmp_path)
    assert new(root, "--write", "--force", name=name, file=root / "events" / file, entity=entity) == 0
    assert main(["check", "--root", str(root)]) == 0, capsys.readouterr().out


def test_several_events_give_a_test_for_each_new_value(root, capsys):
    more = [{**GUEST, "apellidos": None, "domicilio": None, "idioma": None}, {**GUEST, "idioma": "es-CO"}]
    files = [root / "events" / "posada" / f"{number}.json" for number in range(3)]
    for file, guest in zip(files, [more[0], GUEST, more[1]], strict=True):
        file.write_text(json.dumps(sample(guest)))
    assert new(root, "--write", file=files[0]) == 0
    text = (root / "mappings" / "posada.guest.yaml").read_text()
    assert "# locale:" in text
    assert "# family_name:" in text
    arguments = ["new", "mapping", "posada.guest", "--from", *map(str, files), "--entity", "customer"]
    assert main([*arguments, "--write", "--force", "--root", str(root)]) == 0
    text = (root / "mappings" / "posada.guest.yaml").read_text()
    assert [line for line in text.splitlines() if "- name:" in line] == [
        "  - name: as it was proposed",
        "  - name: with address and family_name",
        "  - name: with locale",
    ]
    assert main(["check", "--root", str(root)]) == 0, capsys.readouterr().out


def test_a_mapping_that_is_there_stays(root, capsys):
    (root / "mappings" / "posada.guest.yaml").write_text("entity: customer\n")
    assert new(root, "--write") == 2
    assert "is there already; --force writes over it" in capsys.readouterr().err
    assert (root / "mappings" / "posada.guest.yaml").read_text() == "entity: customer\n"
    assert new(root, "--write", "--force") == 0
    assert (root / "mappings" / "posada.guest.yaml").read_text() == GOLDEN.read_text(encoding="utf-8")


def test_a_record_from_elsewhere_stands_in_the_test_itself(root, tmp_path_factory, capsys):
    file = tmp_path_factory.mktemp("elsewhere") / "guest.json"
    file.write_text(json.dumps(GUEST))
    assert new(root, "--write", file=file) == 0
    assert 'in: {"id": 88' in (root / "mappings" / "posada.guest.yaml").read_text()
    assert main(["check", "--root", str(root)]) == 0, capsys.readouterr().out


def test_without_a_connector_the_body_is_the_record(root, capsys):
    (root / "connectors" / "posada.yaml").unlink()
    assert new(root) == 0
    shown = capsys.readouterr()
    assert "  given_name:       guest.nombre" in shown.out
    assert "connectors/posada.yaml is not there" in shown.err


def test_a_resource_that_the_connector_does_not_have_yet_is_said(root, capsys):
    file = root / "record.json"
    file.write_text(json.dumps(GUEST))
    assert new(root, name="posada.visitor", file=file) == 0
    assert "posada has no resource visitor yet" in capsys.readouterr().err


def test_a_line_that_does_not_understand_the_events_is_a_comment(root, capsys):
    file = root / "events" / "posada" / "odd.json"
    file.write_text(json.dumps(sample({"id": 1, "email": "ada@correo.example", "birthday": "1990-13-45"})))
    assert new(root, file=file) == 0
    assert "# birth_date: birthday" in capsys.readouterr().out


def test_lines_for_which_the_entity_refuses_a_record_are_comments(tmp_path, capsys):
    entity = "name: order\nfields: {number: {type: text, required: true}, total: {type: money}}\n"
    root = write(tmp_path, entities__order=entity)
    files = [root / "one.json", root / "other.json"]
    files[0].write_text(json.dumps({"number": "N1", "total": "1", "currency": "COP"}))
    files[1].write_text(json.dumps({"number": "", "total": "2", "currency": "COP"}))
    arguments = ["new", "mapping", "shop.order", "--entity", "order", "--root", str(root)]
    assert main([*arguments, "--from", *map(str, files)]) == 0
    shown = capsys.readouterr().out
    assert "# number: number" in shown
    assert "  total:  money(total, currency)" in shown
    files[0].write_text(json.dumps({"number": "N1"}))
    files[1].write_text(json.dumps({"number": ""}))
    assert main([*arguments, "--from", *map(str, files)]) == 1
    assert "none of the fields was recognised" in capsys.readouterr().err


def test_a_proposal_of_which_nothing_is_left_says_no_more(tmp_path, capsys):
    root = write(
        tmp_path, entities__customer="name: customer\nfields: {email: {type: email}, url: {type: text}}\n"
    )
    file = root / "one.json"
    file.write_text(json.dumps({"email": "ada@correo.example", "url": "https://correo.example/a"}))
    assert new(root, name="shop.customer", file=file) == 0
    assert "No line reads" not in capsys.readouterr().out


def test_where_nothing_is_recognised_nothing_is_proposed(root, capsys):
    file = root / "record.json"
    file.write_text(json.dumps({"x": 1}))
    assert new(root, file=file) == 1
    assert "none of the fields was recognised" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"entity": "custmer"}, "there is no entity custmer; there are"),
        ({"name": "posada"}, "posada is no <connector>.<resource>"),
        ({"file": "nowhere.json"}, "nowhere.json cannot be read"),
        ({"file": "accounts.yaml"}, "accounts.yaml is not a JSON file"),
        ({"file": "events/shopify/order.json"}, "the events have no record of posada.guest"),
        ({"file": "events/posada/bad.json"}, "the connector cannot read"),
    ],
)
def test_what_cannot_be_run_like_this_says_why(root, capsys, monkeypatch, options, said):
    monkeypatch.chdir(root)
    bad = {"headers": {}, "query": {}, "body": "no JSON"}
    (root / "events" / "posada" / "bad.json").write_text(json.dumps(bad))
    assert new(root, **options) == 2
    assert said in capsys.readouterr().err


def test_help_teaches(capsys):
    with pytest.raises(SystemExit):
        main(["new", "mapping", "--help"])
    assert "hub new mapping posada.guest --from" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["new", "--help"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        GOLDEN.write_text(proposed(temporary), encoding="utf-8")
