"""One record of a vendor ↔ its canonical entity."""

import ast
import traceback
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.accounts import Account
from hub.documents import Document, parse
from hub.entity import Entity
from hub.errors import FileError, Place, RecordError
from hub.expressions import compile
from hub.mapping import ABSENT, Consent, Context, Incoming, Mapping, compiler
from hub.mapping.leaves import Leaves
from hub.mapping.tables import Table, resolved

ENTITY = """
name: customer
fields:
  email:      {type: email}
  phone:      {type: phone}
  name:       {type: text}
  stage:      {type: text, values: [lead, buyer]}
  address:    {type: address}
  items:      {type: list, of: {sku: text, price: money}}
  vip:        {type: boolean}
  updated_at: {type: time}
"""
CONTEXT = Context(
    Account("crm.main", "crm", "main", country="CO", time_zone="America/Bogota", settings={"product": "7"}),
    "2026-01-01T00:00:00.000000Z",
)


def mapping(text, empty=ABSENT, entity=ENTITY, name="crm.contact"):
    customer = Entity(parse(entity, "entities/customer.yaml"))
    return Mapping(parse("entity: customer\n" + text, f"mappings/{name}.yaml"), {"customer": customer}, empty)


def read(text, record, **more):
    return mapping(text, **more).inward(record, CONTEXT)


def write(text, fields, customer=None, **more):
    return mapping(text, **more).outward(fields, customer or {}, CONTEXT)


def test_its_name_says_what_it_maps():
    found = mapping("both: {mail: email}\n", name="crm.contact.customer")
    assert (found.name, found.connector, found.resource, found.entity) == (
        "crm.contact.customer",
        "crm",
        "contact",
        "customer",
    )
    assert found.tests == []


BOTH = """
both:
  mail: email
  billing: {phone: phone, city: address.city}
  geo.country: address.country
  kind: {field: stage, lookup: {L: lead, "5": buyer}}
"""


def test_both_is_written_once_and_read_in_both_directions():
    record = {
        "mail": "ADA@correo.example",
        "billing": {"phone": "310 555 0147", "city": "Bogotá"},
        "geo": {"country": "co"},
        "kind": 5,
    }
    fields = {
        "email": "ada@correo.example",
        "phone": "+573105550147",
        "address": {"city": "Bogotá", "country": "CO"},
        "stage": "buyer",
    }
    assert read(BOTH, record).fields == fields
    assert write(BOTH, fields) == {
        "mail": "ada@correo.example",
        "billing": {"phone": "+573105550147", "city": "Bogotá"},
        "geo": {"country": "CO"},
        "kind": "5",
    }
    assert mapping(BOTH).both == {
        "mail": "email",
        "billing.phone": "phone",
        "billing.city": "address.city",
        "geo.country": "address.country",
        "kind": "stage",
    }


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(["ada@correo.example", "b@c.example"]),
        "phone": st.sampled_from(["+573105550147", "+442079460958"]),
        "stage": st.sampled_from(["lead", "buyer"]),
        "address": st.dictionaries(
            st.sampled_from(["city", "country"]), st.sampled_from(["CO", "Cali"]), min_size=1
        ),
    },
)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(FIELDS)
def test_what_is_written_reads_as_what_it_was(fields):
    both = mapping(BOTH)
    record = both.outward(fields, {}, CONTEXT)
    assert both.inward(record, CONTEXT).fields == fields
    assert both.outward(both.inward(record, CONTEXT).fields, {}, CONTEXT) == record


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        ({}, {}),
        ({"mail": None}, {"email": None}),
        ({"mail": ""}, {"email": None}),
        ({"mail": "  "}, {"email": None}),
        ({"mail": "-"}, {"email": None}),
        ({"deep": None}, {"name": None}),
        ({"deep": {}}, {}),
        ({"deep": {"name": None}}, {"name": None}),
        ({"deep": "text"}, {}),
    ],
)
def test_a_key_that_is_there_without_a_value_clears_and_an_absent_one_leaves(record, fields):
    text = "both: {mail: email}\nin: {name: deep.name}\n"
    assert read(text, record, empty="-").fields == fields


def test_false_is_no_value_where_the_vendor_says_so_and_only_there():
    text = "both: {mail: email, vip: vip}\n"
    assert read(text, {"mail": False, "vip": True}, empty=False).fields == {"email": None, "vip": True}
    assert read(text, {"vip": False}, empty=None).fields == {"vip": False}
    assert read("both: {zero: vip}\n", {"zero": 0}, empty=False).fields == {"vip": False}


