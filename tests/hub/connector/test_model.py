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


def test_what_a_subscription_is_made_with_is_a_secret_of_the_account():
    text = """
base_url: https://x.example
auth: {oauth2: {token: "https://x.example/t", grant: client_credentials}}
subscribe: {create: {request: POST /hooks, body: {state: "{secret.state}"}}}
"""
    connector = Connector(parse(text, "connectors/x.yaml"))
    assert connector.sent == {"state"}
    assert connector.secret_names == ("client_id", "client_secret", "state")


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


METERED = """
base_url: https://chat.example
limit: [80 per 1s, {cost: 1000 per 1m}, 10 at once]
resources:
  message:
    list:   {request: GET /search, limit: [5 per 1s, 2 at once]}
    update: {request: "POST /m", limit: [3 per 1s]}
    upsert: {request: "POST /m", limit: [3 per 1s], cost: 12}
    delete: {request: DELETE /m}
"""


def test_a_call_needs_what_its_account_and_its_endpoint_allow():
    chat = Connector(parse(METERED, "connectors/chat.yaml"))
    message = chat.resources["message"]
    needs = {name: chat.demand(getattr(message, name)) for name in ("list", "update", "upsert", "delete")}
    own = ["80 per 1s", "cost 1000 per 1m"]
    assert [limit.name for limit in needs["list"].limits] == [*own, "GET /search 5 per 1s"]
    assert [limit.name for limit in needs["upsert"].limits] == [*own, "POST /m 3 per 1s"]
    assert needs["update"].limits == needs["upsert"].limits
    assert needs["delete"].limits == chat.demand().limits == chat.limits
    assert [(need.cost, need.at_once) for need in needs.values()] == [(1, 2), (1, 10), (12, 10), (1, 10)]


def test_a_secret_that_only_a_subscription_names_is_sent_too():
    zoho = Connector(
        parse(
            """
base_url: "{secret.api_domain}"
auth: {oauth2: {token: "https://a.example/token", grant: refresh_token, keeps: {api_domain: api_domain}}}
subscribe:
  list:   {request: GET /watch, records: watch, id: id, address: url, topics: events}
  create: {request: POST /watch, id: id, body: {token: "{secret.token}", url: "{address}"}}
  delete: {request: "DELETE /watch/{id}"}
resources: {}
""",
            "connectors/zoho.yaml",
        )
    )
    assert zoho.sent == {"token"}
    assert zoho.secret_names == ("client_id", "client_secret", "refresh_token", "token")
