"""Only ballerina's small copy of API v2: without parameters of lists, and without most writes."""

FILE = "freshdesk/ballerina_freshdesk.openapi.yaml"
SPECS = {FILE: ""}
ANSWERS = {"contact.*": "Contact", "ticket.*": "Ticket"}
ABSENT = {"freshdesk.contact.create", "freshdesk.contact.update", "freshdesk.contact.delete"}
DOCUMENTED = {"custom_fields", "requester"}  # the file leaves them out


def _query(*names):
    return [{"in": "query", "name": name, "schema": {"type": "string"}} for name in names]


# developers.freshdesk.com/api, "List All Contacts", "List All Tickets", "Pagination"; the file has none.
AMENDED = {
    FILE: {
        ("paths", "/api/v2/contacts", "get", "parameters"): _query(
            "_updated_since", "email", "page", "per_page"
        ),
        ("paths", "/api/v2/tickets", "get", "parameters"): _query(
            "updated_since", "order_by", "order_type", "include", "page", "per_page"
        ),
    }
}
