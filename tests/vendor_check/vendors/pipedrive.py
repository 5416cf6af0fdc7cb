"""Only ballerina's copy of API v1 is here, whose persons and deals Pipedrive no longer supports: v2 is asked.

What v2 takes is described here as Pipedrive's reference of it has it (developers.pipedrive.com, API v2; its
own file, openapi-v2.yaml, says the same). Of v1 the webhooks are left; the file knows their older version, a
form with other words.
"""

from tests.vendor_check.describing import ANY, NUMBER, TEXT, YES, many, members, operation

FILE = "pipedrive/ballerina_pipedrive_v1.openapi.yml"
SPECS = {FILE: ""}
WRITTEN = {"/v1/": "/"}

_WEBHOOK = {
    "name": TEXT,
    "subscription_url": TEXT,
    "event_action": {"enum": ["create", "change", "delete", "*"]},
    "event_object": TEXT,
    "user_id": NUMBER,
    "http_auth_user": TEXT,
    "http_auth_password": TEXT,
    "version": {"enum": ["1.0", "2.0"]},
}
_ONE = ("include_fields", "custom_fields", "include_labels", "include_option_labels")
_LISTED = (
    *("filter_id", "ids", "owner_id", "org_id", "updated_since", "updated_until"),
    *("sort_by", "sort_direction", "limit", "cursor", *_ONE),
)
_LABELLED = many(members(value=TEXT, primary=YES, label=TEXT))
_PERSON = {
    "name": TEXT,
    "owner_id": NUMBER,
    "org_id": NUMBER,
    "emails": _LABELLED,
    "phones": _LABELLED,
    "im": _LABELLED,
    "visible_to": NUMBER,
    "label_ids": many(NUMBER),
    "postal_address": ANY,
    "notes": TEXT,
    "birthday": TEXT,
    "job_title": TEXT,
    "marketing_status": {"enum": ["no_consent", "unsubscribed", "subscribed", "archived"]},
    "custom_fields": ANY,
}
_PERSONS = "/api/v2/persons"
AMENDED = {
    FILE: {
        ("paths", "/webhooks", "post"): operation(
            body=_WEBHOOK, required=("subscription_url", "event_action", "event_object")
        ),  # guide-for-webhooks-v2: "Body parameters, application/json"
        ("paths", _PERSONS): {
            "get": operation(*_LISTED, "deal_id"),
            "post": operation(body={**_PERSON, "add_time": TEXT}, required=["name"]),
        },
        ("paths", f"{_PERSONS}/{{id}}"): {
            "get": operation(*_ONE),
            "patch": operation(body=_PERSON),
            "delete": operation(),
        },
        ("paths", f"{_PERSONS}/search"): {
            "get": operation(
                *("fields", "exact_match", "organization_id", "include_fields", "limit", "cursor"),
                needs=[("query", "term")],
            )
        },
        ("paths", "/api/v2/deals"): {
            "get": operation(*_LISTED, "person_id", "pipeline_id", "stage_id", "status")
        },
        ("paths", "/api/v2/deals/{id}"): {"get": operation(*_ONE)},
    }
}
