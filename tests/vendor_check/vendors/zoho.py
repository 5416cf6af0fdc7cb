"""zoho/crm-oas v8.0. A record is open there: which fields a module has is told by the organisation itself."""

SPECS = {"zoho-crm/v8_record.openapi.json": ""}
ANSWERS = {"contact.*": "Response_Wrapper", "ticket.*": "Response_Wrapper"}
