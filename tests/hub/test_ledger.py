"""What we wrote, and what of the tellings of a destination only repeats it."""

from hypothesis import given
from hypothesis import strategies as st

from hub.golden import Register
from hub.ledger import (
    DEPTH,
    OVERTAKEN,
    QUIET,
    RECENT,
    Written,
    entry,
    fingerprint,
    mark,
    read_back,
    remembered,
)
from hub.times import from_epoch

NOW = 1_795_000_000.0
AT = from_epoch(NOW)


def at(seconds):
    return from_epoch(NOW + seconds)


def is_echo(wrote, field, value, after=1.0, held=None, **noted):
    """Whether a value that is told `after` seconds from the write only repeats it."""
    return Written(wrote, **noted).is_echo(field, value, at(after), held)


def there(noted, seconds, *, exact=False):
    """That a write which was noted at a time was there so many seconds after the first."""
    return {"landed": {noted: [at(seconds), exact]}}


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
    assert not is_echo(wrote, "stage", "lead", later + 10, held=told("customer", later), **there(AT, 0))
    assert is_echo(wrote, "stage", "lead", later + 10, held=told("customer", later))  # it may land late
    assert not is_echo(wrote, "stage", "lead", 30, held=told("customer", 20), **there(AT, 1, exact=True))


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
    assert is_echo(wrote, "stage", "lead", 10, held=before, **there(AT, 1, exact=True))


def test_the_echo_of_a_write_is_known_although_a_newer_write_overtook_it():
    wrote = entry({"stage": "customer"}, at(1), entry({"stage": "lead"}, AT))
    assert is_echo(wrote, "stage", "lead", 2)
    assert is_echo(wrote, "stage", "customer", 2)


def test_a_person_who_sets_the_old_value_again_is_no_echo():
    wrote = entry({"stage": "customer"}, at(1), entry({"stage": "lead"}, AT))
    ours = {"landed": {AT: [AT, False], at(1): [at(1), False]}}
    assert is_echo(wrote, "stage", "lead", 1 + OVERTAKEN, **ours)
    assert not is_echo(wrote, "stage", "lead", 2 + OVERTAKEN, **ours)


def test_where_the_destination_tells_its_own_time_the_second_counts():
    wrote = entry({"stage": "customer"}, at(1), entry({"stage": "lead"}, AT))
    clock = {"landed": {AT: [at(99), True], at(1): [at(100), True]}}
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
    assert len({known for known, *_ in wrote["stage"]}) == len(wrote["stage"])


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
    landed = Written(wrote, **there(AT, 1, exact=True))
    assert landed.overwrote("stage", "customer", at(1)) is None
    assert landed.overwrote("stage", "customer", at(2)).at == at(1)
    assert landed.overwrote("email", "customer", at(2)) is None
    ours = Written(wrote, **there(AT, 1))  # by our own clock
    assert ours.overwrote("stage", "customer", at(OVERTAKEN)) is None
    assert ours.overwrote("stage", "customer", at(2 + OVERTAKEN)).at == at(1)
    assert Written(wrote).overwrote("stage", "customer", at(9000)) is None  # it is not known to have landed


def test_what_a_destination_has_is_what_it_told_after_our_write_or_what_we_wrote_after_it_told():
    lead, customer = fingerprint("lead"), fingerprint("customer")
    written = Written(entry({"stage": "lead"}, AT), **there(AT, 0, exact=True))
    assert written.stands("stage", customer, told("customer", 1)) == customer
    assert written.stands("stage", customer, told("customer", -1)) == lead
    assert written.stands("email", customer, told("customer", -1)) == customer  # never written


def test_without_its_own_time_nobody_can_tell_what_a_destination_has_that_told_before_our_write():
    lead, customer = fingerprint("lead"), fingerprint("customer")
    written = Written(entry({"stage": "lead"}, AT), **there(AT, 0))
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
    assert not Written(wrote, **there(AT, 0, exact=True)).is_doubtful("stage", "lead", at(1), change)


