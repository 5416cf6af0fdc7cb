# ruff: noqa: E501 - lines of files as they are written
"""Invented vendors of kinds that the shipped ones are not, with their mappings and samples."""

import json

CUSTOMER = """
entity: customer
both:
  email:      email
  phone:      phone
  first_name: given_name
  last_name:  family_name
in:
  updated_at: updated_at
tests:
  - name: a customer
    out: {email: lucia.fernandez@correo.example, phone: "+573105550147", given_name: Lucía, family_name: Fernández Ríos}
    expect: {email: lucia.fernandez@correo.example, phone: "+573105550147", first_name: Lucía, last_name: Fernández Ríos}
"""

ROW = {
    "id": "c_01",
    "email": "lucia.fernandez@correo.example",
    "phone": "+573105550147",
    "first_name": "Lucía",
    "last_name": "Fernández Ríos",
    "updated_at": "2026-11-20T16:10:05.000Z",
}

TOKEN = """
# Tokens by OAuth, an address that the token's answer names, links in bodies, Standard Webhooks, idempotency keys.
standing: {signature: vectors, list: spec, update: spec}
settings: {tenant: {like: tienda, help: the tenant}}
receive:
  signature:
    hmac: sha256
    key: base64
    encoding: base64
    header: webhook-signature
    prefix: "v1,"
    over: "{id}.{timestamp}.{body}"
    id: webhook-id
    timestamp: {header: webhook-timestamp, unit: s, within: 5m}
    secret: signing_secret
  topic: body.type
  event_id: [headers."webhook-id"]
  at: body.at
base_url: "{secret.instance_url}/v2"
auth:
  oauth2:
    token: "https://login.example/{account.tenant}/token"
    grant: client_credentials
    client: basic
    keeps: {instance_url: instance_url}
headers: {x-tenant: "{account.tenant}"}
limit: [20 per 1s, 3 at once]
empty: null
responses:
  - {if: "status == `400` && body.error == 'token_expired'", then: renew}
  - {if: "status == `403` && contains(body.error, 'quota')", then: throttle, after: {from: body.wait, unit: s}}
  - {if: "status == `409` && body.error == 'exists'", then: retry}
resources:
  customer:
    topics: [customer.changed]
    id: body.data.id
    record: body.data
    version: body.data.updated_at
    idempotency: {header: Idempotency-Key, max: 30}
    list:
      request: "GET /customers?modified_since={iso_time(since)}&limit=50"
      records: value
      id: id
      version: updated_at
      page: {link: '"@odata.nextLink"'}
      order: time
    find:
      - {request: "GET /customers?filter=email eq {record.email}", records: value, id: "value[0].id"}
    create: {request: POST /customers, body: "{record}", id: id, record: body}
    update: {request: "PATCH /customers/{id}", body: "{record}", id: id, record: body}
    delete: {request: "DELETE /customers/{id}"}
"""

SESSION = """
# A session with cookies, offsets from 1, SQL in the query, sparse updates by a version.
standing: {list: documentation, find: documentation}
settings: {host: {like: erp.example, help: the host}}
base_url: "https://{account.host}/b1s/v2"
auth:
  login:
    request: POST /Login
    body: {CompanyDB: tienda, UserName: "{secret.user}", Password: "{secret.password}"}
    token: cookies.B1SESSION
    keeps: {route: cookies.ROUTEID}
    lives: 30m
  header: {Cookie: "B1SESSION={secret.session}; ROUTEID={secret.route}"}
limit: [10 per 1s]
empty: ""
error: {code: body.error.code, message: body.error.message.value}
resources:
  customer:
    list:
      request: "GET /query?query=select * from Customer where Updated >= '{iso_time(since)}' startposition {page} maxresults 100"
      records: "QueryResponse.Customer || `[]`"
      id: text(id)
      version: updated_at
      page: {offset: 100, first: 1}
      overlap: 10m
    find:
      - {request: "GET /query?query=select * from Customer where email = '{record.email}'", records: "QueryResponse.Customer || `[]`", id: "QueryResponse.Customer[0].id"}
    create: {request: POST /customer, body: {Customer: "{record}"}, id: Customer.id}
    update: {request: POST /customer, body: {Customer: "{merge(record, {id: id, sparse: `true`})}"}, id: Customer.id}
    archive: {request: POST /customer, body: {Customer: {id: "{id}", active: false}}, id: Customer.id}
    restore: {request: POST /customer, body: {Customer: {id: "{id}", active: true}}, id: Customer.id}
"""

