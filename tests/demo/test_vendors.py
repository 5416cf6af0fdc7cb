"""The vendors of the demo behave as the vendors do."""

import json
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from hub.demo.vendors import ACCOUNTS, Asked, Fault, VendorServer, Webhook, secrets_of
from hub.demo.vendors.__main__ import main
from hub.demo.vendors.basic import basic
from hub.demo.vendors.journal import Journal, Story
from hub.demo.vendors.town import Town, seeds
from hub.demo.vendors.webhooks import Poster

ROOT = Path(__file__).parents[2]
START = "2026-11-20T14:12:00.000000Z"
CREDENTIALS = {
    "hubspot.main": {"authorization": "Bearer demo-hubspot.main-access_token"},
    "klaviyo.main": {"authorization": "Klaviyo-API-Key demo-klaviyo.main-api_key", "revision": "2026-07-15"},
    "odoo.main": {"authorization": "Bearer demo-odoo.main-api_key"},
    "square.bogota": {"authorization": "Bearer demo-square.bogota-access_token"},
    "whatsapp.co": {"authorization": "Bearer demo-whatsapp.co-access_token"},
    "woocommerce.co": {
        "authorization": basic("demo-woocommerce.co-consumer_key", "demo-woocommerce.co-consumer_secret")
    },
}
EMAIL = "lucia.fernandez@correo.example"


class Visit:
    """A town, what it told by webhook, and short ways to ask."""

    def __init__(self, journal=None, seeded=False):
        self.told = []
        self.town = Town(journal or Journal(), Story(START), self.told.append)
        if seeded:
            self.town.seed(seeds(ROOT))

    def ask(self, account, method, path, body=None, query=None, **headers):
        asked = Asked(method, path, query or {}, CREDENTIALS[account] | headers, body)
        return self.town.call(account, asked, *self.town.arrive(account)).answer

    def upsert(self, email=EMAIL, **properties):
        one = {"idProperty": "email", "id": email, "properties": {"email": email, **properties}}
        return self.ask("hubspot.main", "POST", "/crm/v3/objects/contacts/batch/upsert", {"inputs": [one]})

    def profile(self, id=None, **attributes):
        data = {"type": "profile", "attributes": attributes} | ({"id": id} if id else {})
        return self.ask("klaviyo.main", "POST", "/api/profile-import", {"data": data})

    def klaviyo_event(self, unique, **who):
        metric = {"data": {"type": "metric", "attributes": {"name": "Placed Order"}}}
        attributes = {
            "unique_id": unique,
            "metric": metric,
            "properties": {},
            "profile": {"data": {"type": "profile", "attributes": who}},
        }
        return self.ask(
            "klaviyo.main", "POST", "/api/events", {"data": {"type": "event", "attributes": attributes}}
        )

    def odoo(self, model, method, **body):
        return self.ask("odoo.main", "POST", f"/json/2/{model}/{method}", body)

    def woo(self, method, path="", body=None, **query):
        return self.ask("woocommerce.co", method, f"/wp-json/wc/v3/customers{path}", body, query)

    def whatsapp(self, **more):
        body = {"messaging_product": "whatsapp", "type": "template", "to": "+573105550147", **more}
        return self.ask("whatsapp.co", "POST", "/v23.0/106540352242922/messages", body)


@pytest.fixture
def visit():
    return Visit()


@pytest.mark.parametrize("account", sorted(CREDENTIALS))
def test_a_wrong_credential_is_refused_in_the_vendors_own_words(visit, account):
    asked = Asked("GET", "/", {}, {"authorization": "Bearer wrong"})
    answer = visit.town.call(account, asked).answer
    assert answer.status == 401
    assert answer.body == visit.town.vendors[account].refuse(401)


@pytest.mark.parametrize("account", sorted(CREDENTIALS))
def test_a_path_that_no_vendor_has_is_not_found(visit, account):
    assert visit.ask(account, "GET", "/nowhere").status == 404


def test_a_body_of_another_shape_is_a_bad_request(visit):
    path = "/crm/v3/objects/contacts/batch/upsert"
    assert visit.ask("hubspot.main", "POST", path, {"inputs": [{}]}).status == 400
    assert visit.ask("hubspot.main", "POST", path, {}).status == 400


