"""WooCommerce publishes no file; its signature is Shopify's construction, which has a vector."""

VECTORS = {"vendor": "shopify", "header": "x-wc-webhook-signature"}
