"""No file of Shopify's own: ballerina's copy of the REST Admin API of 2021. The vector is a third party's."""

SPECS = {"shopify/ballerina_shopify.admin.openapi.yml": ""}
WRITTEN = {"/2026-07/": "/2021-10/"}  # the version that the file is of
ABSENT = {"shopify.checkout.list", "shopify.subscribe.delete"}
VECTORS = {"vendor": "shopify"}