def test_seed_2102_of_two_ledgers_of_one_record_the_later_one_says_what_was_written_last():
    """The record was another customer's before they turned out to be one."""
    older = Written(entry({"name": "Ana"}, at(0)), **there(at(0), 0))
    newer = Written(entry({"name": "Eva"}, at(9)), **there(at(9), 9))
    both = Written.joined([older, newer])
    assert both.is_last("name", "Eva", at(3600))
    assert not both.is_echo("name", "Ana", at(3600))
    assert both.is_echo("name", "Ana", at(5))
    assert Written.joined([newer, older]) == both


def test_seed_19_while_a_write_has_no_outcome_what_was_there_before_it_is_no_news():
    """The write may never have come; its customer was merged meanwhile, so that nobody settled it."""
    wrote = entry({"name": "Eva"}, at(9), entry({"name": "Ana"}, at(0)))
    unsettled = Written(wrote, **there(at(0), 0))
    assert unsettled.is_echo("name", "Ana", at(3600))
    assert unsettled.is_doubtful("name", "Ana", at(3600))
    assert not Written(wrote, **there(at(9), 9)).is_echo("name", "Ana", at(3600))


def exactly(**landed):
    """What landed when, by the destination's own clock: noted -> there, in seconds."""
    return {"landed": {at(int(noted[1:])): [at(there), True] for noted, there in landed.items()}}


def test_seed_3537_what_a_record_told_before_our_write_is_its_own_word_although_we_wrote_the_same():
    wrote = entry({"name": "Ana"}, at(100))
    assert not is_echo(wrote, "name", "Ana", 99, **exactly(_100=100))
    assert is_echo(wrote, "name", "Ana", 100, **exactly(_100=100))
    assert is_echo(wrote, "name", "Ana", 99)  # its clock may be behind
    assert not is_echo(wrote, "name", "Ana", 99 - OVERTAKEN)
    assert Written(wrote, **exactly(_100=100)).is_echo("name", "Ana", at(99), timed=False)  # our own time


def test_a_value_that_we_write_again_stays_ours_from_its_first_time_on():
    wrote = entry({"name": "Ana"}, at(9), entry({"name": "Eva"}, at(5), entry({"name": "Ana"}, at(0))))
    assert is_echo(wrote, "name", "Ana", 1, **exactly(_0=1, _5=5, _9=9))
    assert not is_echo(wrote, "name", "Ana", 0, **exactly(_0=1, _5=5, _9=9))


def test_seed_3308_an_older_value_of_ours_is_news_where_the_record_told_another_in_between():
    wrote = entry({"phone": "2"}, at(100), entry({"phone": "1"}, at(0)))
    both = exactly(_0=1, _100=100)
    assert not is_echo(wrote, "phone", "1", 60, held=told("2", 50), **both)
    assert is_echo(wrote, "phone", "1", 40, held=told("2", 50), **both)


def test_seed_12473_a_value_that_was_written_twice_may_land_late_by_the_first_of_them():
    once, again = entry({"name": "Ana"}, at(0)), entry({"name": "Ana"}, at(10))
    wrote = entry({"name": "Eva"}, at(20), Written.joined([Written(once), Written(again)]).wrote)
    assert is_echo(wrote, "name", "Ana", 30, **exactly(_10=10, _20=20))
    assert not is_echo(wrote, "name", "Ana", 30, **exactly(_0=0, _10=10, _20=20))
    assert not is_echo(wrote, "name", "Ana", QUIET + OVERTAKEN + 1, **exactly(_10=10, _20=20))


def test_seed_2042_a_clock_is_known_by_another_write_that_told_its_time():
    """Then a write without an outcome cannot have landed minutes before it was made."""
    wrote = entry({"name": "Eva"}, at(600), entry({"name": "Ana"}, at(0)))
    assert is_echo(wrote, "name", "Eva", 300)
    assert not is_echo(wrote, "name", "Eva", 300, **exactly(_0=1))
    assert is_echo(wrote, "name", "Eva", 530, **exactly(_0=1))
    assert not is_echo(wrote, "name", "Eva", 530, **exactly(_0=60)), "its clock is a minute ahead"