FORM = """
# A token in the registered URL, forms in and out, JSON in a form, pages by number, an upsert in its URL.
standing: {events: documentation, upsert: documentation}
receive:
  format: form
  signature: {equals: query.token, secret: url_token}
  events: {event: from_json(body.payload).events}
  topic: event.type
  event_id: [event.uuid]
  at: event.time
base_url: https://api.form.example
auth: {basic: {user: key, password: secret_key}}
limit: [{bucket: 30, refill: 5 per 1s}]
empty: ""
responses:
  - {if: "status == `200` && body.error_code != `null`", then: reject}
resources:
  customer:
    topics: [customer]
    id: text(event.id)
    get: {request: "GET /customers/{id}.json", record: customer, id: text(id), version: updated_at}
    list:
      request: "GET /customers.json?from={unix_seconds(since)}&page={page}&per_page=20"
      records: customers
      id: text(id)
      version: updated_at
      page: {page: 20}
    upsert:
      request: "PUT /customers/{record.email}"
      format: form
      body: {customer: "{record}"}
      id: customer.id
"""

HOOKS = """
# Signed by the vendor's own key; rows that carry the token of the next page; acts that can be looked up.
standing: {signature: spec, send: documentation, verify: documentation}
receive:
  signature:
    ecdsa: p256
    encoding: base64
    header: X-Event-Signature
    over: "{timestamp}{body}"
    timestamp: {header: X-Event-Timestamp, unit: s, within: 10m}
    secret: public_key
  events: {event: body}
  topic: event.type
  event_id: [event.id]
  at: event.created
base_url: https://api.hooks.example
auth: {header: {X-Api-Key: "{secret.api_key}"}}
limit: [10 per 1s, 100 per 1m]
empty: null
resources:
  customer:
    topics: [customer.created, customer.deleted]
    id: event.data.id
    record: event.data
    version: event.data.updated_at
    deleted: event.type == 'customer.deleted'
    list:
      request: "GET /customers?updated_after={unix_millis(since)}&starting_after={page}&limit=100"
      records: data
      id: id
      version: updated_at
      page: {cursor: "has_more && data[-1].id"}
    upsert:
      request: POST /customers
      body: {match: {email: "{record.email}"}, set: "{record}"}
      id: data.id
      bulk:
        request: POST /customers/batch
        body: {items: [{match: {email: "{record.email}"}, set: "{record}", ref: "{key}"}]}
        at: items
        max: 50
        name: ref
        results: {at: "results[?ok]", name: ref, id: data.id}
        errors: {at: "results[?!ok]", name: ref}
    update: {request: "PATCH /customers/{id}", body: {set: "{record}"}, id: data.id}
    merge: {request: "POST /customers/{id}/merge", body: {from: "{other}"}, id: data.id}
  message:
    needs: [customer]
    send: {request: POST /messages, body: {to: "{record.to}", text: "{record.text}", ref: "{key}"}, id: message.id}
    verify: {request: "GET /messages?ref={key}", records: messages, id: "messages[0].id"}
"""

MESSAGE = """
entity: message
out:
  to:   customer.phone
  text: text
tests:
  - name: a word
    out: {text: Hola, customer: {phone: "+573105550147"}}
    expect: {to: "+573105550147", text: Hola}
"""


def webhook(body, headers=None, query=None):
    """A sample event."""
    return {
        "headers": {"content-type": "application/json", **(headers or {})},
        "query": query or {},
        "body": body,
    }


def event(kind, number, **more):
    """One event of HOOKS."""
    data = {**ROW, "id": f"c_0{number}", **more}
    return {"id": f"evt_{number}", "type": kind, "created": 1795184700 + number, "data": data}


PAYLOAD = {
    "events": [
        {"uuid": "5f0c6a10-0000-4000-8000-00000000000a", "type": "customer", "id": 71, "time": 1795184700}
    ]
}

KINDS = {
    "token": {
        "connector": TOKEN,
        "mappings": {"customer": CUSTOMER},
        "events": {
            "customer": webhook(
                {"type": "customer.changed", "at": "2026-11-20T16:10:05Z", "data": ROW}, {"webhook-id": "msg_01a"}
            )
        },
    },
    "session": {
        "connector": SESSION,
        "mappings": {"customer": CUSTOMER},
        "events": {"records/customer.57": {**ROW, "id": "57", "updated_at": "2026-11-20T11:10:05-05:00"}},
    },
    "form": {
        "connector": FORM,
        "mappings": {"customer": CUSTOMER},
        "events": {
            "customer": webhook(
                {"payload": json.dumps(PAYLOAD)}, {"content-type": "application/x-www-form-urlencoded"}
            ),
            "records/customer.71": {"customer": {**ROW, "id": 71}},
        },
    },
    "hooks": {
        "connector": HOOKS,
        "mappings": {"customer": CUSTOMER, "message": MESSAGE},
        "events": {
            "created": webhook([event("customer.created", 1)]),
            "two": webhook([event("customer.created", 2), event("customer.created", 3)]),
            "deleted": webhook([event("customer.deleted", 4)]),
        },
    },
}  # fmt: skip
