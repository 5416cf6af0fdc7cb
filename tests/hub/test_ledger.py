from hypothesis import given
from hypothesis import strategies as st

from hub.ledger import DEPTH, OVERTAKEN, WINDOW, entry, is_echo
from hub.times import from_epoch

NOW = 1_795_000_000.0
AT = from_epoch(NOW)


def test_what_was_written_last_is_an_echo_for_a_day():
    wrote = entry({"email": "ada@correo.example"}, AT)
    assert is_echo(wrote, "email", "ada@correo.example", NOW + WINDOW - 1)
    assert not is_echo(wrote, "email", "ada@correo.example", NOW + WINDOW)


def test_another_value_or_another_field_is_no_echo():
    wrote = entry({"email": "ada@correo.example"}, AT)
    assert not is_echo(wrote, "email", "eva@correo.example", NOW)
    assert not is_echo(wrote, "phone", "ada@correo.example", NOW)
    assert not is_echo({}, "email", "ada@correo.example", NOW)


def test_a_cleared_field_echoes_as_null():
    assert is_echo(entry({"phone": None}, AT), "phone", None, NOW + 1)


def test_the_echo_of_a_write_is_known_although_a_newer_write_overtook_it():
    wrote = entry({"stage": "customer"}, from_epoch(NOW + 1), entry({"stage": "lead"}, AT))
    assert is_echo(wrote, "stage", "lead", NOW + 2)
    assert is_echo(wrote, "stage", "customer", NOW + 2)


def test_a_person_who_sets_the_old_value_again_later_is_no_echo():
    wrote = entry({"stage": "customer"}, from_epoch(NOW + 1), entry({"stage": "lead"}, AT))
    assert not is_echo(wrote, "stage", "lead", NOW + OVERTAKEN)


def test_a_value_written_again_is_the_newest_once_more():
    wrote = entry({"stage": "lead"}, AT)
    wrote = entry({"stage": "customer"}, from_epoch(NOW + 1), wrote)
    wrote = entry({"stage": "lead"}, from_epoch(NOW + 2), wrote)
    assert len(wrote["stage"]) == 2
    assert is_echo(wrote, "stage", "lead", NOW + WINDOW)


def test_fields_that_were_not_written_now_keep_their_ledger():
    wrote = entry({"stage": "lead"}, from_epoch(NOW + 1), entry({"email": "ada@correo.example"}, AT))
    assert is_echo(wrote, "email", "ada@correo.example", NOW + 2)


def test_a_ledger_holds_no_values_and_does_not_grow():
    wrote: dict = {}
    for number in range(20):
        wrote = entry({"email": f"ada{number}@correo.example"}, from_epoch(NOW + number), wrote)
    assert len(wrote["email"]) == DEPTH
    assert "correo" not in str(wrote)


def test_null_members_of_a_composite_do_not_matter():
    wrote = entry({"address": {"line1": "Calle 1", "line2": None}}, AT)
    assert is_echo(wrote, "address", {"line1": "Calle 1", "region": None}, NOW)
    assert not is_echo(wrote, "address", {"line1": "Calle 2"}, NOW)
    assert is_echo(entry({"address": {"line1": None}}, AT), "address", None, NOW)


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=8))
def test_the_last_written_value_is_always_known(values):
    wrote: dict = {}
    for value in values:
        wrote = entry({"stage": value}, AT, wrote)
    assert is_echo(wrote, "stage", values[-1], NOW)
    assert len({mark for mark, _ in wrote["stage"]}) == len(wrote["stage"])


def test_a_member_that_the_destination_does_not_take_but_tells_is_no_news():
    told = {
        "address": {"line1": "Calle 1", "city": "Bogotá"},
        "address.country": "CO",
        "address.region": "DC",
    }
    wrote = entry(told, AT)
    assert is_echo(wrote, "address", {"line1": "Calle 1", "city": "Bogotá", "country": "CO"}, NOW)
    assert is_echo(wrote, "address", {"line1": "Calle 1", "city": "Bogotá"}, NOW)
    assert not is_echo(wrote, "address", {"line1": "Calle 1", "city": "Bogotá", "country": "EC"}, NOW)
    assert not is_echo(wrote, "address", {"line1": "Calle 2", "city": "Bogotá", "country": "CO"}, NOW)
    assert not is_echo(wrote, "address", {"line1": "Calle 1", "country": "CO"}, NOW)
