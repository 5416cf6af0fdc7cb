"""Only ballerina's copy of API v1 is here, whose persons and deals Pipedrive no longer supports: v2 is asked.

Of v1 the webhooks are left; the file knows their older version, a form with other words.
"""

SPECS = {"pipedrive/ballerina_pipedrive_v1.openapi.yml": "/v1"}
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
OTHERWISE = {"pipedrive.subscribe.create"}
