"""No file of Shopify's own: ballerina's copy of the REST Admin API of 2021. The vector is a third party's."""

from tests.vendor_check.describing import operation

FILE = "shopify/ballerina_shopify.admin.openapi.yml"
SPECS = {FILE: ""}
WRITTEN = {"/2026-07/": "/2021-10/"}  # the version that the file is of
VECTORS = {"vendor": "shopify"}
_ADMIN = "/admin/api/2021-10"
AMENDED = {
    FILE: {
        # shopify.dev, REST Admin API: "Retrieves a list of abandoned checkouts"
        ("paths", f"{_ADMIN}/checkouts.json"): {
            "get": operation(
                *("since_id", "created_at_min", "created_at_max", "updated_at_min", "updated_at_max"),
                *("status", "limit", "page_info"),
            )
        },
        # shopify.dev, REST Admin API: "Remove an existing Webhook"; a comment in the file
        ("paths", f"{_ADMIN}/webhooks/{{webhook_id}}.json", "delete"): operation(),
    }
}
