"""AdobeDocs/commerce-webapi: the schema of 2.4.8 for administrators and integrations."""

SPECS = {"adobe-commerce/admin-schema-2.4.8.yaml": "/rest/default"}
ANSWERS = {"customer.*": "GET /V1/customers/{customerId}", "order.*": "GET /V1/orders/{id}"}