def test_without_a_word_for_no_value_an_absent_key_still_leaves():
    assert read("both: {mail: email}\n", {"id": 1}).fields == {}


def test_a_computed_null_leaves():
    assert read("in: {name: 'coalesce(a, b)'}\n", {"a": None}).fields == {}
    assert read("in: {name: 'trim(a)'}\n", {"a": ""}).fields == {}


def test_the_parts_of_an_address_are_one_value():
    text = "in: {address.line1: street, address.city: city, address.country: land}\n"
    assert read(text, {"street": "Cra 7", "city": None}).fields == {"address": {"line1": "Cra 7"}}
    assert read(text, {"street": "", "city": None}).fields == {"address": None}
    assert read(text, {}).fields == {}
    nested = "in: {address: {line1: street, city: city}}\n"
    assert read(nested, {"street": "Cra 7", "city": "Cali"}).fields == {
        "address": {"line1": "Cra 7", "city": "Cali"}
    }


def test_the_record_may_sit_deeper_and_the_rest_is_the_payload():
    text = "record: properties\nin: {name: payload.id, email: mail}\n"
    assert read(text, {"id": 7, "properties": {"mail": "a@b.example"}}).fields == {
        "name": "7",
        "email": "a@b.example",
    }


@pytest.mark.parametrize(
    ("text", "record", "line"),
    [
        ("record: properties\n", {"id": 7}, 2),
        ("record: length(id)\n", {"id": 7}, 2),
        ("in: {name: a}\n", ["a"], 1),
        ("in: {name: a}\n", None, 1),
    ],
)
def test_what_is_not_the_record_is_rejected_with_the_line_that_says_so(text, record, line):
    with pytest.raises(RecordError) as caught:
        read(text, record)
    assert caught.value.reason == "not-a-record"
    assert caught.value.place.line == line


def test_a_value_without_normal_form_is_left_out_and_reported():
    incoming = read("in:\n  phone: tel\n  name: a\n", {"tel": "ask me", "a": "Ada"})
    assert incoming.fields == {"name": "Ada"}
    assert incoming.drift == (Place("mappings/crm.contact.yaml", 3, 3),)


def test_a_lookup_that_does_not_list_the_value_leaves_the_field_and_is_reported():
    text = "in:\n  stage: {from: kind, lookup: {L: lead}}\n"
    assert read(text, {"kind": "L"}).fields == {"stage": "lead"}
    assert read(text, {"kind": "X"}).fields == {}
    assert read(text, {"kind": {"a": 1}}).drift == (Place("mappings/crm.contact.yaml", 3, 3),)
    assert read(text, {"kind": None}).drift == ()
    assert read("in: {stage: {from: kind, lookup: {L: lead}, else: buyer}}\n", {"kind": "X"}).fields == {
        "stage": "buyer"
    }


def test_no_value_clears_a_field_with_a_lookup_unless_the_lookup_lists_it():
    text = "both: {kind: {field: stage, lookup: {L: lead}}}\n"
    assert read(text, {"kind": ""}, empty="").fields == {"stage": None}
    assert read(text, {"kind": "-"}, empty="-") == Incoming({"stage": None})
    assert read(text, {"kind": False}, empty=False).fields == {"stage": None}
    assert read("in: {stage: {from: kind, lookup: {'': lead}}}\n", {"kind": ""}).fields == {"stage": "lead"}
    assert read("in: {stage: {from: kind, lookup: {L: lead}, else: buyer}}\n", {"kind": ""}).fields == {
        "stage": "buyer"
    }


def test_an_expression_without_value_leaves_the_field_and_is_reported():
    incoming = read("in: {name: 'money(a, b)'}\n", {"a": "x", "b": "COP"})
    assert (incoming.fields, len(incoming.drift)) == ({}, 1)


@pytest.mark.parametrize(
    ("record", "reason"),
    [({}, "missing-value"), ({"kind": None}, "missing-value"), ({"kind": "X"}, "bad-value")],
)
def test_a_required_leaf_rejects_the_record(record, reason):
    with pytest.raises(RecordError) as caught:
        read("in:\n  stage: {from: kind, lookup: {L: lead}, required: true}\n", record)
    assert (caught.value.reason, caught.value.place.line) == (reason, 3)


