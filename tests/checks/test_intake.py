"""Mistakes in what a connector says of lists and of subscriptions."""

import shutil
from pathlib import Path

import pytest

from hub.cli import main

HERE = Path(__file__).parent
LIST = """
base_url: https://shop.example
resources:
  customer:
    id: id
    list:
      request: "GET /customers?since={since}"
      {more}
"""
RECEIVE = "receive: {signature: {hmac: sha256, header: X-S, secret: key}, topic: body.topic}"
SUBSCRIBE = f"""
base_url: https://shop.example
{RECEIVE}"""
SUBSCRIBE += """
subscribe:
  list:   {request: "GET /hooks?page={page}", page: {page: 9}, records: all, id: id, address: url, topics: is}
  create: {request: POST /hooks, body: {url: "{address}", is: "{topics}"}, id: id, secret: {key: secret}}
  delete: {request: "DELETE /hooks/{id}"}
resources: {customer: {id: body.id, topics: [told]}}
"""


LOOKING = """
base_url: https://shop.example
resources:
  customer:
    id: id
    {get}
    {call}: {{request: "PUT /customers/{{id}}?v={{current.version}}", id: id}}
"""


def said(folder, capsys, text):
    shutil.copytree(HERE / "base", folder, dirs_exist_ok=True)
    (folder / "connectors/other.yaml").write_text(text, encoding="utf-8")
    mapping = (HERE / "base/mappings/shop.customer.yaml").read_text(encoding="utf-8")
    (folder / "mappings/other.customer.yaml").write_text(mapping.partition("tests:")[0], encoding="utf-8")
    main(["check", "--root", str(folder)])
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("connectors/other.yaml")]


@pytest.mark.parametrize(
    ("more", "mistake"),
    [
        ('ties: {request: "GET /customers?from={since}&to={until}&id={after}"}', "order: time is missing"),
        ('order: time\n      ties: {request: "GET /customers?id={page}"}', "page"),
        ("order: newest", "must be one of time"),
        ('order: time\n      ties: {request: "GET /x", step: soon}', "duration"),
    ],
)
def test_lists(tmp_path, capsys, more, mistake):
    (line,) = said(tmp_path, capsys, LIST.replace("{more}", more))
    assert mistake in line


def test_a_right_subscription_is_no_mistake(tmp_path, capsys):
    assert said(tmp_path, capsys, SUBSCRIBE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "mistake"),
    [
        ("{address}", "{addres}", "unknown-name"),
        ("secret: {key: secret}", "secret: {kee: secret}", "no secret kee"),
        ("base_url: https://shop.example\n", "", "base_url: is missing"),
        ("  delete: {request: \"DELETE /hooks/{id}\"}\n", "", '"delete" is missing'),
        (RECEIVE, "", "receive: is missing"),
    ],
)  # fmt: skip
def test_subscriptions(tmp_path, capsys, right, wrong, mistake):
    assert right in SUBSCRIBE
    lines = said(tmp_path, capsys, SUBSCRIBE.replace(right, wrong))
    assert any(mistake in line for line in lines), lines


GET = 'get: {request: "GET /customers/{id}", id: id}'


@pytest.mark.parametrize("call", ["update", "delete", "archive", "restore", "merge"])
def test_the_current_record_is_in_scope_where_there_is_a_get(tmp_path, capsys, call):
    assert said(tmp_path, capsys, LOOKING.format(get=GET, call=call)) == []
    [told] = said(tmp_path, capsys, LOOKING.format(get="", call=call))
    assert 'there is no "current" here' in told


@pytest.mark.parametrize("call", ["create", "upsert", "send"])
def test_there_is_no_current_record_of_what_is_not_there_yet(tmp_path, capsys, call):
    [told] = said(tmp_path, capsys, LOOKING.format(get=GET, call=call))
    assert 'there is no "current" here' in told
