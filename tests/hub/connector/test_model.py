from hub.connector import Connector
from hub.documents import parse

CHAT = """
channel: whatsapp
base_url: https://chat.example
auth: {header: {Authorization: "Bearer {secret.access_token} {secret.other}"}}
limit: [80 per 1s, 10 at once]
empty: ""
settings: {phone: {like: "57"}}
receive:
  handshake: {if: "`true`", token: query.t, secret: verify_token}
  signature: {hmac: sha256, header: X-S, secret: app_secret}
resources: {message: {topics: [messages]}}
"""


def test_a_connector_says_what_its_file_says():
    chat = Connector(parse(CHAT, "connectors/chat.yaml"))
    assert (chat.name, chat.channel, chat.base_url, chat.empty) == (
        "chat",
        "whatsapp",
        "https://chat.example",
        "",
    )
    assert (chat.settings, list(chat.resources)) == ({"phone": {"like": "57"}}, ["message"])
    assert ([limit.name for limit in chat.limits], chat.at_once) == (["80 per 1s"], 10)
    assert chat.secret_names == ("access_token", "app_secret", "other", "verify_token")
    assert chat.receives


def test_other_ways_of_authorising_name_their_secrets():
    assert Connector(parse("auth: {bearer: token}", "connectors/a.yaml")).secret_names == ("token",)
    basic = Connector(parse("auth: {basic: {user: u, password: p}}", "connectors/a.yaml"))
    assert basic.secret_names == ("p", "u")


def test_an_almost_empty_file_is_a_connector_that_does_nothing():
    quiet = Connector(parse("standing: {}", "connectors/quiet.yaml"))
    assert (quiet.channel, quiet.base_url, quiet.auth.data, quiet.empty, quiet.settings) == (
        None,
        None,
        {},
        None,
        {},
    )
    assert (quiet.limits, quiet.at_once, quiet.resources, quiet.secret_names) == ((), None, {}, ())
    assert not quiet.receives
    assert not quiet.shared