def test_hubspot_creates_once_per_email_whatever_its_case(visit):
    first, second = visit.upsert(EMAIL.upper(), firstname="Lucia"), visit.upsert(firstname="Lucía")
    assert first.body["results"][0]["id"] == second.body["results"][0]["id"] == "1001"
    assert [first.facts["created"], second.facts["created"]] == [1, 0]
    assert second.body["results"][0]["properties"]["email"] == EMAIL


def test_hubspot_updates_a_batch_each_by_itself_and_names_them_by_their_traces(visit):
    visit.upsert(firstname="Lucia")
    inputs = [
        {"id": "77", "properties": {"city": "Cali"}, "objectWriteTraceId": "a"},
        {"id": "1001", "properties": {"city": "Cali"}, "objectWriteTraceId": "b"},
    ]
    told = visit.ask("hubspot.main", "POST", "/crm/v3/objects/contacts/batch/update", {"inputs": inputs})
    assert told.status == 207
    [done], [failed] = told.body["results"], told.body["errors"]
    assert (done["id"], done["objectWriteTraceId"]) == ("1001", "b")
    assert (failed["category"], failed["context"]) == ("OBJECT_NOT_FOUND", {"objectWriteTraceId": ["a"]})


def test_hubspot_names_the_contacts_of_a_batch_by_their_traces(visit):
    inputs = [
        {"idProperty": "email", "id": email, "properties": {"email": email}, "objectWriteTraceId": email[:1]}
        for email in ("a@correo.example", "b@correo.example")
    ]
    told = visit.ask("hubspot.main", "POST", "/crm/v3/objects/contacts/batch/upsert", {"inputs": inputs})
    assert [one["objectWriteTraceId"] for one in told.body["results"]] == ["a", "b"]


def test_hubspot_tells_of_every_change_even_of_our_own(visit):
    visit.upsert(firstname="Lucia")
    visit.upsert(firstname="Lucía", city="Bogotá")
    kinds = [[event["subscriptionType"] for event in told.body] for told in visit.told]
    assert kinds == [["contact.creation"], ["contact.propertyChange", "contact.propertyChange"]]
    assert {event["propertyName"] for event in visit.told[1].body} == {"firstname", "city"}


def test_hubspot_tells_nothing_when_nothing_changed(visit):
    visit.upsert(firstname="Lucía")
    visit.told.clear()
    assert visit.upsert(firstname="Lucía").facts["changed"] == []
    assert visit.told == []


def test_hubspot_answers_only_the_properties_asked_for(visit):
    visit.upsert(firstname="Lucía", phone="310")
    answer = visit.ask("hubspot.main", "GET", "/crm/v3/objects/contacts/1001", query={"properties": "phone"})
    assert set(answer.body["properties"]) == {"phone", "createdate", "hs_object_id", "lastmodifieddate"}


def test_hubspot_knows_no_contact_of_another_id(visit):
    path = "/crm/v3/objects/contacts/9"
    assert visit.ask("hubspot.main", "GET", path).status == 404
    assert visit.ask("hubspot.main", "PATCH", path, {"properties": {}}).status == 404


def test_hubspot_refuses_properties_that_it_does_not_have(visit):
    assert visit.upsert(shoe_size="38").status == 400
    visit.upsert()
    path = "/crm/v3/objects/contacts/1001"
    assert visit.ask("hubspot.main", "PATCH", path, {"properties": {"shoe_size": "38"}}).status == 400


def test_hubspot_refuses_an_email_that_another_contact_has(visit):
    visit.upsert()
    visit.upsert("mateo@correo.example")
    path = "/crm/v3/objects/contacts/1002"
    assert visit.ask("hubspot.main", "PATCH", path, {"properties": {"email": EMAIL}}).status == 409
    assert (
        visit.ask("hubspot.main", "PATCH", path, {"properties": {"email": "m@correo.example"}}).status == 200
    )


