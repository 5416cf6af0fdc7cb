# ruff: noqa: E501 - lines of files as they are written
"""Mistakes that are put into a connector's file on purpose are each found by a check, with a line of the file."""

from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.contract import examined
from hub.contract.bench import Bench
from hub.documents import parse

ROOT = Path(__file__).parents[2]
CATALOG = Catalog.read(ROOT)

MISTAKES = [
    # receive
    ("square", "id:      body.data.id", "id:      body.data.identifier", "says_what_and_when"),
    ("square", "event_id:  [body.event_id]", "event_id:  [body.eventid]", "told_apart"),
    ("square", "topic:     body.type", "topic:     body.kind", "every_topic_has_a_sample"),
    ("square", "at:        body.created_at", "at:        body.created", "says_what_and_when"),
    ("square", "[body.event_id]", "[body.merchant_id]", "told_apart"),
    ("hubspot", "    - event.eventId\n", '    - headers."x-hubspot-request-timestamp"\n', "told_twice"),
    ("hubspot", "topics:  [contact.creation, contact.propertyChange, contact.deletion]",
     "topics:  [contact.creation, contact.deletion]", "signed_is_taken"),
    ("hubspot", "deleted: event.subscriptionType == 'contact.deletion'",
     "deleted: event.subscriptionType == 'contact.deleted'", "deletions"),
    ("hubspot", "id:      text(event.objectId)", "id:      text(event.appId)", "thin_events"),
    ("shopify", "event_id:  ['headers.\"x-shopify-webhook-id\"']", "event_id:  ['headers.\"x-shopify-shop-domain\"']", "told_apart"),
    ("whatsapp", "account:   {phone_number_id: change.value.metadata.phone_number_id}",
     "account:   {phone_number_id: change.value.metadata.display_phone_number}", "samples_are_ours"),
    ("whatsapp", "answer: query.\"hub.challenge\"", "answer: query.\"hub.mode\"", "handshake"),
    ("square", "&& !(body.data.object.payment.order_id)", "&& !body.data.object.payment.order_id", "skipped"),
    # read
    ("square", "get:     {request: \"GET /v2/orders/{id}\", record: order, id: text(id), version: updated_at}",
     "get:     {request: \"GET /v2/orders/{id}\", record: order, id: text(uid), version: updated_at}", "one_record"),
    ("square", "      version: updated_at\n      page:", "      page:", "versions_are_told"),
    ("odoo", "        offset: \"{page}\"\n", "", "all_of_one_time"),
    ("square", "limit: 100, cursor: \"{page}\"}", "limit: 100}", "to_the_end"),
    ("odoo", "page:    {offset: 100}", "page:    {offset: 200}", "to_the_end"),
    ("woocommerce", "per_page=100&offset={page}", "per_page=50&offset={page}", "to_the_end"),
    ("square", "page:    {cursor: cursor}\n      overlap: 10m", "overlap: 10m", "to_the_end"),
    # write
    ("hubspot", "id:      results[0].id\n      record:  results[0]", "record:  results[0]", "first_write"),
    ("hubspot", "id: \"{record.email}\", properties: \"{record}\"}]}\n      id:", "id: \"{record.mail}\", properties: \"{record}\"}]}\n      id:", "first_write"),
    ("odoo", "[[vat, \"=\", \"{coalesce(record.vat, '-')}\"]]", "[[vat, \"=\", \"{coalesce(record.taxid, '-')}\"]]", "each_search"),
    ("odoo", "          limit:  2\n        records: \"@\"\n        id:      \"[0].id\"\n      - request",
     "          limit:  1\n        records: \"@\"\n        id:      \"[0].id\"\n      - request", "two_hits"),
    ("woocommerce", "    find:                            # an email belongs to one user, whatever the role\n      - {request: \"GET /wp-json/wc/v3/customers?email={coalesce(record.email, '-')}&role=all\", records: \"@\", id: \"[0].id\"}\n", "", "answer_lost"),
    ("whatsapp", "  - {if: \"status == `400` && contains(`[4, 80007, 130429]`, body.error.code)\", then: throttle}",
     "  - {if: \"status == `400`\", then: reject}\n  - {if: \"status == `400` && contains(`[4, 80007, 130429]`, body.error.code)\", then: throttle}", "each_rule"),
    ("odoo", "update: {request: POST /json/2/res.partner/write, body: {ids: [\"{to_number(id)}\"]",
     "update: {request: POST /json/2/res.partner/write, body: {ids: [\"{to_number(customer.id)}\"]", "second_write"),
    ("woocommerce", "create: {request: POST /wp-json/wc/v3/customers, body: \"{record}\", id: id, record: body}",
     "create: {request: POST /wp-json/wc/v3/customers, body: \"{record}\", record: body}", "first_write"),
    ("woocommerce", "delete: {request: \"DELETE /wp-json/wc/v3/customers/{id}?force=true\"}",
     "delete: {request: \"DELETE /wp-json/wc/v3/customers/{key}?force=true\"}", "forgotten_there"),
    ("hubspot", "  - {if: \"status == `429`\", then: retry,", "  - {if: \"status == `429`\", then: reject,", "asked_to_wait"),
    # messages
    ("cloudevents", "      id: headers.subject\n    merge", "    merge", "first_write"),
    ("cloudevents", "id: headers.subject", "id: id", "second_write"),
    ("cloudevents", 'subject: "{coalesce(id, customer.id)}", group', 'subject: "{key}", group', "second_write"),
    ("cloudevents", "empty:    null\n", "empty:    null\nresponses:\n  - {if: status == `403`, then: retry}\n", "not_let_in"),
    ("cloudevents", "empty:    null\n", "empty:    null\nresponses:\n  - {if: status == `413`, then: retry}\n", "too_large"),
    # hygiene
    ("odoo", "standing:\n", "standing:\n  signature: documentation\n", "standing_is_of_the_file"),
    ("odoo", "base_url: \"https://{account.database}.odoo.com\"", "base_url: \"https://{account.db}.odoo.com\"", "calls_can_be_made"),
]  # fmt: skip


def told(name, old, new):
    """What fails once `old` is `new` in a connector's file."""
    file = f"connectors/{name}.yaml"
    text = (ROOT / file).read_text(encoding="utf-8")
    assert old in text, old
    spoilt = parse(text.replace(old, new, 1), file)
    documents = [(kind, spoilt if one.file == file else one) for kind, one in CATALOG.documents]
    return [one for one in examined(Bench(ROOT, Catalog.of(documents), name)) if one.state == "failed"]


@pytest.mark.parametrize(("name", "old", "new", "check"), MISTAKES, ids=[f"{one[0]}: {one[2][:40] or 'without'}" for one in MISTAKES])  # fmt: skip
def test_a_mistake_is_found(name, old, new, check):
    failed = told(name, old, new)
    assert check in {one.check for one in failed}, [one.line for one in failed]
