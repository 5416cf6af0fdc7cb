"""Orders as a web shop tells them: invented people, and the same order for the same seed."""

import json
import random
from typing import Any

Order = dict[str, Any]

_GIVEN = ("Alma", "Bruno", "Catalina", "Darío", "Elena", "Facundo", "Greta", "Hugo", "Inés", "Joaquín")
_FAMILY = ("Arango", "Bermúdez", "Cárdenas", "Durán", "Escobar", "Farfán", "Giraldo", "Hoyos", "Ibarra")
_STREETS = ("Calle del Molino", "Carrera de los Almendros", "Avenida del Puerto", "Pasaje Miraflores")
_CITIES = (
    ("Bogotá", "Cundinamarca", "110111"),
    ("Medellín", "Antioquia", "050021"),
    ("Cali", "Valle", "760001"),
)
_GOODS = ("Café de altura", "Molinillo de mano", "Taza esmaltada", "Filtro de algodón", "Cacao tostado")
_NOTE = "Por favor entregar en la portería después de las cinco de la tarde; el citófono no funciona. "


def order(seed: int = 1, items: int = 7, size: int = 0) -> Order:
    """An order with so many items; notes of the shop fill it up to about `size` bytes of JSON."""
    chance = random.Random(seed)
    made = _order(chance, [_item(chance, number) for number in range(items)])
    return made | {"staff_notes": list(_notes(size - len(json.dumps(made, ensure_ascii=False))))}


def variants() -> dict[str, Order]:
    """Orders on which all engines must agree: full, without parts, with nulls, with 0 and with 80 items."""
    full = order(1, 7, 8192)
    return {
        "full": full,
        "missing": {name: value for name, value in full.items() if name not in _SPARED},
        "sparse": _sparse(full),
        "nulls": full | dict.fromkeys(_SPARED),
        "null members": full
        | {name: _nulled(full[name]) for name in ("buyer", "shipping", "billing", "items")},
        "no items": full | {"items": [], "taxes": [], "discounts": []},
        "80 items": order(2, 80),
    }


_SPARED = ("buyer", "shipping", "items", "discounts", "taxes", "note", "status", "gift", "billing")


def _sparse(full: Order) -> Order:
    """Each part is there, with little in it."""
    shipping = {"address": {"city": "Cali"}, "lines": []}
    items = [{"sku": "S-1"}, {"title": "Taza", "price": None}, {}]
    parts = {"buyer": {"email": "alma@correo.example", "phone": ""}, "items": items, "shipping": shipping}
    return (
        full | parts | {"status": "unheard of", "gift": True, "discounts": [{"kind": "code"}, {"code": "X"}]}
    )


