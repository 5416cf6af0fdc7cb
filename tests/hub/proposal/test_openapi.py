"""A connector is proposed from what a vendor publishes, and what cannot be read says so."""

import json
import shutil
from pathlib import Path

import pytest

from hub.cli import main
from hub.proposal.openapi import Api, ApiError, draft, resources
from hub.proposal.openapi.draft import SURE
from hub.proposal.openapi.receiving import received

HERE = Path(__file__).parent / "hostal"
BASE = Path(__file__).parents[2] / "checks" / "base"
ENTITIES = Path(__file__).parents[3] / "entities"


@pytest.fixture
def project(tmp_path):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    shutil.copytree(ENTITIES, tmp_path / "entities", dirs_exist_ok=True)
    return tmp_path


def proposed(project, capsys, *more):
    files = ["--openapi", str(HERE / "openapi.yaml"), "--from", str(HERE / "guest-updated.json")]
    code = main(["new", "connector", "hostal", *files, "--root", str(project), *more])
    return code, capsys.readouterr()


def test_what_is_proposed_is_the_page_kept_here(project, capsys):
    code, said = proposed(project, capsys)
    assert code == 0
    assert said.out == (HERE / "proposed.txt").read_text(encoding="utf-8")


def test_what_is_written_is_a_connector_that_the_check_can_read(project, capsys):
    assert proposed(project, capsys, "--write")[0] == 0
    written = {path.relative_to(project).as_posix() for path in project.rglob("*hostal*")}
    assert "connectors/hostal.yaml" in written
    assert "mappings/hostal.contact.yaml" in written
    assert (project / "events/hostal/guest-updated.json").is_file()
    assert json.loads((project / "events/hostal/records/contact.sample.json").read_text())["id"] == 4711
    assert main(["check", "--root", str(project)]) in (0, 1)
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("connectors/hostal")]
    assert [line.split(": ")[1] for line in told] == ["unknown-setting"]  # a stay is no setting of an account
    assert proposed(project, capsys, "--write")[0] == 2
    assert proposed(project, capsys, "--write", "--force")[0] == 0


def test_a_name_that_is_none_and_a_file_that_is_none_are_refused(project, capsys, tmp_path):
    empty = tmp_path / "empty.json"
    empty.write_text("{}")
    for name, file in (("Hostal", HERE / "openapi.yaml"), ("a-b", HERE / "openapi.yaml")):
        assert main(["new", "connector", name, "--openapi", str(file), "--root", str(project)]) == 2
    assert main(["new", "connector", "x", "--openapi", str(empty), "--root", str(project)]) == 1
    assert "it has no paths" in capsys.readouterr().err
    with pytest.raises(ApiError, match="cannot be read"):
        Api.read(tmp_path / "none.json")
    empty.write_text("a: [")
    with pytest.raises(ApiError, match="neither JSON nor YAML"):
        Api.read(empty)


def test_an_api_of_nothing_that_is_known_proposes_nothing(project, capsys, tmp_path):
    file = tmp_path / "rooms.json"
    file.write_text(json.dumps({"paths": {"/rooms": {"get": {"responses": {}}}}}))
    assert main(["new", "connector", "x", "--openapi", str(file), "--root", str(project)]) == 1
    assert "none of the API's records was recognised" in capsys.readouterr().err


def api(paths, **more):
    return Api({"paths": paths, **more})


def lines(of):
    return draft(of, resources(of), "shop", [])


OK = {"responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": {}}}}}}}


@pytest.mark.parametrize(
    ("path", "entity"),
    [
        ("/v1/customers", "customer"),
        ("/api/clientes", "customer"),
        ("/BusinessPartners", "customer"),
        ("/pedidos.json", "order"),
        ("/crm/v2/people", "customer"),
        ("/sales-orders", "order"),
        ("/facturas", "invoice"),
        ("/inventory", "stock"),
        ("/tickets", "ticket"),
    ],
)
def test_kinds_of_records_are_known_by_their_names(path, entity):
    found = resources(api({path: {"get": OK}}))
    assert [one.entity for one in found] == [entity]
    assert found[0].likely >= 0.8


@pytest.mark.parametrize("path", ["/orders/{id}/items", "/customers/count", "/rooms", "/{module}"])
def test_what_is_no_kind_of_record_is_left_alone(path):
    assert resources(api({path: {"get": OK}})) == []


