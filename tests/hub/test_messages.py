"""The text of an event's record: cut out of the message where it stands there as it would be written."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.messages import Event, dumps

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ['"', ',"record":', ',"replay":null', '\\",\\"record\\":{', "{", "}", '"replay":', "é"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(texts | st.sampled_from(["record", "replay", "account"]), inner, max_size=3)
    ),
    max_leaves=8,
)
events = st.builds(
    Event,
    connector=texts,
    account=texts,
    resource=texts,
    topic=texts,
    id=texts,
    event_id=st.lists(texts, min_size=1, max_size=3).map(tuple),
    received_at=texts,
    at=st.none() | texts,
    record=values,
    deleted=st.booleans(),
    via=texts,
    replay=st.none() | texts,
)
law = settings(max_examples=300, deadline=None, derandomize=True)


@law
@given(events)
def test_the_text_of_a_record_is_the_same_whether_it_came_as_a_message_or_is_written_now(event):
    told = Event.loads(event.dumps())
    assert told == event
    assert told.text == event.text == dumps(event.record)
    assert "text" in vars(told), "it was cut out of the message"


@law
@given(events, values)
def test_another_record_has_another_text(event, other):
    told = replace(Event.loads(event.dumps()), record=other)
    assert told.text == dumps(other)


@law
@given(events)
def test_a_message_that_is_written_in_another_way_is_written_again(event):
    told = Event.loads(json.dumps(json.loads(event.dumps())))
    assert "text" not in vars(told)
    assert told.text == dumps(event.record)


@law
@given(events, st.sampled_from([(", ", ": "), (",", ":")]))
def test_a_record_travels_as_its_source_wrote_it(event, separators):
    written = json.dumps(event.record, ensure_ascii=False, separators=separators)
    again = Event.loads(event.as_written(written).dumps())
    assert (again, again.text) == (event, written)
