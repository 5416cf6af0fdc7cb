"""What is proposed for names, types and values, and how sure that is."""

from pathlib import Path

import pytest

from hub.accounts import Account
from hub.documents import parse, read
from hub.entity import Entity
from hub.proposal.fitness import NEVER, PLAUSIBLE, PROVEN, UNSEEN, fitness
from hub.proposal.material import Material
from hub.proposal.names import likeness, words
from hub.proposal.proposal import propose

ROOT = Path(__file__).parents[3]
ACCOUNT = Account.of("shop.co", {"country": "CO", "time_zone": "America/Bogota"})
ENTITY = """
name: {name}
fields:
  email:       {{type: email}}
  phone:       {{type: phone}}
  given_name:  {{type: text}}
  family_name: {{type: text}}
  address:     {{type: address}}
  locale:      {{type: language}}
  stage:       {{type: text, values: [lead, customer]}}
  vip:         {{type: boolean}}
  tags:        {{type: list}}
  number:      {{type: text}}
  total:       {{type: money}}
  items:       {{type: list, of: {{sku: text, name: text, quantity: number, price: money}}}}
  placed_at:   {{type: time}}
  created_at:  {{type: time}}
  birth_date:  {{type: date}}
  url:         {{type: text}}
  extra:       {{type: object}}
"""


def entity(name="customer"):
    return Entity(parse(ENTITY.format(name=name), f"entities/{name}.yaml"))


def choices(*records, name="customer", empty=None):
    return {one.offer.target: one for one in propose(records, entity(name), ACCOUNT, empty).choices}


def lines(*records, **options):
    """What is proposed as a line, by field."""
    return {
        target: one.offer.source for target, one in choices(*records, **options).items() if one.offer.stands
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("firstName", ("first", "name")),
        ("FECHA_DE_CREACIÓN", ("fecha", "creacion")),
        ("address1", ("address", "1")),
        ("date_modified_gmt", ("date", "modified")),
        ("HTMLBody", ("html", "body")),
        ("de", ("de",)),
    ],
)
def test_names_are_taken_apart(name, said):
    assert words(name) == said


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("email", ("correo",)),
        ("email", ("customer_email",)),
        ("phone", ("celular",)),
        ("family_name", ("apellidos",)),
        ("family_name", ("lastname",)),
        ("tax_id", ("cedula",)),
        ("tax_id", ("NIT",)),
        ("address.postcode", ("cep",)),
        ("address.postcode", ("codigoPostal",)),
        ("address.region", ("uf",)),
        ("address.region", ("departamento",)),
        ("given_name", ("name", "first")),
        ("total", ("total_price", "amount")),
        ("family_name", ("famly_name",)),
        ("unheard_of", ("unheardOf",)),
    ],
)
def test_names_are_known_in_three_languages(field, path):
    assert likeness(field, path, "customer") >= 0.65


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("total", ("total_tax",)),
        ("phone", ("phone_type",)),
        ("tax_id", ("id",)),
        ("email", ("name",)),
        ("address.region", ("province_code",)),
    ],
)
def test_names_of_other_things_are_not_taken(field, path):
    assert likeness(field, path) < 0.4


@pytest.mark.parametrize(
    ("type", "value", "fit"),
    [
        ("email", "ada@correo.example", PROVEN),
        ("email", "Ada", NEVER),
        ("email", True, NEVER),
        ("phone", "310 555 0147", PROVEN),
        ("phone", 3105550147, PROVEN),
        ("phone", "12345678", PLAUSIBLE / 2),
        ("phone", "Ada", NEVER),
        ("time", 1795184700, PROVEN),
        ("time", "soon", NEVER),
        ("date", "1990-01-02", PROVEN),
        ("money", "19.90", PLAUSIBLE),
        ("money", "much", NEVER),
        ("number", 2, PLAUSIBLE),
        ("country", "CO", PROVEN),
        ("country", "Gondor", PLAUSIBLE / 2),
        ("country", 57, NEVER),
        ("language", "es-CO", PROVEN),
        ("language", "Spanish, mostly", NEVER),
        ("boolean", False, PROVEN),
        ("boolean", "x", NEVER),
        ("list", ["a"], PLAUSIBLE),
        ("list", [{"a": 1}], NEVER),
        ("list", "a, b", PLAUSIBLE),
        ("object", {}, NEVER),
        ("text", "Ada", PLAUSIBLE),
        ("text", 7, PLAUSIBLE),
        ("text", True, NEVER),
        ("text", "ada@correo.example", NEVER),
    ],
)
def test_values_say_what_they_can_be(type, value, fit):
    fields = entity().fields
    one = next(
        (field for field in fields.values() if field.type == type and not field.values), fields["given_name"]
    )
    assert fitness(one, type, [value], ACCOUNT) == fit


