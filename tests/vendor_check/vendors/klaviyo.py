"""klaviyo/openapi, revision 2026-07-15."""

SPECS = {f"klaviyo/{name}.openapi.json": "" for name in ("profiles", "events", "data_privacy")}