def test_hubspot_merges_two_contacts_into_the_one_that_stays(visit):
    visit.upsert(firstname="Lucía")
    visit.upsert("lu@correo.example", city="Bogotá")
    body = {"primaryObjectId": "1001", "objectIdToMerge": "1002"}
    merged = visit.ask("hubspot.main", "POST", "/crm/v3/objects/contacts/merge", body)
    assert (merged.body["id"], merged.body["properties"]["city"]) == ("1001", "Bogotá")
    assert merged.body["properties"]["email"] == EMAIL
    assert visit.ask("hubspot.main", "GET", "/crm/v3/objects/contacts/1002").status == 404
    assert visit.told[-1].body[0]["subscriptionType"] == "contact.deletion"
    assert visit.ask("hubspot.main", "POST", "/crm/v3/objects/contacts/merge", body).status == 400


def test_hubspot_archives(visit):
    visit.upsert()
    assert visit.ask("hubspot.main", "DELETE", "/crm/v3/objects/contacts/1001").status == 204
    assert visit.ask("hubspot.main", "GET", "/crm/v3/objects/contacts/1001").status == 404
    assert visit.told[-1].body[0]["subscriptionType"] == "contact.deletion"


def test_hubspot_searches_by_time_page_by_page(visit):
    for name in ("a", "b", "c"):
        visit.upsert(f"{name}@correo.example")
    newest = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "2026-11-20T14:12:02.000000Z"}
    body = {"filterGroups": [{"filters": [newest]}], "properties": ["email"], "limit": 1}
    first = visit.ask("hubspot.main", "POST", "/crm/v3/objects/contacts/search", body).body
    after = first["paging"]["next"]["after"]
    second = visit.ask(
        "hubspot.main", "POST", "/crm/v3/objects/contacts/search", body | {"after": after}
    ).body
    emails = [page["results"][0]["properties"]["email"] for page in (first, second)]
    assert emails == ["b@correo.example", "c@correo.example"]
    assert "paging" not in second