@pytest.mark.parametrize(
    ("record", "reason"),
    [({}, "missing-value"), ({"mail": ""}, "missing-value"), ({"mail": "x"}, "bad-value")],
)
def test_a_required_field_rejects_the_record(record, reason):
    entity = ENTITY.replace("{type: email}", "{type: email, required: true}")
    with pytest.raises(RecordError, match="required") as caught:
        read("both: {mail: email}\n", record, entity=entity)
    assert caught.value.reason == reason
    assert "x.example" not in str(caught.value)


ITEMS = """
in:
  items:
    each: {order: orders, line: order.lines}
    fields: {sku: line.sku, price: "money(line.price, currency)", shop: {setting: product}, note: order.note}
"""


def test_a_list_is_built_by_levels_that_keep_the_outer_record_in_sight():
    record = {
        "currency": "COP",
        "orders": [{"note": "n", "lines": [{"sku": "A", "price": 1}, {"sku": "B"}]}, {"lines": []}],
    }
    assert read(ITEMS, record).fields["items"] == [
        {"sku": "A", "price": {"amount": "1.00", "currency": "COP"}, "shop": "7", "note": "n"},
        {"sku": "B", "shop": "7", "note": "n"},
    ]
    assert read(ITEMS, {"orders": None}).fields == {}


CONSENT = """
in: {email: mail}
consent:
  email.marketing:
    address: mail
    state: {from: optout, lookup: {"true": denied, "false": granted}}
    at: changed
  sms.marketing: {address: tel, state: sms}
"""


def test_consent_is_of_an_address_and_not_a_field():
    record = {
        "mail": "Ada@b.example",
        "optout": True,
        "changed": "2026-01-01T00:00:00",
        "tel": "3105550147",
        "sms": "granted",
    }
    assert read(CONSENT, record).consents == (
        Consent("email", "marketing", "email", "ada@b.example", "denied", "2026-01-01T05:00:00.000000Z"),
        Consent("sms", "marketing", "phone", "+573105550147", "granted", None),
    )


@pytest.mark.parametrize(
    ("record", "drift"),
    [
        ({"mail": None, "optout": True}, 0),
        ({"mail": "a@b.example", "optout": None}, 0),
        ({"mail": "a@b.example", "optout": "perhaps"}, 1),
        ({"tel": "3105550147", "sms": "perhaps"}, 1),
        ({"tel": "3105550147", "sms": ["granted"]}, 1),
        ({"tel": "12", "sms": "granted"}, 1),
    ],
)
def test_half_a_consent_is_none(record, drift):
    incoming = read(CONSENT, record)
    assert incoming.consents == ()
    assert len(incoming.drift) == drift


OUT = """
out:
  full_name: trim(name)
  ref: id
  deep: {mail: email, none: vip}
  lines: {each: {item: items}, fields: {code: item.sku, product: {setting: product}}}
  owner: customer.ids.crm
  kind: {from: stage, lookup: {lead: 1x}}
  product: {setting: product}
"""


def test_outwards_keeps_the_nesting_and_leaves_out_what_is_null():
    fields = {"id": "c1", "name": " Ada ", "email": "a@b.example", "items": [{"sku": "A"}], "stage": "buyer"}
    assert write(OUT, fields, {"ids": {"crm": "9"}}) == {
        "full_name": "Ada",
        "ref": "c1",
        "deep": {"mail": "a@b.example"},
        "lines": [{"code": "A", "product": "7"}],
        "owner": "9",
        "product": "7",
    }


def test_the_id_of_a_customer_is_known_from_the_customer():
    assert write("out: {ref: id}\n", {}, {"id": "c1"}) == {"ref": "c1"}


def test_a_cleared_value_is_written_as_the_vendor_says_no_value():
    text = "both: {mail: email, city: address.city}\nout: {name: name, upper: upper(name)}\n"
    fields = {"email": None, "name": None, "address": None}
    assert write(text, fields, empty="") == {"mail": "", "city": "", "name": ""}
    assert write(text, fields, empty=None) == {"mail": None, "city": None, "name": None}
    assert write(text, fields) == {}
    assert write(text, {}, empty="") == {}


def test_a_value_that_the_lookup_does_not_list_is_not_written():
    text = "both: {kind: {field: stage, lookup: {L: lead}}}\nout: {word: {from: stage, lookup: {lead: L}}}\n"
    assert write(text, {"stage": "lead"}) == {"kind": "L", "word": "L"}
    assert write(text, {"stage": "buyer"}) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("out:\n  a: {from: name, required: true}\n", "missing-value"),
        ("out:\n  a: length(vip)\n", "wrong-type-in-length"),
    ],
)
def test_what_cannot_be_written_is_rejected_with_its_line(text, reason):
    with pytest.raises(RecordError) as caught:
        write(text, {"vip": True})
    assert (caught.value.reason, caught.value.place.line) == (reason, 3)


