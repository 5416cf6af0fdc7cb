"""Microsoft publishes pages, no file: ballerina's copy of v1.0, whose paths v2.0 has, too."""

from tests.vendor_check.describing import TEXT, operation

FILE = "business-central/ballerina_d365bc_v1.0.openapi.yaml"
SPECS = {FILE: "/v2.0/{tenant}/{environment}/api/v1.0"}
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
# learn.microsoft.com, Business Central API v2.0: "subscriptions" (get, create, delete), "Webhooks"
AMENDED = {
    FILE: {
        ("paths", "/subscriptions"): {
            "get": operation(),
            "post": operation(
                body={"notificationUrl": TEXT, "resource": TEXT, "clientState": TEXT},
                required=("notificationUrl", "resource"),
            ),
        },
        ("paths", "/subscriptions({subscription_id})"): {"delete": operation(needs=[("header", "If-Match")])},
    }
}
