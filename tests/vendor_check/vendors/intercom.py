"""Intercom/Intercom-OpenAPI 2.14. A notification's envelope is in no file; what it holds is."""

SPECS = {"intercom/api.intercom.io.2.14.yaml": ""}
PARTS = {
    "contact": ("data.item", "contact"),
    "contact-updated": ("data.item", "contact"),
    "conversation": ("data.item", "conversation"),
    "conversation-replied": ("data.item", "conversation"),
    "conversation-closed": ("data.item", "conversation"),
}