def test_a_value_that_was_never_seen_proves_nothing():
    assert fitness(entity().fields["email"], "email", [], ACCOUNT) == UNSEEN


def test_an_email_is_known_by_its_form_where_there_is_only_one():
    assert lines({"handle": "ada@correo.example"}) == {"email": "handle"}
    assert lines({"handle": "ada@correo.example", "boss": "bea@correo.example"}) == {}


def test_the_address_is_of_one_object_and_not_where_things_are_sent():
    parts = {"address_1": "Calle 1", "city": "Cali", "country": "CO"}
    found = lines({"state": "active", "shipping": {**parts, "zip": "1"}, "billing": parts})
    assert found == {
        "address.line1": "billing.address_1",
        "address.city": "billing.city",
        "address.country": "billing.country",
    }


def test_a_code_of_a_country_is_better_than_its_name():
    record = {"address": {"street": "Calle 1", "country": "Colombia", "country_code": "CO"}}
    assert lines(record)["address.country"] == "address.country_code"


def test_a_name_alone_is_a_given_name_only_beside_a_family_name():
    assert "given_name" not in lines({"nombre": "Ada Gil", "email": "ada@correo.example"})
    assert lines({"nombre": "Ada", "email": "ada@correo.example"})["given_name"] == "nombre"
    beside = choices({"nombre": "Ada Inés", "apellidos": "Gil"})
    assert beside["given_name"].offer.likely > 0.75


def test_an_amount_takes_the_nearest_currency():
    assert lines({"total": "9.90", "currency": "COP"}, name="order")["total"] == "money(total, currency)"
    record = {"currency": "USD", "total": {"amount": "9.90", "currency": "COP"}}
    assert lines(record, name="order")["total"] == "money(total.amount, total.currency)"


def test_an_amount_without_a_currency_is_only_a_comment():
    found = choices({"total": "9.90"}, name="order")["total"]
    assert (found.offer.sure, found.offer.why) == (False, "name, no currency beside it")


def test_cents_are_known_by_name_and_suspected_where_whole_amounts_have_their_own_currency():
    by_name = choices({"total_cents": 990, "currency": "COP"}, name="order")["total"].offer
    assert by_name.source == "minor(total_cents, currency)"
    own = choices({"total": {"amount": 990, "currency": "COP"}}, name="order")["total"].offer
    assert own.source == "minor(total.amount, total.currency)"
    assert own.likely < 0.85


def test_lists_of_objects_become_items_with_the_outer_currency():
    record = {"moneda": "COP", "productos": [{"codigo": "A", "cantidad": 1, "precio": 2}, {"nota": "x"}]}
    (one,) = [one for target, one in choices(record, name="order").items() if target == "items"]
    assert one.offer.source == "productos"
    assert {item.target: item.source for item in one.offer.items} == {
        "sku": "line.codigo",
        "quantity": "line.cantidad",
        "price": "money(line.precio, moneda)",
    }
    assert "items" not in lines({"items": [{"codigo": "A"}]}, name="order")


def test_words_become_a_lookup_of_those_that_were_seen():
    found = choices({"stage": "LEAD"}, {"stage": "customer"})["stage"]
    assert (found.offer.sure, found.offer.lookup) == (True, {"LEAD": "lead", "customer": "customer"})
    strange = choices({"stage": "hot"})["stage"]
    assert (strange.offer.sure, strange.offer.lookup) == (False, {"hot": "?"})
    unseen = choices({"stage": None})["stage"]
    assert unseen.offer.lookup is None


