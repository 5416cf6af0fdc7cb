"""stripe/openapi, API version 2023-08-16; the old vectors of its .NET library, which have to be refused."""

SPECS = {"stripe/spec3.2023-09-12.yaml": ""}
VECTORS = {"vendor": "stripe"}
BODIES = dict.fromkeys(
    ("customer", "customer-updated", "customer-deleted", "order", "invoice-paid", "invoice-deleted"), "event"
)
PARTS = {
    "customer": ("data.object", "customer"),
    "customer-updated": ("data.object", "customer"),
    "customer-deleted": ("data.object", "customer"),
    "order": ("data.object", "checkout.session"),
    "invoice-paid": ("data.object", "invoice"),
    "invoice-deleted": ("data.object", "invoice"),
}
ANSWERS = {"order.*": "checkout.session"}
