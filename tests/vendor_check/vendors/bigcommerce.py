"""bigcommerce/docs: customers v3, orders v2, webhooks v3, catalog v3. Known vectors have another key."""

_STORE = "/stores/pb7xk2w9qd"
SPECS = {
    "bigcommerce/customers.v3.yml": f"{_STORE}/v3",
    "bigcommerce/webhooks.v3.yml": f"{_STORE}/v3",
    "bigcommerce/product-variants_catalog.v3.yml": f"{_STORE}/v3",
    "bigcommerce/orders.v2.oas2.yml": f"{_STORE}/v2",
}
BODIES = {
    "customer": "store_customer_created",
    "customer-address": "store_customer_address_updated",
    "customer-deleted": "store_customer_deleted",
    "order": "store_order_created",
    "order-refund": "store_order_refund_created",
}
ANSWERS = {
    "customer.*": "GET /customers",
    "order.*": "GET /orders/{order_id}",
}
