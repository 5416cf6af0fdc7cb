"""Microsoft publishes pages, no file: ballerina's copy of v1.0, whose paths v2.0 has, too."""

SPECS = {
    "business-central/ballerina_d365bc_v1.0.openapi.yaml": "/v2.0/{tenant}/{environment}/api/v1.0",
}
WRITTEN = {"/api/v2.0/": "/api/v1.0/"}
CURRENT = {"@odata.etag": 'W/"1"'}
# In v1.0 an address is an object, lines name their object by an id only and are not written with invoices.
DOCUMENTED = {
    "addressLine1",
    "addressLine2",
    "city",
    "state",
    "country",
    "postalCode",
    "salesInvoiceLines",
}
ABSENT = {
    "businesscentral.subscribe.list",
    "businesscentral.subscribe.create",
    "businesscentral.subscribe.delete",
}