def _nulled(value: Any) -> Any:
    """The same with null for every second member of each object."""
    if isinstance(value, list):
        return [_nulled(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: None if at % 2 else _nulled(value[name]) for at, name in enumerate(value)}


def _order(chance: random.Random, items: list[Order]) -> Order:
    total = sum(int(item["price"][:-3]) * item["quantity"] for item in items)
    created = f"2026-11-{chance.randint(10, 28)}T{chance.randint(10, 23)}:{chance.randint(10, 59)}:07-05:00"
    return {
        "id": chance.randint(10**12, 10**13),
        "token": _hex(chance, 32),
        "number": f"{chance.randint(1000, 99999)}",
        "status": "paid",
        "currency": "COP",
        "created_at": created,
        "updated_at": created.replace(":07", ":41"),
        "cancelled_at": None,
        "gift": False,
        "test": False,
        "note": _NOTE.strip(),
        "tags": "mayorista, suscripción, recurrente",
        "total": f"{total}.00",
        "tax": f"{total * 19 // 119}.00",
        "discount": "12000.00",
        "buyer": _buyer(chance),
        "billing": {"method": "card", "gateway": "pasarela-demo", "address": _address(chance)},
        "shipping": {"address": _address(chance), "lines": [_shipping_line(chance, n) for n in range(2)]},
        "items": items,
        "discounts": [
            {"kind": "code", "code": "ESTRENO10", "amount": "10000.00", "target": "all"},
            {"kind": "automatic", "title": "Fidelidad", "amount": "2000.00", "target": "items"},
        ],
        "taxes": [
            {"title": "IVA", "rate": 0.19, "amount": f"{total * 19 // 119}.00", "channel_liable": False}
        ],
        "client": {"browser": "Mozilla/5.0 (X11; Linux x86_64) demo", "ip": "192.0.2.17", "width": 1280},
        "landing": "/colecciones/cafe?utm_source=boletin&utm_campaign=noviembre",
    }


def _buyer(chance: random.Random) -> Order:
    given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
    return {
        "id": chance.randint(10**9, 10**10),
        "first_name": given,
        "last_name": family,
        "email": f"persona.{chance.randint(100, 999)}@correo.example",
        "phone": f"+57310555{chance.randint(1000, 9999)}",
        "locale": "es-CO",
        "document": {"type": "CC", "number": f"{chance.randint(10**7, 10**8)}"},
        "orders_count": chance.randint(1, 40),
        "verified": True,
        "addresses": [_address(chance), _address(chance)],
    }


def _address(chance: random.Random) -> Order:
    city, region, postcode = chance.choice(_CITIES)
    return {
        "name": f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}",
        "line1": f"{chance.choice(_STREETS)} {chance.randint(1, 180)} # {chance.randint(10, 99)}",
        "line2": f"Apartamento {chance.randint(101, 1204)}",
        "city": city,
        "region": region,
        "postcode": postcode,
        "country": "CO",
        "phone": f"+57601555{chance.randint(1000, 9999)}",
        "latitude": round(chance.uniform(3, 7), 6),
        "longitude": round(chance.uniform(-77, -73), 6),
    }


def _shipping_line(chance: random.Random, number: int) -> Order:
    title = ("Mensajería nacional", "Recargo por peso")[number]
    return {
        "title": title,
        "code": f"ENV-{number}",
        "amount": f"{chance.randint(5, 15)}000.00",
        "carrier": "demo",
    }


def _item(chance: random.Random, number: int) -> Order:
    price = chance.randint(10, 90) * 1000
    return {
        "id": chance.randint(10**12, 10**13),
        "sku": f"CF-{number:03d}-{_hex(chance, 4)}",
        "title": f"{chance.choice(_GOODS)} {chance.randint(100, 900)} g",
        "quantity": chance.randint(1, 5),
        "price": f"{price}.00",
        "discount": f"{chance.randint(0, 9)}00.00",
        "vendor": "Tostadora La Colina",
        "grams": chance.randint(100, 2000),
        "taxable": True,
        "requires_shipping": True,
        "variant": {
            "id": chance.randint(10**12, 10**13),
            "title": "Molido medio",
            "options": ["Molido", "500 g"],
        },
        "properties": [{"name": "Tueste", "value": "medio"}, {"name": "Finca", "value": "La Esperanza"}],
        "price_set": _both_currencies(price),
        "tax_lines": [{"title": "IVA", "rate": 0.19, "amount": _both_currencies(price * 19 // 119)}],
    }


def _both_currencies(amount: int) -> Order:
    """An amount as shops with several currencies tell it."""
    shop = {"amount": f"{amount}.00", "currency": "COP"}
    return {"shop_money": shop, "presentment_money": {"amount": f"{amount / 4000:.2f}", "currency": "USD"}}


def _notes(room: int) -> Any:
    while room > 0:
        yield {"author": "Bodega", "at": "2026-11-20T15:10:02Z", "text": _NOTE * 2}
        room -= 250


def _hex(chance: random.Random, digits: int) -> str:
    return f"{chance.getrandbits(4 * digits):0{digits}x}"
