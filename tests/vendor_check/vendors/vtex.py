"""vtex/openapi-schemas: Orders, Master Data v10.2, Logistics, Catalog. Its hooks are not signed."""

SPECS = dict.fromkeys(
    (
        "vtex/VTEX_-_Orders_API.json",
        "vtex/VTEX_-_MasterData_API_-_v10.2.json",
        "vtex/VTEX_-_Logistics_API.json",
        "vtex/VTEX_-_Catalog_API.json",
    ),
    "",
)
BODIES = {"order": "HookConfiguration", "order-invoiced": "HookConfiguration"}
ANSWERS = {"order.*": "GET /api/oms/pvt/orders/{orderId}"}