def test_hubspot_searches_by_value(visit):
    visit.upsert()
    body = {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ", "value": EMAIL}]}]}
    assert visit.ask("hubspot.main", "POST", "/crm/v3/objects/contacts/search", body).body["total"] == 1


def test_what_sales_type_is_kept_beside_what_we_wrote():
    visit = Visit(seeded=True)
    visit.upsert(city="Bogotá", address="Carrera 7")
    record = json.loads((ROOT / "events/hubspot/records/contact.301.json").read_text())
    visit.town.edit("hubspot.main", {"resource": "contact", "record": record, "tell": True})
    contact = visit.town.state()["hubspot.main"]["contact"]["301"]
    assert contact["properties"]["phone"] == "310 555 01 47"
    assert contact["properties"]["address"] == "Carrera 7"
    assert visit.told[-1].body[0]["changeSource"] == "CRM_UI"
    assert visit.upsert(city="Cali").body["results"][0]["updatedAt"] > contact["updatedAt"]


def test_klaviyo_creates_then_updates_and_patches_inside(visit):
    first = visit.profile(email=EMAIL, properties={"stage": "lead", "size": "M"})
    second = visit.profile(email=EMAIL.upper(), phone_number="+573105550147", properties={"size": None})
    assert (first.status, second.status) == (201, 200)
    assert first.body["data"]["id"] == second.body["data"]["id"]
    assert second.body["data"]["attributes"]["properties"] == {"stage": "lead"}


def test_klaviyo_finds_by_phone(visit):
    id = visit.profile(phone_number="+573105550147").facts["id"]
    assert visit.profile(phone_number="+573105550147", email=EMAIL).facts["id"] == id


def test_klaviyo_says_which_profile_has_the_identifier(visit):
    first = visit.profile(email=EMAIL).facts["id"]
    second = visit.profile(phone_number="+573105550147").facts["id"]
    answer = visit.profile(id=first, phone_number="+573105550147")
    assert answer.status == 409
    assert answer.body["errors"][0]["meta"]["duplicate_profile_id"] == second


def test_klaviyo_updates_by_id_when_the_email_changed(visit):
    id = visit.profile(email=EMAIL).facts["id"]
    assert visit.profile(id=id, email="lucia@correo.example").facts["id"] == id
    assert visit.profile(id="01NOBODY", email=EMAIL).status == 404


def test_klaviyo_leaves_an_unchanged_profile_alone(visit):
    before = visit.profile(email=EMAIL).body["data"]["attributes"]["updated"]
    assert visit.profile(email=EMAIL).body["data"]["attributes"]["updated"] == before


def test_klaviyo_takes_only_international_phones_and_wants_a_revision(visit):
    assert visit.profile(phone_number="310 555 0147").status == 400
    assert visit.ask("klaviyo.main", "POST", "/api/events", {}, revision="").status == 400


def test_klaviyo_records_an_event_once(visit):
    told = [visit.klaviyo_event("order-1", email=EMAIL) for _ in range(2)]
    assert [answer.status for answer in told] == [202, 202]
    assert [answer.facts["recorded"] for answer in told] == [True, False]
    assert len(visit.town.state()["klaviyo.main"]["event"]) == 1
    assert visit.klaviyo_event("order-1").status == 400


def test_a_profile_edited_by_hand_is_patched(visit):
    id = visit.profile(email=EMAIL).facts["id"]
    told = {"resource": "profile", "record": {"id": id, "attributes": {"first_name": "Lucía"}}}
    assert visit.town.edit("klaviyo.main", told).facts["changed"] == ["first_name"]


def test_a_profile_may_stand_there_before(visit):
    visit.town.seed([("klaviyo.main", "profile", {"id": "01SEED", "attributes": {"email": EMAIL}})])
    assert visit.profile(email=EMAIL).facts["id"] == "01SEED"


def test_odoo_finds_what_stood_there_before():
    visit = Visit(seeded=True)
    domain = [["email_normalized", "=", EMAIL]]
    answer = visit.odoo("res.partner", "search_read", domain=domain, fields=["vat", "write_date"], limit=2)
    assert answer.body == [{"id": 57, "vat": False, "write_date": "2026-11-19 13:05:41"}]


def test_odoo_creates_writes_and_reads(visit):
    id = visit.odoo("res.partner", "create", vals_list=[{"name": "Lucía", "email": EMAIL}]).body[0]
    assert visit.odoo("res.partner", "write", ids=[id], vals={"vat": "1018456789-1"}).body is True
    row = visit.odoo("res.partner", "read", ids=[id], fields=["vat", "street"]).body[0]
    assert row == {"id": 101, "vat": "1018456789-1", "street": False}


def test_odoo_polls_in_the_order_of_time(visit):
    for name in ("a", "b", "c"):
        visit.odoo("res.partner", "create", vals_list=[{"name": name}])
    visit.odoo("res.partner", "write", ids=[101], vals={"city": "Bogotá"})
    body = {"order": "write_date asc, id asc", "fields": ["name"], "limit": 2, "offset": 1}
    assert [row["name"] for row in visit.odoo("res.partner", "search_read", **body).body] == ["c", "a"]
    newest = visit.odoo("res.partner", "search_read", order="id desc", fields=["name"]).body
    assert [row["name"] for row in newest] == ["c", "b", "a"]


def test_odoo_does_not_show_archived_partners(visit):
    visit.odoo("res.partner", "create", vals_list=[{"name": "a", "active": False}])
    assert visit.odoo("res.partner", "search_read").body == []


def test_odoo_compares_as_its_domains_say(visit):
    visit.odoo(
        "res.partner", "create", vals_list=[{"name": "Ana", "email": "Ana@correo.example"}, {"name": "Bo"}]
    )

    def names(*term):
        return [row["name"] for row in visit.odoo("res.partner", "search_read", domain=[list(term)]).body]

    assert names("email", "=ilike", "ana@CORREO.example") == ["Ana"]
    assert names("name", "!=", "Ana") == ["Bo"]
    assert names("id", "in", [102]) == ["Bo"]
    either = ["|", ["name", "=", "Ana"], "&", ["email", "=", False], ["name", "=", "Bo"], ["id", ">", 0]]
    assert len(visit.odoo("res.partner", "search_read", domain=either).body) == 2
    both = ["&", ["name", "=", "Ana"], ["name", "=", "Bo"]]
    assert visit.odoo("res.partner", "search_read", domain=both).body == []
    assert names("id", ">", 101) == ["Bo"]


def test_odoo_refuses_what_it_cannot_keep(visit):
    assert visit.odoo("res.partner", "create", vals_list=[{"email": EMAIL}]).status == 422
    assert visit.odoo("res.partner", "create", vals_list=[{"name": "a", "shoe": 1}]).status == 422
    assert visit.odoo("res.partner", "write", ids=[9], vals={}).status == 404
    assert visit.odoo("res.partner", "read", ids=[9]).status == 404
    assert visit.odoo("res.partner", "read", ids=[], fields=["shoe"]).status == 422
    assert visit.odoo("res.partner", "search_read", fields=["shoe"]).status == 422
    assert visit.odoo("sale.order", "create", vals_list=[{"partner_id": 9}]).status == 422
    assert visit.town.state()["odoo.main"] == {}


def test_odoo_refuses_a_write_of_an_unknown_field(visit):
    visit.odoo("res.partner", "create", vals_list=[{"name": "a"}])
    assert visit.odoo("res.partner", "write", ids=[101], vals={"shoe": 1}).status == 422


def test_odoo_takes_a_sale_of_a_known_partner():
    visit = Visit(seeded=True)
    sale = {"partner_id": 57, "client_order_ref": "shopify-1", "order_line": [[0, 0, {"name": "Ruana"}]]}
    assert visit.odoo("sale.order", "create", vals_list=[sale]).body == [1]
    found = visit.odoo(
        "sale.order", "search_read", domain=[["client_order_ref", "=", "shopify-1"]], fields=["id"]
    )
    assert found.body == [{"id": 1}]


def test_accounting_adds_a_tax_id():
    visit = Visit(seeded=True)
    record = json.loads((ROOT / "events/odoo/records/partner.57.json").read_text())
    visit.odoo("res.partner", "write", ids=[57], vals={"phone": "+573105550147"})
    visit.town.edit("odoo.main", {"resource": "partner", "record": record})
    partner = visit.town.state()["odoo.main"]["partner"]["57"]
    assert (partner["vat"], partner["phone"]) == ("1018456789-6", "+573105550147")
    later = visit.odoo("res.partner", "search_read", domain=[["write_date", ">=", "2026-11-20 15:30:00"]])
    assert [row["id"] for row in later.body] == [57]


def test_woocommerce_has_one_customer_per_email(visit):
    created = visit.woo("POST", body={"email": EMAIL.upper(), "billing": {"city": "Bogotá"}})
    assert (created.status, created.body["email"]) == (201, EMAIL)
    again = visit.woo("POST", body={"email": EMAIL})
    assert (again.status, again.body["code"]) == (400, "registration-error-email-exists")
    assert visit.woo("GET", email=EMAIL, role="all").body[0]["id"] == created.body["id"]
    assert visit.woo("POST", body={}).status == 400


def test_woocommerce_tells_of_changes_only(visit):
    visit.woo("POST", body={"email": EMAIL})
    visit.woo("PUT", "/201", {"billing": {"city": "Bogotá"}})
    visit.woo("PUT", "/201", {"billing": {"city": "Bogotá"}})
    topics = [told.headers["x-wc-webhook-topic"] for told in visit.told]
    assert topics == ["customer.created", "customer.updated"]
    told = visit.told[1].body["billing"]
    assert (told["city"], told["company"]) == ("Bogotá", "")
    assert (
        visit.told[0].headers["x-wc-webhook-delivery-id"] != visit.told[1].headers["x-wc-webhook-delivery-id"]
    )


def test_woocommerce_answers_unknown_ids_as_it_does(visit):
    assert visit.woo("GET", "/9").status == 404
    answer = visit.woo("PUT", "/9", {})
    assert (answer.status, answer.body["code"]) == (400, "woocommerce_rest_invalid_id")


def test_woocommerce_pages(visit):
    for number in range(3):
        visit.woo("POST", body={"email": f"p{number}@correo.example"})
    answer = visit.woo("GET", page="2", per_page="2")
    assert [row["email"] for row in answer.body] == ["p2@correo.example"]
    assert answer.headers == {"X-WP-Total": "3", "X-WP-TotalPages": "2"}
    assert visit.woo("GET", "/201").status == 200


def test_woocommerce_staff_save_a_customer_and_orders_are_listed_by_time(visit):
    visit.woo("POST", body={"email": EMAIL})
    assert visit.town.edit(
        "woocommerce.co", {"resource": "customer", "record": {"id": 201, "first_name": "L"}}
    )
    orders = [{"id": id, "date_modified_gmt": f"2026-11-{id}T10:00:00"} for id in (20, 10)]
    visit.town.vendors["woocommerce.co"].seed("order", orders[0])
    visit.town.vendors["woocommerce.co"].seed("order", orders[1])
    query = {"modified_after": "2026-11-15T00:00:00.000000Z"}
    assert visit.ask("woocommerce.co", "GET", "/wp-json/wc/v3/orders", query=query).body == [orders[0]]


def test_square_answers_orders_and_customers():
    visit = Visit(seeded=True)
    order = visit.ask("square.bogota", "GET", "/v2/orders/b7SqLuciaOrder1").body["order"]
    assert order["state"] == "COMPLETED"
    assert visit.ask("square.bogota", "GET", "/v2/orders/none").status == 404
    customers = [{"customer": {"id": f"C{n}", "updated_at": f"2026-11-2{n}T00:00:00Z"}} for n in range(3)]
    for customer in customers:
        visit.town.edit("square.bogota", {"resource": "customer", "record": customer})
    body = {"query": {"filter": {"updated_at": {"start_at": "2026-11-21"}}}, "limit": 1}
    first = visit.ask("square.bogota", "POST", "/v2/customers/search", body).body
    last = visit.ask("square.bogota", "POST", "/v2/customers/search", body | {"cursor": first["cursor"]}).body
    assert [page["customers"][0]["id"] for page in (first, last)] == ["C1", "C2"]
    assert "cursor" not in last


def test_whatsapp_sends_a_template_and_tells_what_became_of_it(visit):
    template = {"name": "cart_reminder", "language": {"code": "es"}}
    answer = visit.whatsapp(template=template, biz_opaque_callback_data="act-1")
    id = answer.body["messages"][0]["id"]
    assert answer.body["contacts"] == [{"input": "+573105550147", "wa_id": "573105550147"}]
    visit.town.edit(
        "whatsapp.co", {"resource": "message", "record": {"id": id, "status": "read"}, "tell": True}
    )
    told = [hook.body["entry"][0]["changes"][0]["value"]["statuses"][0] for hook in visit.told]
    assert [status["status"] for status in told] == ["sent", "read"]
    assert {status["biz_opaque_callback_data"] for status in told} == {"act-1"}


def test_whatsapp_refuses_half_a_message(visit):
    template = {"name": "cart_reminder", "language": {"code": "es"}}
    assert visit.whatsapp(type="text").status == 400
    assert visit.whatsapp(template={"name": "x"}).status == 400
    assert visit.whatsapp(template=template, to="").status == 400
    assert visit.whatsapp(template=template).facts["act"] is None
    assert (
        "biz_opaque_callback_data" not in visit.told[0].body["entry"][0]["changes"][0]["value"]["statuses"][0]
    )


def test_a_message_may_stand_there_before(visit):
    visit.town.seed([("whatsapp.co", "message", {"id": "wamid.1", "to": "57310", "from": "1"})])
    assert "wamid.1" in visit.town.state()["whatsapp.co"]["message"]


def test_the_log_says_what_was_asked_and_what_became_of_it(visit):
    visit.upsert()
    visit.profile(email=EMAIL)
    calls = visit.town.journal.calls()
    assert [(call["account"], call["nth"], call["status"]) for call in calls] == [
        ("hubspot.main", 1, 200),
        ("klaviyo.main", 1, 201),
    ]
    assert calls[0]["facts"] == {"ids": ["1001"], "created": 1, "changed": []}


def test_the_story_s_clock_moves_only_forward():
    clock = Story(START)
    clock.reach("2026-11-20T10:00:00.000000Z")
    assert [clock(), clock()] == ["2026-11-20T14:12:01.000000Z", "2026-11-20T14:12:02.000000Z"]


def test_everything_survives_a_kill_even_in_the_middle_of_a_line(tmp_path):
    file = tmp_path / "vendors.jsonl"
    before = Visit(Journal(file), seeded=True)
    before.upsert("mateo@correo.example")
    state, calls = before.town.state(), before.town.journal.calls()
    with file.open("a") as torn:
        torn.write('{"account": "hubspot.main", "ta')
    after = Visit(Journal(file), seeded=True)
    assert (after.town.state(), after.town.journal.calls()) == (state, calls)
    assert after.upsert("ana@correo.example").facts["ids"] == ["1002"]
    assert after.town.journal.calls()[-1]["nth"] == 2
    assert len(Journal(file).entries) == len(after.town.journal.entries)


def test_each_account_of_the_demo_has_its_own_secrets():
    assert secrets_of("whatsapp.co") == {
        "app_secret": "demo-whatsapp-app_secret",
        "verify_token": "demo-whatsapp-verify_token",
        "access_token": "demo-whatsapp.co-access_token",
    }
    assert secrets_of("nobody.co") == {}
    assert "shopify.co" in ACCOUNTS


def get(url, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"null")


def import_profile(url, **attributes):
    body = {"data": {"type": "profile", "attributes": attributes}}
    return get(url, "/klaviyo.main/api/profile-import", body, **CREDENTIALS["klaviyo.main"])


def test_the_server_answers_under_connector_and_account():
    with VendorServer(seeds=seeds(ROOT)) as server:
        path = "/hubspot.main/crm/v3/objects/contacts/301?properties=email"
        assert get(server.url, path, **CREDENTIALS["hubspot.main"])[1]["properties"]["email"] == EMAIL
        assert get(server.url, "/hubspot.eu/crm")[0] == 404
        assert get(server.url, "/_state")[1]["odoo.main"]["partner"]["57"]["name"] == "Fernández Ríos, Lucía"
        assert [call["status"] for call in get(server.url, "/_calls")[1]] == [200]
        assert get(server.url, "/_nothing")[0] == 404


def test_the_server_refuses_what_is_not_json():
    with VendorServer() as server:
        request = urllib.request.Request(f"{server.url}/klaviyo.main/api/events", b"{")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=5)
        refused.value.close()
        assert refused.value.code == 400


