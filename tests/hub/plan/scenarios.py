"""Changes to the project beside this file, each with a golden file of what `hub plan` says of it."""

import shutil
from pathlib import Path

PROJECT = Path(__file__).parent / "project"
GOLDEN = Path(__file__).parent / "golden"

CUSTOMER = "mappings/shop.customer.yaml"
ORDER = "mappings/shop.order.yaml"
CONTACT = "mappings/crm.contact.yaml"
SHOP = "connectors/shop.yaml"

SCENARIOS = {
    "a-renamed-source-field": [(CUSTOMER, "given_name:    first_name", "given_name:    first_nam")],
    "an-identifier-that-is-lost": [(CUSTOMER, "email:         email", "email:         mail")],
    "two-identifiers-that-are-lost": [
        (CUSTOMER, "email:         email", "email:         mail"),
        (CUSTOMER, "phone:         phone", "phone:         fone"),
    ],
    "a-lookup-entry": [(ORDER, "PAID: paid", "PAID: open")],
    "a-lookup-entry-that-is-required": [(ORDER, "PAID: paid, ", "")],
    "a-lookup-entry-that-is-not": [(CONTACT, "lead: prospect, ", "")],
    "an-entry-of-a-table": [("mappings/towns.csv", "Medellín,Medellín", "Medellín,Medellín D.E.")],
    "a-list": [(ORDER, "quantity: line.count, ", "")],
    "a-destination-that-is-dropped": [("flows/sync.yaml", "[crm.contact, mail.profile]", "[crm.contact]")],
    "a-destination-that-is-new": [("flows/paid.yaml", "order.status == 'paid' && ", "")],
    "a-record-id-that-is-an-address": [(SHOP, "text(body.customer.id)", "body.customer.email")],
    "ids-that-are-phones": [
        (
            SHOP,
            "text(body.customer.id)",
            "coalesce(replace(body.customer.phone, ' ', ''), text(body.customer.id))",
        ),
        (
            SHOP,
            "event_id: body.event",
            "event_id: coalesce(replace(body.customer.phone, ' ', ''), body.event)",
        ),
    ],
    "a-topic-that-is-not-read": [(SHOP, "topics: [order.changed]", "topics: [order.paid]")],
    "a-contained-record-that-is-not-read": [(SHOP, "    contains: {customer: buyer}\n", "")],
    "who-wins": [
        (
            "entities/customer.yaml",
            "given_name:  {type: text, keep: {priority: [crm, shop]}",
            "given_name:  {type: text, keep: {priority: [shop, crm]}",
        )
    ],
    "who-owns": [("owners.yaml", "{stage: crm}", "{stage: crm, given_name: shop}")],
    "a-type": [("entities/customer.yaml", "phone:       {type: phone", "phone:       {type: text")],
    "a-country": [("accounts.yaml", "site: tienda, country: CO", "site: tienda, country: US")],
    "a-field-that-is-personal-no-more": [
        (CUSTOMER, "given_name:    first_name", "given_name:    upper(first_name)"),
        (
            "entities/customer.yaml",
            "given_name:  {type: text, keep: {priority: [crm, shop]}, pii: true}",
            "given_name:  {type: text, keep: {priority: [crm, shop]}}",
        ),
    ],
    "what-only-people-read": [
        ("connectors/crm.yaml", "resources:", "standing: {get: unverified}\nresources:"),
        (CONTACT, "both:", "tests: [{name: nobody, out: {}, expect: {}}]\nboth:"),
    ],
    "a-consent": [
        (CUSTOMER, '"no": denied', '"no": unknown'),
        (CUSTOMER, "{address: email,", "{address: lower(email),"),
    ],
    "a-written-field": [("mappings/mail.profile.yaml", "stage: stage", "stage: upper(stage)")],
    "a-written-field-that-is-required": [
        ("mappings/mail.profile.yaml", "stage: stage", "stage: {from: stage, required: true}")
    ],
    "another-address": [("connectors/crm.yaml", "https://crm.example/api", "https://crm.eu.example/api")],
    "another-request": [
        (
            "connectors/mail.yaml",
            'POST /profiles, body: {profile: "{record}", list: news}',
            'PUT /people, body: {person: "{record}", list: news}',
        )
    ],
    "what-no-value-looks-like": [("connectors/crm.yaml", 'empty: ""', "empty: null")],
    "nothing-that-is-seen": [
        ("connectors/crm.yaml", "10 per 1s", "20 per 1s"),
        ("flows/sync.yaml", "customer.email != `null`", "customer.email"),
    ],
    "a-time-that-lies-in-the-future": [
        (ORDER, "updated_at: changed", "updated_at: \"'2199-01-01T00:00:00Z'\"")
    ],
    "an-act-that-cannot-be-told-apart": [("flows/paid.yaml", "once: order.id", "once: order.total.cents")],
    "a-body-of-another-form": [
        ("connectors/mail.yaml", "POST /events, body:", "POST /events, format: form, body:")
    ],
    "many-edits-of-one-destination": [
        ("mappings/mail.profile.yaml", "name:  ", "full_name:  "),
        ("mappings/mail.profile.yaml", "town:  ", "city:  "),
        ("mappings/mail.profile.yaml", "stage: ", "level: "),
    ],
    "a-mapping-that-is-new": [
        ("mappings/shop.cart.yaml", "", "entity: order\nin: {number: code}\n"),
        (
            SHOP,
            "  order:\n    topics: [order.changed]",
            "  cart: {topics: [order.changed], id: text(body.order.id), record: body.order}\n"
            "  order:\n    topics: [order.other]",
        ),
    ],
    "a-mapping-that-is-gone": [(ORDER, None, None)],
}


def project(folder, *edits):
    """A copy of the project with these edits."""
    shutil.copytree(PROJECT, folder)
    for file, old, new in edits:
        path = folder / file
        if old is None:
            path.unlink()
            continue
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text, (file, old)
        path.write_text(text.replace(old, new), encoding="utf-8")
    return folder
