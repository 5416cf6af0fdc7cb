"""Every request that a shipped connector can make is one that the vendor's own OpenAPI file allows.

What is written are the records that the tests inside of the mappings expect. HubSpot's file may not be used
outside of HubSpot; WooCommerce and Odoo publish none: what those take is checked against their documentation,
by the vendors of the demo.
"""

from dataclasses import replace
from typing import NamedTuple

import pytest

from hub.accounts import Account
from hub.catalog import Catalog
from hub.connector import body as bodies
from tests.vendor_check.catalogue import NAMES, entry, specifications, without_documented
from tests.vendor_check.shared import ROOT, VENDORS, needs_shared

READS = ("get", "list")
WRITES = ("upsert", "create", "update", "merge", "archive", "restore", "delete", "send", "verify")
PERSON = {"id": "c-1", "email": "lucia.fernandez@correo.example", "phone": "+573105550147", "ids": {}}
CATALOG = Catalog.read(ROOT)
SPECIFIED = [name for name in NAMES if entry(name, "SPECS") and name in CATALOG.connectors]


class Tally(NamedTuple):
    """Operations of a connector: `valid` of those that are `described` in a file; `guided`: of these, those
    that only the vendor's guide describes, by which the file is amended; `absent`: in no file."""

    valid: int
    described: int
    guided: int
    absent: int


TALLY: dict[str, Tally] = {}
"""What came of each connector that has a file; the summary of a run prints it."""


def account(connector):
    """The connector's account of the files, else one of its settings' examples."""
    mine = [one for one in CATALOG.accounts.values() if one.connector == connector.name]
    like = {name: said.get("like", "x") for name, said in connector.settings.items()}
    one = mine[0] if mine else Account.of(f"{connector.name}.sample", {**like, "country": "CO"})
    return replace(one, base_url=None)


def secrets(connector):
    made = connector.auth.made | set(connector.secret_names)
    texts = {str(like) for like in (connector.data.get("auth") or {}).values() if isinstance(like, str)}
    hosts = {name for name in made if f"secret.{name}" in (connector.base_url or "")}
    return dict.fromkeys(made | texts, "secret") | dict.fromkeys(hosts, "https://vendor.example")


def records(resource):
    """What is written there: record and customer, as the mappings' own tests say; none is one, too."""
    refused = entry(resource.connector, "REFUSED") if resource.connector in NAMES else ()
    told = [
        (test["expect"], _customer(mapping.entity, test["out"]))
        for mapping in CATALOG.mappings_of(resource.connector, resource.name)
        for test in mapping.tests
        if "out" in test and test.get("expect") and test["name"] not in refused
    ]
    return told or [({}, PERSON)]


def _customer(entity, told):
    own = told if entity == "customer" else (told.get("customer") or {})
    return {**PERSON, **own}


def calls(connector):
    """Each call that can be made, with the scopes that it is made from."""
    for resource in connector.resources.values():
        for name in READS:
            if getattr(resource, name):
                yield resource, getattr(resource, name), [({}, PERSON)]
        if resource.list and resource.list.ties:
            yield resource, resource.list.ties, [({}, PERSON)]
        written = [getattr(resource, name, None) for name in WRITES]
        for call in [*filter(None, written), *resource.find]:
            if "request" in call.data:
                yield resource, call, records(resource)
    if connector.subscribing:
        for call in (connector.subscribing.list, connector.subscribing.create, connector.subscribing.delete):
            yield None, call, [({}, PERSON)]


def requests(connector, page):
    for resource, call, told in calls(connector):
        topics = sorted(resource.topics) if resource else sorted(connector.reception.topics)
        for record, customer in told:
            scope = {
                "record": record,
                "id": "101",
                "other": "102",
                "key": "act-1",
                "customer": customer,
                "current": entry(connector.name, "CURRENT"),
                "since": "2026-11-20T00:00:00.000000Z",
                "until": "2026-11-20T00:00:01.000000Z",
                "after": "100",
                "page": _page(call.paging, page),
                "address": "https://hub.example/v1/webhooks/x/y",
                "topics": topics,
                "topic": topics[0] if topics else "",
            }
            yield (
                _place(connector, resource, call),
                call.render(scope, account(connector), secrets(connector)),
            )


def _place(connector, resource, call):
    return f"{connector.name}.{resource.name if resource else 'subscribe'}.{call.name}"


def _page(paging, page):
    """The token of a first page, or of the one after it."""
    if paging.style == "link":
        return None
    if paging.first is None:
        return page
    return paging.first + (paging.size if page and paging.style == "offset" else bool(page))