def test_the_demo_edits_sets_the_clock_and_orders_faults():
    with VendorServer(seeds=seeds(ROOT)) as server:
        record = json.loads((ROOT / "events/hubspot/records/contact.301.json").read_text())
        edited = get(server.url, "/_edit/hubspot.main", {"resource": "contact", "record": record})
        assert "phone" in edited[1]["changed"]
        assert get(server.url, "/_clock", {"now": "2026-11-20T20:00:00.000000Z"})[0] == 204
        assert server.town.clock() > "2026-11-20T20"
        assert get(server.url, "/_faults", {"account": "klaviyo", "nth": 1, "kind": "500"})[0] == 204
        assert import_profile(server.url, email=EMAIL)[0] == 500
        assert import_profile(server.url, email=EMAIL)[0] == 201


@pytest.mark.parametrize(
    ("kind", "applied"),
    [("refuse", False), ("reset", True), ("half", True), ("html", False), ("late", True)],
)
def test_a_call_goes_wrong_on_the_wire(kind, applied):
    faults = [Fault.parse(f"klaviyo.main:1:{kind}")]
    with VendorServer(faults=faults, late=0.01) as server:
        with pytest.raises((OSError, ValueError, Exception)):
            import_profile(server.url, email=EMAIL)
        assert bool(server.town.state()["klaviyo.main"]) == applied
        assert server.town.journal.calls()[0]["fault"] == kind
        assert import_profile(server.url, email=EMAIL)[0] == (200 if applied else 201)