def test_of_several_that_fit_the_one_with_more_calls_is_taken():
    paths = {"/accounts/{a}/customers": {"get": OK}, "/customers": {"get": OK, "post": OK}}
    assert resources(api(paths))[0].path == "/customers"


@pytest.mark.parametrize(
    ("query", "answer", "page"),
    [
        (["offset", "limit"], {}, "page:    {offset: 100}"),
        (["$skip", "$top"], {}, "page:    {offset: 100}"),
        (["page", "per_page"], {}, "page:    {page: 100}"),
        (["starting_after"], {"paging": {"next_after": 1}}, "page:    {cursor: paging.next_after}"),
        ([], {"links": {"next": 1}}, "page:    {link: links.next}"),
        ([], {}, "# page:    link"),
    ],
)
def test_how_a_list_goes_on_is_read_from_its_parameters_and_its_answer(query, answer, page):
    def schema(value):
        if isinstance(value, dict):
            return {"type": "object", "properties": {name: schema(one) for name, one in value.items()}}
        return {"type": "string"}

    body = schema(answer)
    body["properties"]["customers"] = {"type": "array", "items": {"properties": {"id": {"type": "string"}}}}
    responses = {"200": {"content": {"application/json": {"schema": body}}}}
    parameters = [{"name": name, "in": "query"} for name in query]
    assert page in lines(api({"/customers": {"get": {"parameters": parameters, "responses": responses}}}))


@pytest.mark.parametrize(
    ("scheme", "auth"),
    [
        ({"type": "http", "scheme": "bearer"}, "{bearer: access_token}"),
        ({"type": "basic"}, "{basic: {user: user, password: password}}"),
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, '{header: {X-Key: "{secret.api_key}"}}'),
        (
            {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.example/t"}}},
            '{oauth2: {token: "https://a.example/t", grant: client_credentials}}',
        ),
        ({"type": "apiKey", "in": "query", "name": "k"}, "# auth:     {bearer: access_token}"),
    ],
)
def test_how_requests_are_authorised_is_read_from_the_file(scheme, auth):
    told = lines(api({"/customers": {"get": OK}}, components={"securitySchemes": {"one": scheme}}))
    assert auth in told


def test_swagger_two_is_read_as_well():
    told = Api(
        {
            "swagger": "2.0",
            "host": "shop.example",
            "basePath": "/rest",
            "definitions": {"C": {"properties": {"customer": {"properties": {"id": {"type": "integer"}}}}}},
            "paths": {
                "/customers": {
                    "post": {
                        "parameters": [{"in": "body", "name": "b", "schema": {"$ref": "#/definitions/C"}}],
                        "responses": {"200": {"schema": {"$ref": "#/definitions/C"}}},
                    }
                }
            },
        }
    )
    text = lines(told)
    assert 'base_url: "https://shop.example/rest"' in text
    assert 'body:    {customer: "{record}"}' in text
    assert "id:      customer.id" in text


@pytest.mark.parametrize(
    ("headers", "body", "wanted"),
    [
        ({"X-Sign": "a" * 40}, {"type": "x", "id": "1"}, "hmac: sha1, encoding: hex"),
        ({"X-Hmac-Sha256": "a" * 43 + "="}, {"type": "x"}, "hmac: sha256, encoding: base64"),
        ({"X-Signature": "t=1,v1=" + "a" * 64}, {}, 'parse: "t={timestamp},v1={signature}"'),
        ({"X-Signature": "a" * 64, "X-Timestamp": "1"}, {}, "timestamp: {header: X-Timestamp"),
        ({}, {"topic": "x"}, "signature: {equals: query.token, secret: url_token}"),
        ({}, [{"event_id": "1", "type": "x"}], "events: {event: body}"),
        ({}, {"events": [{"id": "1", "type": "x", "created_at": 1795000000}]}, "at: event.created_at"),
        ({}, {"events": [{"id": "1", "type": "x"}]}, "topic: event.type"),
    ],
)
def test_what_webhooks_look_like_says_how_they_are_received(headers, body, wanted):
    told = [line.text for line in received([{"headers": headers, "body": body}]) if line.likely >= SURE]
    assert any(wanted in text for text in told)


def test_without_samples_nothing_is_received():
    assert list(received([])) == []
