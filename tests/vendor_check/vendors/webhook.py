"""Standard Webhooks' own vectors; CloudEvents' own schema, which has no requests of ours."""

SPECS = {"cloudevents/cloudevents.schema.json": ""}
VECTORS = {"vendor": "standard-webhooks"}
BODIES = {"order": "event"}
ABSENT = {"webhook.customer.upsert", "webhook.customer.delete"}