def test_too_many_requests_say_when_to_come_back():
    with VendorServer(faults=[Fault("klaviyo.main", 1, "429")]) as server:
        request = urllib.request.Request(f"{server.url}/klaviyo.main/api/events", b"{}")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=5)
        refused.value.close()
        assert (refused.value.code, refused.value.headers["Retry-After"]) == (429, "1")


def test_a_fault_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="no such fault"):
        Fault.parse("klaviyo.main:1:earthquake")


class Hub(HTTPServer):
    """Stands for the hub: answers each webhook with the next of its statuses."""

    def __init__(self, *statuses):
        super().__init__(("127.0.0.1", 0), Doorman)
        self.statuses = list(statuses)
        self.got = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Doorman(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, self.headers["x-signed"], json.loads(body)))
        self.send_response(self.server.statuses.pop(0))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def signer():
    sign = SimpleNamespace(
        name="hubspot",
        reception=SimpleNamespace(format="json"),
        sign=lambda request, secrets, now: replace(
            request, headers={**request.headers, "x-signed": f"{secrets['client_secret']} {now:.0f}"}
        ),
    )
    return SimpleNamespace(connectors={"hubspot": sign})


def test_webhooks_are_signed_and_tried_again(signer):
    hub = Hub(503, 200)
    threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    poster = Poster(signer, hub.url, clock=lambda: 7.0)
    poster.start()
    poster.tell(Webhook("hubspot", "main", {"content-type": "application/json"}, [1]))
    poster.idle()
    poster.stop()
    hub.shutdown()
    hub.server_close()
    signed = "demo-hubspot.main-client_secret 7"
    assert hub.got == [("/v1/webhooks/hubspot/main", signed, [1])] * 2
    assert poster.log == [("hubspot", 503), ("hubspot", 200)]