VISITS = {
    "cita": (
        {
            "id": 31,
            "tipo_cita": "corte",
            "sede": "Norte",
            "empleado": "Elsa Rangel",
            "empleado_id": 7,
            "inicio": "2026-11-21T10:00:00-05:00",
            "fin": "2026-11-21T10:45:00-05:00",
            "estado": "cumplida",
            "observaciones": "llega tarde",
            "creada": "2026-11-19T08:00:00-05:00",
            "cambiada": "2026-11-20T09:00:00-05:00",
        },
        {
            "kind": "tipo_cita",
            "place": "sede",
            "agent": "empleado",
            "visited_at": "inicio",
            "outcome": "estado",
            "notes": "observaciones",
            "created_at": "creada",
            "updated_at": "cambiada",
        },
    ),
    "appointment": (
        {
            "appointmentId": "a-1",
            "appointmentType": "haircut",
            "location": "North",
            "staffMember": "Elsa Rangel",
            "startTime": "2026-11-21T15:00:00Z",
            "endTime": "2026-11-21T15:45:00Z",
            "appointmentStatus": "attended",
            "comments": "comes late",
            "createdAt": "2026-11-19T13:00:00Z",
            "lastModified": "2026-11-20T14:00:00Z",
        },
        {
            "kind": "appointmentType",
            "place": "location",
            "agent": "staffMember",
            "visited_at": "startTime",
            "outcome": "appointmentStatus",
            "notes": "comments",
            "created_at": "createdAt",
            "updated_at": "lastModified",
        },
    ),
}


@pytest.mark.parametrize("name", sorted(VISITS))
def test_appointments_are_visits_that_begin_somewhere_with_somebody(name):
    record, truth = VISITS[name]
    visit = Entity(read(ROOT / "entities/visit.yaml", ROOT))
    found = {
        one.offer.target: one.offer.source
        for one in propose([record], visit, ACCOUNT).choices
        if one.offer.stands
    }
    assert found == truth


def test_values_are_converted_where_they_have_to_be():
    record = {"created_gmt": "2026-11-20T10:00:00", "tags": "a, b", "phone": "5491123456789"}
    assert lines(record) == {
        "created_at": "time(created_gmt, 'UTC')",
        "tags": "split(tags, ', ')",
        "phone": "concat('+', phone)",
    }
    assert lines({"tags": "a,b"}) == {"tags": "split(tags, ',')"}
    assert lines({"tags": ["a", "b"]}) == {"tags": "tags"}


def test_two_fields_do_not_read_one_path_but_times_may():
    found = lines({"created_at": "2026-11-20T10:00:00Z", "first_name": "Ada"})
    assert found == {"created_at": "created_at", "placed_at": "created_at", "given_name": "first_name"}


def test_what_belongs_to_something_else_is_no_line():
    record = {"a": 1, "b": 2, "c": 3, "order": {"number": "N1"}, "payment": {"email": "ada@correo.example"}}
    found = choices(record)
    assert not found["number"].offer.sure
    assert not found["email"].offer.sure


def test_names_that_are_no_words_are_quoted():
    assert lines({"e-mail": "ada@correo.example"}) == {"email": '"e-mail"'}


def test_a_connectors_empty_is_no_value():
    unseen = choices({"phone": False}, empty=False)["phone"].offer
    assert (unseen.why, unseen.sure, unseen.stands) == ("name, no value seen", True, False)
    assert "phone" not in choices({"phone": False})


def test_the_home_of_a_record_is_the_object_that_holds_most():
    inner = {f"field_{number}": number for number in range(9)}
    assert Material.of([{"id": 1, "data": {"attributes": inner}}]).home == ("data", "attributes")
    assert Material.of([{"id": 1, "a": 2, "b": 3, "c": 4, "address": inner}]).home == ()


def test_data_as_keys_and_endless_nesting_are_passed_over():
    deep = {"a": {}}
    inner = deep["a"]
    for _ in range(50):
        inner["a"] = {}
        inner = inner["a"]
    assert Material.of([{"by": {"77": {"x": 1}}}, deep]).scalars == {}


def test_endless_records_are_looked_at_in_part():
    wide = {
        "email": "ada@correo.example",
        **{f"field_{number:05}": "x@correo.example" for number in range(20_000)},
    }
    assert len(Material.of([wide]).scalars) == 2_000
    assert (
        lines({"email": "ada@correo.example", "rows": [{f"k{n}": n} for n in range(3_000)]})["email"]
        == "email"
    )


def test_fields_nobody_reads_and_nothing_was_found_for_are_told():
    found = propose([{"email": "ada@correo.example", "odd": [1], "x": {"y": True}}], entity(), ACCOUNT)
    assert "phone" in found.missing
    assert found.unread == (("x", "y"), ("odd",))


def test_doubted_lines_become_comments():
    found = propose([{"email": "ada@correo.example"}], entity(), ACCOUNT).doubting(["email"])
    (one,) = found.choices
    assert (one.offer.sure, one.offer.why) == (False, "name and value, but not understood")
