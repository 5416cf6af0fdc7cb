import base64
import json
from types import SimpleNamespace

import pytest

from hub.connector import Connector, HttpResponse
from hub.documents import parse
from hub.errors import PauseError, RecordError

HEAD = """
base_url: https://{account.shop}.shop.example/api
auth: {bearer: access_token}
headers: {X-Version: "2026-07", X-Team: "{account.team}"}
"""
RESOURCES = """
resources:
  contact:
    get: {request: "GET /contacts/{id}?fields=name,email", record: contact, id: text(id)}
    list:
      request: "GET /contacts?since={since}&page_info={page}&filter=gt(updated,{since})&all={account.all}"
      records: contacts
      page: link
    find:
      - request: POST /search
        body: {email: "{record.email}", after: "{page}", terms: [[a, "=", "{record.none}"]]}
        id: "[0].id"
    upsert:
      request: PUT /contacts
      body: {email: "{record.email}", phone: "{record.phone}", all: "{record}"}
      id: results[0].id
    update:
      request: "PATCH /contacts/{id}/{record.email}"
      body: {n: "{to_number(id)}"}
      headers: {X-Call: "7"}
    delete: {request: "DELETE /contacts/{id}"}
    create: {request: POST /contacts, format: form, body: {contact: "{record}"}, id: text(contact)}
    idempotency: {header: Idempotency-Key, max: 30}
  event:
    send: {request: POST /events, body: {data: {metric: m}}, id: data.id}
    idempotency: {body: data.attributes.unique_id}
"""
SECRETS = {"access_token": "s3cret", "user": "u", "word": "p"}


def resources(head=HEAD):
    return Connector(parse(head + RESOURCES, "connectors/shop.yaml")).resources


def account(**changes):
    known = {"name": "shop.co", "key": "co", "base_url": None, "settings": {"shop": "tienda", "all": True}}
    return SimpleNamespace(**{**known, **changes})


def rendered(name, scope=None, resource="contact", head=HEAD, secrets=SECRETS, **changes):
    call = getattr(resources(head)[resource], name)
    call = call[0] if isinstance(call, tuple) else call
    return call.render(scope or {}, account(**changes), secrets)


def response(body, status=200, **headers):
    return HttpResponse(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_a_request_has_address_headers_and_credential():
    request = rendered("get", {"id": "7/8 ñ"})
    assert request.method == "GET"
    assert request.url == "https://tienda.shop.example/api/contacts/7%2F8%20%C3%B1?fields=name,email"
    assert request.headers == {
        "Accept": "application/json",
        "User-Agent": "cauce",
        "X-Version": "2026-07",
        "Authorization": "Bearer s3cret",
    }
    assert request.body is None


def test_an_account_may_have_another_base_url():
    assert (
        rendered("delete", {"id": "7"}, base_url="http://127.0.0.1:9/x/").url
        == "http://127.0.0.1:9/x/contacts/7"
    )


def test_a_query_parameter_of_null_is_left_out_and_values_are_quoted():
    url = rendered("list", {"since": "2026-11-23T04:00:00+00:00"}).url
    expected = "since=2026-11-23T04%3A00%3A00%2B00%3A00&filter=gt(updated,2026-11-23T04%3A00%3A00%2B00%3A00)"
    assert url.split("?")[1] == expected + "&all=true"


def test_the_next_page_of_a_link_is_that_link_with_the_credential():
    request = rendered("list", {"since": "x", "page": "https://tienda.shop.example/api/contacts?page_info=2"})
    assert request.url == "https://tienda.shop.example/api/contacts?page_info=2"
    assert request.headers["Authorization"] == "Bearer s3cret"


def test_a_null_member_is_left_out_of_reads_and_kept_in_writes():
    scope = {"record": {"email": "a@b", "phone": None}}
    assert json.loads(rendered("find", scope).body) == {"email": "a@b", "terms": [["a", "=", None]]}
    assert json.loads(rendered("upsert", scope).body) == {
        "email": "a@b",
        "phone": None,
        "all": scope["record"],
    }


def test_json_bodies_are_compact_and_keep_types():
    request = rendered("update", {"id": "7", "record": {"email": "a@b"}})
    assert request.body == b'{"n":7}'
    assert (request.headers["Content-Type"], request.headers["X-Call"]) == ("application/json", "7")
    assert request.url.endswith("/contacts/7/a%40b")


def test_form_bodies_are_encoded():
    request = rendered("create", {"record": {"email": "a@b", "n": 1}})
    assert request.body == b"contact%5Bemail%5D=a%40b&contact%5Bn%5D=1"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_key_goes_where_the_vendor_takes_it():
    assert rendered("upsert", {"record": {}, "key": "k"}).headers["Idempotency-Key"] == "k"
    assert len(rendered("upsert", {"record": {}, "key": "k" * 64}).headers["Idempotency-Key"]) == 30
    assert "Idempotency-Key" not in rendered("upsert", {"record": {}}).headers


@pytest.mark.parametrize(
    ("update", "looks"),
    [
        ('{request: "PUT /c/{id}", headers: {If-Match: "{current.etag}"}}', True),
        ('{request: "PUT /c/{id}?v={current.v}"}', True),
        ('{request: "PUT /c/{id}", body: [{v: "{merge(record, {v: current.v})}"}]}', True),
        ('{request: "PUT /c/{id}", body: {v: current, w: "{record.current}"}}', False),
    ],
)
def test_a_call_that_names_the_current_record_says_so(update, looks):
    text = "base_url: https://x.example\nresources: {c: {update: " + update + "}}"
    resource = Connector(parse(text, "connectors/x.yaml")).resources["c"]
    assert resource.update.looks is looks


@pytest.mark.parametrize("name", ["get", "list", "find"])
def test_what_changes_nothing_spends_no_key(name):
    scope = {"record": {"email": "a@b.example"}, "id": "7", "key": "k", "since": "x"}
    assert "Idempotency-Key" not in rendered(name, scope).headers
    sent = json.loads(rendered("send", {"key": "k"}, resource="event").body)
    assert sent == {"data": {"metric": "m", "attributes": {"unique_id": "k"}}}
    assert json.loads(rendered("send", {}, resource="event").body) == {"data": {"metric": "m"}}


def test_a_value_that_the_address_needs_rejects_the_record():
    with pytest.raises(RecordError) as caught:
        rendered("delete", {})
    assert caught.value.place.file == "connectors/shop.yaml"


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ("{basic: {user: user, password: word}}", "Basic " + base64.b64encode(b"u:p").decode()),
        ('{header: {Authorization: "Key {secret.word}"}}', "Key p"),
    ],
)
def test_other_ways_of_authorising(auth, expected):
    request = rendered("delete", {"id": "7"}, head=HEAD.replace("{bearer: access_token}", auth))
    assert request.headers["Authorization"] == expected


