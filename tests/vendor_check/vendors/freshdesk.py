"""Only ballerina's small copy of API v2: without parameters of lists, and without most writes."""

SPECS = {"freshdesk/ballerina_freshdesk.openapi.yaml": ""}
ANSWERS = {"contact.*": "Contact", "ticket.*": "Ticket"}
ABSENT = {"freshdesk.contact.create", "freshdesk.contact.update", "freshdesk.contact.delete"}
OTHERWISE = {"freshdesk.contact.list", "freshdesk.contact.find", "freshdesk.ticket.list"}
DOCUMENTED = {"custom_fields", "requester"}  # the file leaves them out