def test_a_webhook_that_is_refused_is_not_tried_again(signer):
    hub = Hub(401)
    threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    poster = Poster(signer, hub.url)
    poster.start()
    poster.tell(Webhook("hubspot", "main", {}, [1]))
    poster.idle()
    poster.stop()
    hub.shutdown()
    hub.server_close()
    assert poster.log == [("hubspot", 401)]


def test_a_webhook_that_nobody_takes_does_not_hold_the_end(signer):
    poster = Poster(signer, "http://127.0.0.1:1")
    poster.tell(Webhook("hubspot", "main", {}, []))
    poster.start()
    poster.stop()
    assert {status for _, status in poster.log} <= {0}


def test_a_webhook_leaves_after_its_lag_and_is_waited_for_until_then(signer):
    poster = Poster(signer, "http://127.0.0.1:1", lag=60.0)
    poster.start()
    poster.tell(Webhook("hubspot", "main", {}, []))
    with (
        VendorServer(waiting=poster.waiting) as vendors,
        urllib.request.urlopen(f"{vendors.url}/_waiting") as said,
    ):
        assert json.load(said) == 1
    poster.stop()
    assert poster.log == []


def test_the_vendors_run_by_themselves_until_they_are_told_to_stop(tmp_path):
    """A process of its own, killed in the middle: what it was told is there when it starts again."""
    state = tmp_path / "vendors.jsonl"
    with running("--state", str(state), "--hub-url", "http://127.0.0.1:1") as (
        process,
        url,
    ):
        assert import_profile(url, email=EMAIL)[0] == 201
        process.kill()
    with running("--state", str(state), "--fault", "klaviyo.main:3:500") as (process, url):
        assert import_profile(url, email=EMAIL)[0] == 200
        assert import_profile(url, email=EMAIL)[0] == 500
        process.terminate()
        assert process.wait(10) == 0