def test_a_connector_without_auth_sends_none():
    head = HEAD.replace("auth: {bearer: access_token}", "")
    assert "Authorization" not in rendered("delete", {"id": "7"}, head=head).headers


@pytest.mark.parametrize(
    "auth",
    [
        "{bearer: access_token}",
        "{basic: {user: user, password: word}}",
        '{header: {X: "Key {secret.word}"}}',
        '{header: {X: "{secret.word}"}}',
    ],
)
def test_a_missing_secret_pauses_the_account(auth):
    with pytest.raises(PauseError, match="missing-secret") as caught:
        rendered("delete", {"id": "7"}, head=HEAD.replace("{bearer: access_token}", auth), secrets={})
    assert caught.value.account == "shop.co"


def test_a_request_shows_neither_credential_nor_values_in_its_repr():
    request = rendered("upsert", {"record": {"email": "lucia@correo.example"}})
    assert "s3cret" not in repr(request)
    assert "lucia" not in repr(request)


def test_an_answer_gives_ids_records_and_pages():
    contact = resources()["contact"]
    assert contact.upsert.id_of(response({"results": [{"id": 7}]})) == "7"
    assert contact.upsert.id_of(response({"results": []})) is None
    assert contact.upsert.id_of(response(b"<html>")) is None
    assert contact.delete.id_of(response(b"")) is None
    assert contact.create.id_of(response({"contact": {}})) is None
    assert contact.find[0].id_of(response([{"id": "9"}, {"id": "10"}])) == "9"
    assert contact.find[0].id_of(response([])) is None
    assert contact.get.record(response({"contact": {"id": 1}})) == {"id": 1}
    assert contact.list.records_of(response({"contacts": [1, 2]})) == [1, 2]
    assert contact.list.records_of(response({"contacts": None})) == []
    assert contact.find[0].records_of(response([1])) == [1]
    link = '<https://a.example/2>; rel="next"'
    assert (
        contact.list.next_page(response({}, link=link), None, "https://a.example/1") == "https://a.example/2"
    )


def test_the_other_parts_of_a_call_are_as_written():
    contact = resources()["contact"]
    assert (contact.list.overlap, contact.upsert.bulk, contact.get.version) == (0.0, None, None)
    assert contact.get.id.source == "text(id)"


def searched(record, rows):
    meant = "where: email && lower(email) == record.email, id: text(id)"
    text = f'{HEAD}resources:\n  contact:\n    find:\n      - {{request: GET /s, records: "@", {meant}}}\n'
    call = Connector(parse(text, "connectors/shop.yaml")).resources["contact"].find[0]
    return call.hit(HttpResponse(200, {}, json.dumps(rows).encode()), {"record": record})


def test_of_what_a_search_by_a_part_of_a_text_finds_only_the_one_that_is_meant_is_a_hit():
    rows = [{"id": 1, "email": "mariana@correo.example"}, {"id": 2, "email": "Ana@Correo.example"}, {"id": 3}]
    assert searched({"email": "ana@correo.example"}, rows) == (1, "2", rows[1])
    assert searched({"email": "ana@correo.example"}, rows[:1]) == (0, None, None)
    assert searched({"email": "ana@correo.example"}, [rows[1], rows[1]]) == (2, "2", rows[1])


def test_who_has_no_email_is_not_the_one_without_an_email():
    assert searched({}, [{"id": 3, "email": None}, {"id": 4}, "x"]) == (0, None, None)