def decoded(request):
    if request.body is None:
        return None
    kind = request.headers.get("Content-Type", "")
    return bodies.parse("form" if "form" in kind else "json", request.body)


def address(name, request):
    """The address as the vendor's file writes it."""
    url = request.url
    for ours, theirs in entry(name, "WRITTEN").items():
        url = url.replace(ours, theirs)
    return url


def operations(name):
    """The calls of a connector: <connector>.<resource>.<call>."""
    connector = CATALOG.connectors[name]
    return {_place(connector, resource, call) for resource, call, _ in calls(connector)}


def refused(name, files):
    """The calls of which a request is not valid, with what the nearest of the files says against it."""
    told = {}
    for page in (None, "next"):
        for place, request in requests(CATALOG.connectors[name], page):
            body = without_documented(name, decoded(request))
            headers = {**request.headers, **dict.fromkeys(entry(name, "HEADERS"), "")}
            url = address(name, request)
            found = [one.request_problems(request.method, url, headers, body) for one in files]
            if [] not in found:
                told.setdefault(place, min(found, key=lambda one: (_is_absent(one), len(one))))
    return told


def absents(told):
    """Of the calls that are not valid those of which no file knows the operation."""
    return {place for place, problems in told.items() if _is_absent(problems)}


def _is_absent(problems):
    return problems[0].startswith("no operation")


@needs_shared
@pytest.mark.parametrize("name", SPECIFIED)
def test_every_request_is_one_that_the_vendor_describes(name):
    told, made = refused(name, specifications(name)), operations(name)
    absent = absents(told)
    guided = absents(refused(name, [one.plain() for one in specifications(name)])) - absent
    TALLY[name] = Tally(len(made - told.keys()), len(made - absent), len(guided), len(absent))
    assert {place: told[place] for place in told.keys() - entry(name, "ABSENT")} == {}
    assert entry(name, "ABSENT") == absent
    assert made


@needs_shared
@pytest.mark.parametrize(
    ("name", "file", "steps"),
    [
        pytest.param(name, file, steps, id=f"{name}-{'.'.join(steps)}")
        for name in SPECIFIED
        for file, parts in entry(name, "AMENDED").items()
        for steps in parts
    ],
)
def test_an_amendment_is_one_that_the_file_needs(name, file, steps):
    assert file in entry(name, "SPECS")
    assert refused(name, [one.without(steps) for one in specifications(name)]).keys() - entry(name, "ABSENT")


@needs_shared
def test_every_vendor_with_a_file_and_a_connector_here_is_held_to_it():
    used = {file.partition("/")[0] for name in NAMES for file in entry(name, "SPECS")}
    alike = {
        "adobe-commerce": "adobe",
        "business-central": "businesscentral",
        "sap-b1": "sapb1",
        "zoho-crm": "zoho",
    }
    there = {path.name for path in (VENDORS / "specs").iterdir()}
    assert {one for one in there if alike.get(one, one) in CATALOG.connectors} <= used


@pytest.mark.parametrize("name", sorted(CATALOG.connectors))
def test_what_is_said_to_be_verified_is_verified_here(name):
    standing = CATALOG.connectors[name].data.get("standing") or {}
    said = {part for part, by in standing.items() if by == "spec"}
    here = name in NAMES
    if said & {"events", "records"}:
        assert here
        assert entry(name, "BODIES") or entry(name, "PARTS") or entry(name, "EXAMPLES")
    if said - {"events", "records"}:
        assert here
        assert entry(name, "SPECS")
    if "vectors" in standing.values():
        assert here
        assert entry(name, "VECTORS")


def test_a_misspelt_property_would_be_seen():
    if not VENDORS.is_dir():
        pytest.skip("the vendors' files are not here")
    profiles = specifications("klaviyo")[0]
    body = {"data": {"type": "profile", "attributes": {"emial": "x"}}}
    headers = {"revision": "2026-07-15", "content-type": "application/vnd.api+json"}
    url = "https://a.klaviyo.com/api/profile-import"
    empty = {"data": {"type": "profile", "attributes": {}}}
    assert profiles.request_problems("POST", url, headers, empty) == []
    assert profiles.request_problems("POST", url, headers, body)
    assert profiles.request_problems("POST", url, {"content-type": "text/plain"}, body)
    assert profiles.request_problems("POST", url + "?x=1", headers, empty)
    assert profiles.request_problems("POST", "https://a.klaviyo.com/api/nothing", headers, body)
