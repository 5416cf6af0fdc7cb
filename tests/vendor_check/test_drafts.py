"""How many of our requests `hub new connector` proposes from the vendor's own file."""

import re

from hub.proposal.openapi import Api, resources
from tests.vendor_check.catalogue import entry
from tests.vendor_check.shared import VENDORS, needs_shared
from tests.vendor_check.test_requests import CATALOG, SPECIFIED

CALLS = ("get", "list", "upsert", "create", "update", "delete")
FOUND = 0.4
"""Of the requests that connectors make by their vendor's file, so many are proposed as they are."""


def requests(name):
    """METHOD and path, without what stands in braces, of a connector's calls of records."""
    for resource in CATALOG.connectors[name].resources.values():
        for call in CALLS:
            made = getattr(resource, call)
            if made:
                method, _, target = made.data["request"].partition(" ")
                yield f"{resource.name}.{call}", f"{method} {_plain(target.partition('?')[0])}"


def proposed(name):
    found = set()
    for file, prefix in entry(name, "SPECS").items():
        if "webhooks.yaml" in file or file.startswith("cloudevents/"):  # nothing can be asked of these
            continue
        for one in resources(Api.read(VENDORS / "specs" / file)):
            found |= {f"{call.method} {_plain(prefix + call.path)}" for call in one.calls.values()}
    return found


def _plain(path):
    return re.sub(r"\{[^{}]*\}", "{}", path)


def _same(ours, theirs):
    """Ours may begin with what stands in base_url at others."""
    method, _, path = ours.partition(" ")
    told = [one.partition(" ")[2] for one in theirs if one.startswith(f"{method} ")]
    return any(one.endswith(path) or path.endswith(one) for one in told)


@needs_shared
def test_most_requests_of_the_shipped_connectors_are_proposed():
    right, every = {}, 0
    for connector in SPECIFIED:
        theirs = proposed(connector)
        made = dict(requests(connector))
        hits = [call for call, request in made.items() if _same(request, theirs)]
        right[connector] = (len(hits), len(made), sorted(made.keys() - set(hits)))
        every += len(made)
    share = sum(hits for hits, *_ in right.values()) / every
    print(f"{share:.2f} of {every} requests")
    for connector, (hits, made, missing) in right.items():
        print(f"  {connector}: {hits} of {made}; not {', '.join(missing) or 'one'}")
    assert share >= FOUND
