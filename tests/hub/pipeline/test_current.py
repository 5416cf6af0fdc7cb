"""Vendors who want a write to name the record's present version: it is asked for just before."""

import json

import pytest

from hub.connector import HttpResponse
from tests.hub.pipeline.delivering import ADA, ERP, FILES, World, ada, project, tell
from tests.hub.pipeline.delivery_vendors import Vendors, answer

PARTNER = """
base_url: https://erp.example
auth: {bearer: token}
responses:
  - {if: status == `412`, then: retry}
resources:
  partner:
    id: text(id)
    get: {request: "GET /partners/{id}", record: partner, id: id}
    find:
      - request: POST /partners/search
        body: {match: "email:{record.email}"}
        records: found
        id: found[0].id
    create: {request: POST /partners, body: {record: "{record}"}, id: id}
    update:
      request: "PUT /partners/{id}"
      headers: {If-Match: "{current.etag}"}
      body: {record: "{record}"}
      id: id
  sale: {create: {request: POST /sales, body: {record: "{record}"}, id: id}}
  note: {send: {request: POST /notes, body: {record: "{record}"}, id: id}}
"""


class Careful(Vendors):
    """Takes an update of a partner only with the mark of its present version."""

    edits = 0
    others = 0
    """Edits of somebody else that come between a read and the next write."""

    def _erp(self, request, path, body):
        if request.method == "GET":
            held = self.partners.get(path[1])
            return (
                answer(404) if held is None else answer(200, {"partner": {**held, "etag": self._etag(held)}})
            )
        if request.method == "PUT":
            return self._put(request, path[1], body)
        return super()._erp(request, path, body)

    def _put(self, request, id, body) -> HttpResponse:
        if self.others:
            self.others -= 1
            self.partners[id]["edited"] = self.edits = self.edits + 1
        if id in self.partners and request.headers["If-Match"] != self._etag(self.partners[id]):
            return answer(412)
        return super()._erp(request, ["partners", id], body)

    def _etag(self, held):
        return f'W/"{len(json.dumps(held))}"'


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return project(tmp_path_factory.mktemp("careful"), {**FILES, "connectors/erp.yaml": PARTNER})


@pytest.fixture
def world(catalog):
    world = World(catalog)
    world.vendors = world.hub.client = Careful(world.clock)
    ada(world)
    world.deliver()
    world.vendors.asked.clear()
    return world


def renamed(world, name="Augusta"):
    world.entity("customer", "c-1", relay="never", **{**ADA, "given_name": name})
    return tell(world, ERP)


def erp(world):
    return [(method, url.rpartition("/")[2]) for method, url, _ in world.vendors.asked]


def test_the_record_is_asked_for_just_before_it_is_updated(world):
    assert renamed(world) == "done"
    assert erp(world) == [("GET", "e1"), ("PUT", "e1")]
    assert world.vendors.partners["e1"]["name"] == "Augusta"


def test_what_somebody_changed_in_between_is_not_lost_but_the_write_is_repeated_over_it(world):
    world.vendors.others = 1
    assert renamed(world).startswith("parked")
    assert world.vendors.partners["e1"]["name"] == "Ada"
    world.now += 60
    assert tell(world, ERP) == "done"
    assert world.vendors.partners["e1"] == {**world.vendors.partners["e1"], "name": "Augusta", "edited": 1}


def test_a_record_that_is_gone_is_found_or_created_again(world):
    del world.vendors.partners["e1"]
    assert renamed(world) == "done"
    assert erp(world) == [("GET", "e1"), ("POST", "search"), ("POST", "partners")]


def test_a_hit_of_a_search_is_asked_for_before_it_is_updated_too(world):
    world.vendors.partners["e7"] = world.vendors.partners.pop("e1")
    assert renamed(world) == "done"
    assert erp(world) == [("GET", "e1"), ("POST", "search"), ("GET", "e7"), ("PUT", "e7")]


def test_the_first_call_of_an_update_is_the_one_that_looks(catalog):
    from hub.pipeline.deliver.target import Target

    target = Target.find(catalog, "erp.main.partner")
    assert target.begins(known=True) is target.resource.get
    assert target.begins(known=False) is target.resource.find[0]
