"""Only ballerina's copy of API v1 is here, whose persons and deals Pipedrive no longer supports: v2 is asked.

Of v1 the webhooks are left; the file knows their older version, a form with other words.
"""

FILE = "pipedrive/ballerina_pipedrive_v1.openapi.yml"
SPECS = {FILE: "/v1"}
ABSENT = {
    "pipedrive.person.get",
    "pipedrive.person.list",
    "pipedrive.person.find",
    "pipedrive.person.create",
    "pipedrive.person.update",
    "pipedrive.person.delete",
    "pipedrive.deal.get",
    "pipedrive.deal.list",
}

_TEXT = {"type": "string"}
_WEBHOOK = {
    "type": "object",
    "required": ["subscription_url", "event_action", "event_object"],
    "properties": {
        "name": _TEXT,
        "subscription_url": _TEXT,
        "event_action": {"enum": ["create", "change", "delete", "*"]},
        "event_object": _TEXT,
        "user_id": {"type": "integer"},
        "http_auth_user": _TEXT,
        "http_auth_password": _TEXT,
        "version": {"enum": ["1.0", "2.0"]},
    },
}
# pipedrive.readme.io, guide-for-webhooks-v2: "Body parameters, application/json".
AMENDED = {
    FILE: {
        ("paths", "/webhooks", "post", "requestBody", "content"): {"application/json": {"schema": _WEBHOOK}}
    }
}
