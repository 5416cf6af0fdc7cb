"""zoho/crm-oas v8.0. A record is open there: which fields a module has is told by the organisation itself."""

SPECS = {"zoho-crm/v8_record.openapi.json": "", "zoho-crm/v8_notifications.openapi.json": ""}
ANSWERS = {"contact.*": "Response_Wrapper", "ticket.*": "Response_Wrapper"}
OTHERWISE = {
    "zoho.subscribe.create"
}  # of a channel's number it makes an object, of our address one of Zoho's
