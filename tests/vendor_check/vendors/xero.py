"""XeroAPI/Xero-OpenAPI: Accounting API and webhooks. The signature is as Shopify's, which has a vector."""

SPECS = {"xero/xero_accounting.yaml": "/api.xro/2.0", "xero/xero-webhooks.yaml": ""}
VECTORS = {"vendor": "shopify", "header": "x-xero-signature"}
BODIES = {"contact": "WebhookEvent", "contact-and-invoice-updated": "WebhookEvent", "invoice": "WebhookEvent"}
ANSWERS = {"contact.*": "Contacts", "invoice.*": "Invoices"}
DOCUMENTED = {"DateString", "DueDateString"}  # the file's own examples have them, its schema does not