def test_a_member_that_an_address_no_longer_has_is_cleared_there():
    text = "both: {street: address.line1, city: address.city}\n"
    assert write(text, {"address": {"city": "Cali"}}, empty="") == {"street": "", "city": "Cali"}
    assert write(text, {"address": {"city": "Cali"}}) == {"city": "Cali"}


def test_what_was_written_is_told_back_by_the_fields_of_both():
    text = "both: {mail: email, tel: phone}\nin: {name: mail}\n"
    assert mapping(text).told_back({"mail": "Ada@b.example"}, CONTEXT) == {
        "email": "ada@b.example",
        "phone": None,
    }


def test_a_blank_part_of_an_address_is_none_and_a_blank_address_clears():
    text = "both: {zip: address.postcode, city: address.city}\n"
    assert read(text, {"zip": "  "}) == Incoming({"address": None})
    assert read(text, {"zip": "  ", "city": "Cali"}).fields == {"address": {"city": "Cali"}}


@pytest.mark.parametrize("value", ["x" * 100_001, {"a": "x" * 200_000}, ["x" * 60_000] * 2])
def test_a_value_that_no_item_of_the_table_could_hold_rejects_the_record_with_its_line(value):
    text = "in:\n  name: a\n  items: to_array(b)\n"
    with pytest.raises(RecordError, match="100,000") as caught:
        read(text, {"a": value} if isinstance(value, str) else {"b": value})
    assert (caught.value.reason, caught.value.place.line) == ("too-large", 3 if isinstance(value, str) else 4)


def test_a_leaf_of_the_items_of_a_list_is_reported_with_its_own_line():
    text = "in:\n  items:\n    each: {line: lines}\n    fields:\n      price: money(line.price, 'COP')\n"
    incoming = read(text, {"lines": [{"price": 1}, {"price": "much"}]})
    assert (incoming.fields, [place.line for place in incoming.drift]) == ({}, [6])


def test_a_traceback_points_to_the_line_of_the_mapping():
    text = "in:\n  name: name\n  email: trim(mail)\n"
    broken = mapping(text)
    broken._code["trim"] = lambda value: [][value.boom()]
    broken._code["LOST"] = ()
    with pytest.raises(AttributeError) as caught:
        broken.inward({"mail": "x"}, CONTEXT)
    lines = [frame.line for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert any(line.endswith("# mappings/crm.contact.yaml:4") for line in lines)


def test_levels_may_stand_deeper_than_pythons_blocks():
    text = "in: {items: {each: {a: xs, b: xs, c: xs, d: xs, e: xs, f: a.y}, fields: {sku: f.z, note: f}}}\n"
    assert read(text, {"xs": [{"y": [{"z": "deep"}]}]}).fields["items"] == [
        {"sku": "deep", "note": {"z": "deep"}}
    ]


def test_levels_that_stand_beside_each_other_are_bounded():
    text = "in: {items: {each: {a: xs, b: xs, c: xs, d: xs}, fields: {sku: a}}}\n"
    assert len(read(text, {"xs": ["1", "2"]}).fields["items"]) == 16
    incoming = read(text, {"xs": ["x"] * 200})
    assert (incoming.fields, len(incoming.drift)) == ({}, 1)


def test_an_expression_too_deep_for_one_function_sees_the_whole_scope():
    deep, inner = "list" + "[*].a" * 9, 1
    for _ in range(9):
        inner = [{"a": inner}]
    found = read(f"in: {{items: '{deep}'}}\n", {"list": inner}).fields["items"]
    assert found == compile(deep)({"list": inner})
    document = mapping(f"in: {{items: '{deep}'}}\n").document
    assert "def inward_apart" in compiler.module(document, Leaves(document.data), ABSENT)


def test_a_lookup_may_be_a_table_in_a_file_of_its_own():
    table = parse('vendor,ours\nL,lead\n"B, c",buyer\n\n', "mappings/stages.csv")
    text = "both: {kind: {field: stage, lookup: stages}}\nin: {name: {from: lookup, lookup: none}}\n"
    document = resolved(
        parse("entity: customer\n" + text, "mappings/crm.contact.yaml"), {"stages": Table(table.data)}
    )
    found = Mapping(document, {"customer": Entity(parse(ENTITY, "entities/customer.yaml"))})
    assert found.inward({"kind": "B, c", "lookup": "x"}, CONTEXT).fields == {"stage": "buyer"}
    assert found.outward({"stage": "lead"}, {}, CONTEXT) == {"kind": "L"}
    assert [point.what for point in replace(found, probe=print).points if "lookup" in point.what] == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a,b\nL,lead\nL,buyer\n", "duplicate-key", 3),
        ("a,b\nL\n", "not-a-table", 2),
        ("a,b\nL,\n", "not-a-table", 2),
        ('a,b\n"L,lead\n', "not-a-table", 2),
        ("a,b\n", "empty-file", 1),
    ],
)
def test_a_table_that_cannot_be_read_says_its_line(text, code, line):
    with pytest.raises(FileError) as caught:
        parse(text, "mappings/stages.csv")
    assert (caught.value.code, caught.value.place.line) == (code, line)


