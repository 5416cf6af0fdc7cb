"""zoho/crm-oas v8.0. A record is open there: which fields a module has is told by the organisation itself."""

NOTIFICATIONS = "zoho-crm/v8_notifications.openapi.json"
SPECS = {"zoho-crm/v8_record.openapi.json": "", NOTIFICATIONS: ""}
ANSWERS = {"contact.*": "Response_Wrapper", "ticket.*": "Response_Wrapper"}
# zoho.com/crm/developer, "Enable Notifications": a channel has a number, written as a text, and an address of
# its user's own. The file makes an object of the one, and lets only Zoho's own hosts be the other.
_CHANNEL = ("components", "schemas", "Notification", "properties")
AMENDED = {
    NOTIFICATIONS: {
        (*_CHANNEL, "channel_id"): {"type": "string", "pattern": "^[0-9]+$"},
        (*_CHANNEL, "notify_url"): {"type": "string", "pattern": "^https://"},
    }
}
