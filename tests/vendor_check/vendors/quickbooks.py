"""Intuit publishes no file: this is a copy of ballerina. Events are CloudEvents; signed as Shopify signs."""

SPECS = {"quickbooks/ballerina_quickbooks.online.openapi.yaml": "", "cloudevents/cloudevents.schema.json": ""}
VECTORS = {"vendor": "shopify", "header": "intuit-signature"}
PARTS = {
    "customer": ("[0]", "event"),
    "customer-updated": ("[1]", "event"),
    "invoice-deleted": ("[0]", "event"),
}
ANSWERS = {"customer.*": "CustomerResponse", "invoice.*": "InvoiceResponse"}
CURRENT = {"SyncToken": "3"}
DOCUMENTED = {"intuitentityid", "intuitaccountid", "sparse", "time"}