def test_seed_3953_a_write_without_an_outcome_may_land_after_the_next_one():
    wrote = entry({"name": "Eva"}, at(10), entry({"name": "Ana"}, at(0)))
    next_landed = exactly(_10=10)
    assert is_echo(wrote, "name", "Ana", 30, **next_landed)
    assert Written(wrote, **next_landed).is_doubtful("name", "Ana", at(30))
    assert not is_echo(wrote, "name", "Ana", QUIET + OVERTAKEN + 1, **next_landed)
    assert not is_echo(wrote, "name", "Ana", 30, **exactly(_0=1, _10=10))


def test_seed_6486_what_stood_there_again_was_set_back_where_we_wrote_nothing_in_between():
    wrote = entry({"name": "Ana"}, at(90), entry({"name": "Ana"}, at(0)))
    both = Written(wrote, **exactly(_0=1, _90=90))
    assert both.was_silent("name", at(20), at(80))
    assert not both.was_silent("name", at(20), at(90))
    assert not both.was_silent("name", at(0), at(80))
    assert not both.is_echo("name", "Ana", at(80), told("Eva", 20))
    assert both.is_echo("name", "Ana", at(90), told("Eva", 20))


def test_seed_7366_a_write_that_is_answered_with_an_older_time_changed_nothing():
    """Somebody had set what we wrote already: that version of the record is no write of ours."""
    wrote = entry({"phone": "1"}, at(200), entry({"phone": "1"}, at(0)))
    void = Written(wrote, **exactly(_0=1, _200=100))
    assert void.stood("phone", "1", at(100))
    assert void.was_silent("phone", at(50), at(100))
    written = Written(wrote, **exactly(_0=1, _200=201))
    assert not written.stood("phone", "1", at(201)), "this is our own"
    assert not written.was_silent("phone", at(50), at(201))
    wrote = entry({"phone": "2"}, at(200), entry({"phone": "1"}, at(0)))
    assert not is_echo(wrote, "phone", "2", 100, **exactly(_0=1, _200=100))


def test_a_creation_without_an_answer_landed_before_a_later_write_told_its_time():
    wrote = entry({"phone": "1"}, at(QUIET + 5), entry({"phone": "1"}, at(0)))
    later = {"landed": {at(QUIET + 5): [at(1), True]}}
    assert not is_echo(wrote, "phone", "1", 301, held=told("2", 300), **later)
    soon = {"landed": {at(QUIET + 5): [at(1), False]}}
    assert is_echo(wrote, "phone", "1", 301, held=told("2", 300), **soon)


def test_seed_299_each_write_of_a_record_is_one_of_all_its_fields():
    """The value was written again and again; of what came between its first and last time the log tells."""
    wrote = entry({"phone": "1"}, at(90), entry({"phone": "1"}, at(50), entry({"phone": "1"}, at(0))))
    assert not Written(wrote, **exactly(_0=1, _50=50, _90=90)).was_silent("phone", at(20), at(80))
    assert is_echo(wrote, "phone", "1", 80, held=told("2", 20), **exactly(_0=1, _50=50, _90=90))


def test_what_is_no_longer_known_of_our_writes_sets_nothing_back():
    many = {f"_{noted}": noted for noted in range(50, 50 + RECENT)}
    wrote = entry({"phone": "1"}, at(90), entry({"phone": "1"}, at(0)))
    assert is_echo(wrote, "phone", "1", 40, held=told("2", 20), **exactly(_0=1, **many))
    assert not Written(wrote, **exactly(_0=1, **many)).was_silent("phone", at(20), at(40))


def test_of_what_landed_the_last_writes_are_kept_and_those_that_the_values_speak_of():
    landed = {at(number): [at(number), True] for number in range(20)}
    kept = remembered(landed, {"phone": [[fingerprint("1"), at(9), at(3)]]})
    assert list(kept) == [at(3), at(9), *(at(number) for number in range(20 - RECENT, 20))]


def test_an_item_from_before_is_read_as_it_is():
    form = fingerprint("+57 310")
    wrote = {"phone": [[fingerprint("+573105550147"), AT, form]]}
    written = Written.of({"wrote": wrote, "landed": [AT, at(1), True]})
    assert written.is_echo("phone", "+57 310", at(1))
    assert not written.is_echo("phone", "+57 310", at(0))
    assert written.stood("phone", "+57 310", at(2))
