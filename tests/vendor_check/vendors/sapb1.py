"""module-ballerinax-sap.businessone: the Service Layer, made of SAP's metadata."""

SPECS = {"sap-b1/businesspartners.openapi.json": "/b1s/v1", "sap-b1/sales.openapi.json": "/b1s/v1"}
ANSWERS = {"partner.*": "BusinessPartner", "invoice.*": "Document"}
