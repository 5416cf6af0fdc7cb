"""Mercado Pago publishes no file; vectors of its Node library."""

VECTORS = {"vendor": "mercadopago"}
