"""What we wrote, and what of the tellings of a destination only repeats it."""

from hypothesis import given
from hypothesis import strategies as st

from hub.golden import Register
from hub.ledger import DEPTH, OVERTAKEN, Written, entry, fingerprint, mark, read_back
from hub.times import from_epoch

NOW = 1_795_000_000.0
AT = from_epoch(NOW)


def at(seconds):
    return from_epoch(NOW + seconds)


def is_echo(wrote, field, value, after=1.0, held=None, **noted):
    """Whether a value that is told `after` seconds from the write only repeats it."""
    return Written(wrote, **noted).is_echo(field, value, at(after), held)


def told(value, after):
    return Register.of(value, at(after), "e")


def test_what_was_written_last_is_no_news_however_late_it_is_told():
    wrote = entry({"email": "ada@correo.example"}, AT)
    assert is_echo(wrote, "email", "ada@correo.example", 1)
    assert is_echo(wrote, "email", "ada@correo.example", 30 * 86_400)


def test_another_value_or_another_field_is_no_echo():
    wrote = entry({"email": "ada@correo.example"}, AT)
    assert not is_echo(wrote, "email", "eva@correo.example")
    assert not is_echo(wrote, "phone", "ada@correo.example")
    assert not is_echo({}, "email", "ada@correo.example")


def test_a_cleared_field_echoes_as_null():
    assert is_echo(entry({"phone": None}, AT), "phone", None)


def test_a_value_that_somebody_set_back_is_no_echo():
    wrote = entry({"stage": "lead"}, AT)
    later = OVERTAKEN + 1
    assert not is_echo(wrote, "stage", "lead", later + 10, held=told("customer", later))
    assert not is_echo(wrote, "stage", "lead", 30, held=told("customer", 20), at=AT, there=at(1), exact=True)


def test_a_write_that_lands_late_sets_nothing_back():
    """Found by the fleet (seed 47): it was told after what a person had written meanwhile."""
    wrote = entry({"stage": "lead"}, AT)
    assert is_echo(wrote, "stage", "lead", 30, held=told("customer", 20))


def test_an_echo_that_comes_after_newer_news_of_the_same_record_is_one_all_the_same():
    wrote = entry({"stage": "lead"}, AT)
    assert is_echo(wrote, "stage", "lead", 10, held=told("customer", 20))


def test_what_was_told_before_our_write_makes_no_news_of_its_echo():
    wrote = entry({"stage": "lead"}, AT)
    before = told("customer", -20)
    assert is_echo(wrote, "stage", "lead", 10, held=before, seen={"stage": mark(before)})
    assert is_echo(wrote, "stage", "lead", 10, held=before, at=AT, there=at(1), exact=True)


def test_the_echo_of_a_write_is_known_although_a_newer_write_overtook_it():
    wrote = entry({"stage": "customer"}, at(1), entry({"stage": "lead"}, AT))
    assert is_echo(wrote, "stage", "lead", 2)
    assert is_echo(wrote, "stage", "customer", 2)


def test_a_person_who_sets_the_old_value_again_is_no_echo():
    wrote = entry({"stage": "customer"}, at(1), entry({"stage": "lead"}, AT))
    assert is_echo(wrote, "stage", "lead", 1 + OVERTAKEN)
    assert not is_echo(wrote, "stage", "lead", 2 + OVERTAKEN)


def test_where_the_destination_tells_its_own_time_the_second_counts():
    wrote = entry({"stage": "customer"}, at(1), entry({"stage": "lead"}, AT))
    clock = {"at": at(1), "there": at(100), "exact": True}
    assert is_echo(wrote, "stage", "lead", 100, **clock)
    assert not is_echo(wrote, "stage", "lead", 101, **clock)


def test_a_value_written_again_is_the_newest_once_more():
    wrote = entry({"stage": "lead"}, AT)
    wrote = entry({"stage": "customer"}, at(1), wrote)
    wrote = entry({"stage": "lead"}, at(2), wrote)
    assert len(wrote["stage"]) == 2
    assert is_echo(wrote, "stage", "lead", 86_400)


def test_fields_that_were_not_written_now_keep_their_ledger():
    wrote = entry({"stage": "lead"}, at(1), entry({"email": "ada@correo.example"}, AT))
    assert is_echo(wrote, "email", "ada@correo.example", 2)


def test_a_ledger_holds_no_values_and_does_not_grow():
    wrote: dict = {}
    for number in range(20):
        wrote = entry({"email": f"ada{number}@correo.example"}, at(number), wrote)
    assert len(wrote["email"]) == DEPTH
    assert "correo" not in str(wrote)


def test_null_members_of_a_composite_do_not_matter():
    wrote = entry({"address": {"line1": "Calle 1", "line2": None}}, AT)
    assert is_echo(wrote, "address", {"line1": "Calle 1", "region": None})
    assert not is_echo(wrote, "address", {"line1": "Calle 2"})
    assert is_echo(entry({"address": {"line1": None}}, AT), "address", None)


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=8))
def test_the_last_written_value_is_always_known(values):
    wrote: dict = {}
    for value in values:
        wrote = entry({"stage": value}, AT, wrote)
    assert is_echo(wrote, "stage", values[-1])
    assert len({mark for mark, _ in wrote["stage"]}) == len(wrote["stage"])