@contextmanager
def running(*options):
    command = [sys.executable, "-m", "hub.demo.vendors", "--root", str(ROOT), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_signal_ends_it(monkeypatch, capsys):
    monkeypatch.setattr(signal, "signal", lambda number, handler: handler(number, None))
    main(["--root", str(ROOT), "--hub-url", "http://127.0.0.1:1"])
    main(["--root", str(ROOT)])
    assert capsys.readouterr().out.count("http://127.0.0.1:") == 2


def test_a_vendor_that_somebody_else_plays_is_asked_by_way_of_ours():
    with VendorServer() as theirs:
        others = {"factura": f"{theirs.url}/hubspot.main", "nobody.main": "http://127.0.0.1:9"}
        with VendorServer(others=others) as ours:
            request = urllib.request.Request(
                f"{ours.url}/factura.main/crm/v3/objects/contacts/search?limit=1",
                data=json.dumps({"filterGroups": []}).encode(),
                headers=CREDENTIALS["hubspot.main"] | {"content-type": "application/json"},
            )
            with urllib.request.urlopen(request) as answer:
                assert json.load(answer)["results"] == []
            (call,) = theirs.town.journal.calls()
            assert (call["method"], call["path"]) == ("POST", "/crm/v3/objects/contacts/search")
            assert ours.town.journal.calls() == []
            with pytest.raises((urllib.error.URLError, ConnectionError)):
                urllib.request.urlopen(f"{ours.url}/nobody.main/x")
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{ours.url}/unknown.main/x")


def test_what_stood_there_before_is_told_of_the_shipped_vendors_only(tmp_path):
    (tmp_path / "events/factura/records").mkdir(parents=True)
    (tmp_path / "events/factura/records/invoice.1.json").write_text("{}")
    assert seeds(tmp_path) == []
