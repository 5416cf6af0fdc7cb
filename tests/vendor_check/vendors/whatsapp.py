"""facebook/openapi, business-messaging-api v23.0. The signature is GitHub's, which has vectors."""

SPECS = {"whatsapp/business-messaging-api_v23.0.yaml": ""}
VECTORS = {"vendor": "github"}
# The schema of incoming messages refuses the file's own examples, so these are what is compared with.
EXAMPLES = {"message": "/whatsapp/webhooks", "message-alta": "/whatsapp/webhooks"}
PARTS = {"status": ("entry[0].changes[0].value", "StatusMessageValue")}
REFUSED = {
    "a template without parameters has no components, to somebody without a phone",
    "of a message without a template, only the language",
}  # there, too: it is parked
DOCUMENTED = {"biz_opaque_callback_data"}  # described in the vendor's guide
