"""twilio/sendgrid-oai; vectors of its Python library."""

SPECS = {"sendgrid/tsg_mc_contacts_v3.openapi.json": "", "sendgrid/tsg_mail_v3.openapi.json": ""}
VECTORS = {"vendor": "sendgrid"}
