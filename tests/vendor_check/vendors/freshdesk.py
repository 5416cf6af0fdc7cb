"""Only ballerina's small copy of API v2: without parameters of lists, and without most writes.

What it leaves out is described here as developers.freshdesk.com/api has it.
"""

from tests.vendor_check.describing import ANY, NUMBER, TEXT, YES, many, operation

FILE = "freshdesk/ballerina_freshdesk.openapi.yaml"
SPECS = {FILE: ""}
ANSWERS = {"contact.*": "Contact", "ticket.*": "Ticket"}
DOCUMENTED = {"custom_fields", "requester"}  # the file leaves them out

_CONTACT = {
    "name": TEXT,
    "email": TEXT,
    "phone": TEXT,
    "mobile": TEXT,
    "twitter_id": TEXT,
    "unique_external_id": TEXT,
    "other_emails": many(TEXT),
    "company_id": NUMBER,
    "view_all_tickets": YES,
    "other_companies": many(ANY),
    "address": TEXT,
    "description": TEXT,
    "job_title": TEXT,
    "language": TEXT,
    "tags": many(TEXT),
    "time_zone": TEXT,
}
AMENDED = {
    FILE: {
        # "List All Contacts", "List All Tickets", "Pagination"
        ("paths", "/api/v2/contacts", "get", "parameters"): operation(
            "_updated_since", "email", "page", "per_page"
        )["parameters"],
        ("paths", "/api/v2/tickets", "get", "parameters"): operation(
            "updated_since", "order_by", "order_type", "include", "page", "per_page"
        )["parameters"],
        # "Create a Contact", "Update a Contact", "Permanently Delete a Contact"
        ("paths", "/api/v2/contacts", "post"): operation(body=_CONTACT, required=["name"]),
        ("paths", "/api/v2/contacts/{id}", "put"): operation(body=_CONTACT),
        ("paths", "/api/v2/contacts/{id}/hard_delete"): {"delete": operation("force")},
    }
}