def test_a_member_that_the_destination_does_not_take_but_tells_is_no_news():
    wrote = entry(
        {
            "address": {"line1": "Calle 1", "city": "Bogotá"},
            "address.country": "CO",
            "address.region": "DC",
        },
        AT,
    )
    assert is_echo(wrote, "address", {"line1": "Calle 1", "city": "Bogotá", "country": "CO"})
    assert is_echo(wrote, "address", {"line1": "Calle 1", "city": "Bogotá"})
    assert not is_echo(wrote, "address", {"line1": "Calle 1", "city": "Bogotá", "country": "EC"})
    assert not is_echo(wrote, "address", {"line1": "Calle 2", "city": "Bogotá", "country": "CO"})
    assert not is_echo(wrote, "address", {"line1": "Calle 1", "country": "CO"})


def test_the_form_that_the_destination_stored_is_an_echo_beside_the_one_that_was_written():
    wrote = read_back(entry({"phone": "+573105550147", "stage": "lead"}, AT), {"phone": "+57 310"})
    assert is_echo(wrote, "phone", "+57 310", 86_400)
    assert is_echo(wrote, "phone", "+573105550147")
    assert wrote["phone"][0][0] == fingerprint("+573105550147")  # what we wanted it to have
    assert not is_echo(wrote, "stage", "+57 310")


def test_a_stored_form_is_known_until_the_destination_stores_another():
    wrote = read_back(entry({"phone": "+573105550147"}, AT), {"phone": "+57 310"})
    wrote = entry({"phone": "+573105550147"}, at(5), wrote)
    assert is_echo(wrote, "phone", "+57 310", 6)
    assert not is_echo(read_back(wrote, {"phone": "+573105550147"}), "phone", "+57 310", 6)


def test_what_was_told_again_after_our_write_was_set_once_more():
    wrote = entry({"stage": "lead"}, AT)
    landed = Written(wrote, {}, AT, at(1), exact=True)
    assert landed.overwrote("stage", at(1)) is None
    assert landed.overwrote("stage", at(2)).at == at(1)
    assert landed.overwrote("email", at(2)) is None
    ours = Written(wrote, {}, AT, at(1))  # by our own clock
    assert ours.overwrote("stage", at(OVERTAKEN)) is None
    assert ours.overwrote("stage", at(2 + OVERTAKEN)).at == at(1)
    assert Written(wrote).overwrote("stage", at(9000)) is None  # it is not known to have landed


def test_what_a_destination_has_is_what_it_told_after_our_write_or_what_we_wrote_after_it_told():
    lead, customer = fingerprint("lead"), fingerprint("customer")
    written = Written(entry({"stage": "lead"}, AT), {}, AT, AT, exact=True)
    assert written.stands("stage", customer, told("customer", 1)) == customer
    assert written.stands("stage", customer, told("customer", -1)) == lead
    assert written.stands("email", customer, told("customer", -1)) == customer  # never written


def test_without_its_own_time_nobody_can_tell_what_a_destination_has_that_told_before_our_write():
    lead, customer = fingerprint("lead"), fingerprint("customer")
    written = Written(entry({"stage": "lead"}, AT))
    assert written.stands("stage", customer, told("customer", OVERTAKEN + 1)) == customer
    assert written.stands("stage", customer, told("customer", OVERTAKEN)) == ""  # its clock may be ahead
    assert written.stands("stage", lead, told("lead", -1)) == lead


def test_an_echo_is_in_doubt_only_where_it_is_of_an_older_value_and_told_after_the_newer_one():
    wrote = entry({"stage": "customer"}, at(1), entry({"stage": "lead"}, AT))
    assert Written(wrote).is_doubtful("stage", "lead", at(2))
    assert not Written(wrote).is_doubtful("stage", "lead", at(1))
    assert not Written(wrote).is_doubtful("stage", "customer", at(2))
    home = entry({"address": {"city": "Bogotá"}, "address.country": "CO"}, AT)
    assert not Written(home).is_doubtful("address", {"city": "Bogotá", "country": "CO"}, at(2))


def test_the_echo_of_a_write_that_overtook_a_change_is_in_doubt_where_the_change_was_heard_after_it():
    wrote, change = entry({"stage": "lead"}, AT), told("customer", -2)
    assert is_echo(wrote, "stage", "lead", 1, held=change)
    assert Written(wrote).is_doubtful("stage", "lead", at(1), change)
    seen = {"stage": mark(change)}
    assert not Written(wrote, seen).is_doubtful("stage", "lead", at(1), change)
    assert not Written(wrote, {}, AT, AT, exact=True).is_doubtful("stage", "lead", at(1), change)


def test_seed_2102_of_two_ledgers_of_one_record_the_later_one_says_what_was_written_last():
    """The record was another customer's before they turned out to be one."""
    older = Written(entry({"name": "Ana"}, at(0)), at=at(0), there=at(0))
    newer = Written(entry({"name": "Eva"}, at(9)), at=at(9), there=at(9))
    both = Written.joined([older, newer])
    assert both.is_last("name", "Eva", at(3600))
    assert not both.is_echo("name", "Ana", at(3600))
    assert both.is_echo("name", "Ana", at(5))
    assert Written.joined([newer, older]) == both


def test_seed_19_while_a_write_has_no_outcome_what_was_there_before_it_is_no_news():
    """The write may never have come; its customer was merged meanwhile, so that nobody settled it."""
    wrote = entry({"name": "Eva"}, at(9), entry({"name": "Ana"}, at(0)))
    unsettled = Written(wrote, at=at(0), there=at(0))
    assert unsettled.is_echo("name", "Ana", at(3600))
    assert unsettled.is_doubtful("name", "Ana", at(3600))
    assert not Written(wrote, at=at(9), there=at(9)).is_echo("name", "Ana", at(3600))