def test_a_leaf_that_fails_leaves_what_others_read_as_it_is():
    text = "in: {email: 'trim(b) | root().a', name: 'trim(a)', phone: 'trim(a)'}\n"
    incoming = read(text, {"a": "Ada", "b": 5})
    assert (incoming.fields, len(incoming.drift)) == ({"name": "Ada"}, 2)


def test_levels_may_be_as_many_as_the_record_has_lists_in_each_other():
    record = {"x": [{"y": [{"y": [{"y": [{"y": [{"s": "A"}, {"s": "B"}]}]}]}]}]}
    text = "in: {items: {each: {a: x, b: a.y, c: b.y, d: c.y, e: d.y}, fields: {sku: e.s}}}\n"
    assert read(text, record).fields["items"] == [{"sku": "A"}, {"sku": "B"}]


def test_a_level_that_is_read_as_a_whole_from_inside_of_a_filter_is_what_it_is():
    text = "in: {items: {each: {a: x}, fields: {sku: a.s, shop: '[`1`][?root().a == `5`] | [0]'}}}\n"
    assert read(text, {"x": [5, {"s": "A"}]}).fields["items"] == [{"shop": 1}, {"sku": "A"}]


@pytest.mark.parametrize(
    ("lines", "reason"), [([{"price": 1}, {}], "missing-value"), ([{"price": "much"}], "bad-value")]
)
def test_a_required_leaf_of_an_item_rejects_the_record_in_both_directions(lines, reason):
    leaf = (
        "items: {each: {line: items}, fields: {price: {from: \"money(line.price, 'COP')\", required: true}}}"
    )
    for part, act in (("in", "inward"), ("out", "outward")):
        mapped = mapping(f"{part}:\n  {leaf}\n")
        with pytest.raises(RecordError) as caught:
            getattr(mapped, act)({"items": lines}, *([{}] if part == "out" else []), CONTEXT)
        assert (caught.value.reason, caught.value.place.line) == (reason, 3)
    assert read(f"in:\n  {leaf}\n", {"items": [{"price": 1}]}).fields["items"][0]["price"]["amount"] == "1.00"


NASTY = '\n"""\nimport os\n#'


def test_no_text_of_a_file_becomes_code():
    words = {"from": "a", "lookup": {NASTY: NASTY}, "else": NASTY}
    data = {
        "entity": "customer",
        "both": {NASTY: "email"},
        "in": {"name": words, "items": {"each": {"line": "x"}, "fields": {NASTY: "line.y"}}},
        "out": {NASTY: {NASTY: "name"}, "set": {"setting": NASTY}},
    }
    text = compiler.module(Document(f"mappings/{NASTY}.yaml", data), Leaves(data), NASTY)
    kinds = {type(one) for one in ast.parse(text).body}
    assert kinds <= {ast.Expr, ast.ImportFrom, ast.Assign, ast.FunctionDef}
    assert not any(isinstance(one, ast.Import) for one in ast.walk(ast.parse(text)))


def test_a_leaf_without_a_value_changes_nothing_that_others_read():
    text = "in: {email: root().a, name: \"a == '' && 'blank'\", phone: 'trim(a)'}\n"
    assert read(text, {"a": ""}).fields == {"name": "blank"}


def test_a_leaf_may_be_the_payload_or_a_level_itself():
    text = (
        "in: {items: {each: {a: x}, fields: {sku: 'a | @', shop: 'payload | y'}}, name: 'payload | @ | y'}\n"
    )
    found = read(text, {"x": ["A"], "y": "z"})
    assert found.fields == {"items": [{"sku": "A", "shop": "z"}], "name": "z"}
    assert write("out: {a: 'customer | @'}\n", {}, {"id": "c"}) == {"a": {"id": "c"}}
