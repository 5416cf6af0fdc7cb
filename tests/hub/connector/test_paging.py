import json

import pytest

from hub.connector import HttpResponse
from hub.connector.paging import Paging
from hub.errors import RecordError

ASKED = "https://shop.example/orders?page_info=1"


def response(body=None, link=""):
    return HttpResponse(200, {"link": link}, json.dumps(body).encode())


def test_a_list_without_pages_ends_at_once():
    assert Paging.of(None).after(None, response(), [1], ASKED) is None


@pytest.mark.parametrize(
    ("written", "first"), [("link", None), ({"cursor": "next"}, None), ({"offset": 2}, 0), ({"page": 2}, 1)]
)
def test_each_style_has_a_first_page(written, first):
    assert Paging.of(written).first == first


def test_offsets_go_on_by_their_size_until_a_page_is_not_full():
    paging = Paging.of({"offset": 2})
    assert paging.after(0, response(), [1, 2], ASKED) == 2
    assert paging.after(2, response(), [1, 2], ASKED) == 4
    assert paging.after(4, response(), [1], ASKED) is None


def test_numbers_go_on_by_one():
    paging = Paging.of({"page": 2})
    assert paging.after(1, response(), [1, 2], ASKED) == 2
    assert paging.after(2, response(), [], ASKED) is None


@pytest.mark.parametrize("body", [{}, {"next": None}, {"next": ""}, {"next": False}, {"next": "same"}])
def test_a_cursor_ends_where_none_is_given_or_the_same(body):
    assert Paging.of({"cursor": "next"}).after("same", response(body), [1], ASKED) is None


def test_a_cursor_goes_on_with_what_is_given():
    assert (
        Paging.of({"cursor": "paging.next.after"}).after(
            None, response({"paging": {"next": {"after": "9"}}}), [], ASKED
        )
        == "9"
    )


@pytest.mark.parametrize("told", ["/orders?page_info=2", "https://shop.example/orders?page_info=2"])
def test_a_link_may_stand_in_the_body_whole_or_from_the_hosts_root(told):
    paging = Paging.of({"link": "links.next"})
    found = paging.after(None, response({"links": {"next": told}}), [], ASKED)
    assert found == "https://shop.example/orders?page_info=2"


@pytest.mark.parametrize("told", [None, "", 7, ASKED])
def test_a_link_in_the_body_ends_where_none_is_given_or_the_same(told):
    assert (
        Paging.of({"link": "links.next"}).after(None, response({"links": {"next": told}}), [], ASKED) is None
    )


def test_a_link_in_the_body_leads_to_no_other_host():
    with pytest.raises(RecordError, match="another host"):
        Paging.of({"link": "next"}).after(None, response({"next": "//elsewhere.example/"}), [], ASKED)


def test_rows_may_be_counted_from_one():
    paging = Paging.of({"offset": 2, "first": 1})
    assert paging.first == 1
    assert paging.after(None, response(), [1, 2], ASKED) == 3
    assert paging.after(3, response(), [1], ASKED) is None


def test_a_link_goes_on_at_the_same_host():
    link = f'<{ASKED}>; rel="previous", <https://shop.example/orders?page_info=2>; rel="next"'
    assert (
        Paging.of("link").after(None, response(link=link), [], ASKED)
        == "https://shop.example/orders?page_info=2"
    )


@pytest.mark.parametrize(
    "link", ["", '<https://shop.example/o>; rel="previous"', f'<{ASKED}>; rel="next"', "<>"]
)
def test_links_end_where_none_is_next(link):
    assert Paging.of("link").after(None, response(link=link), [], ASKED) is None


@pytest.mark.parametrize(
    "link", ["https://evil.example/orders", "http://shop.example/orders", "//evil.example/orders"]
)
def test_a_link_to_another_place_is_refused(link):
    with pytest.raises(RecordError, match="foreign-page"):
        Paging.of("link").after(None, response(link=f'<{link}>; rel="next"'), [], ASKED)
