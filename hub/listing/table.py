"""The connectors as tables: one of kinds for the README, one of all for their pages' index."""

import re

from hub.catalog import Catalog
from hub.listing.facts import ROLES, Facts
from hub.listing.standing import Standing

MARKS = ("<!-- connectors: written by `hub connectors --write` -->", "<!-- /connectors -->")
"""Between these lines a page holds the table."""

LANGUAGES = {
    "en": {
        "systems": "systems",
        "kind": "",
        **ROLES,
        "note": "**Bold**: every request or signature is tested against the vendor's own API file or signed "
        "examples. *Italic*: something that matters could not be verified; its "
        "[page](docs/connectors/README.md) says what.",
    },
    "es": {
        "systems": "sistemas",
        "kind": "",
        "shop": "Tiendas y marketplaces",
        "pos": "Puntos de venta y pagos",
        "crm": "CRM",
        "erp": "ERP y contabilidad",
        "email": "Correo y marketing",
        "support": "Mensajería y soporte",
        "other": "Archivos, colas y lo demás",
        "note": "**Negrita**: cada solicitud o firma se prueba contra el archivo de API o los ejemplos "
        "firmados del propio proveedor. *Cursiva*: algo importante no se pudo verificar; su "
        "[página](docs/connectors/README.md) dice qué.",
    },
}
_BETWEEN = re.compile(f"{re.escape(MARKS[0])}\n.*?{re.escape(MARKS[1])}", re.DOTALL)
_STYLES = {"spec": "**", "vectors": "**", "documentation": "", "unverified": "*"}


def table(catalog: Catalog, language: str = "en") -> str:
    """Kinds of systems with the names of all, for a README."""
    words = LANGUAGES[language]
    rows = [f"| {words['kind']} | {words['systems']} |", "|---|---|"]
    for role in ROLES:
        mine = [one for one in facts(catalog) if one.role == role]
        if mine:
            rows.append(f"| {words[role]} | {', '.join(map(_named, mine))} |")
    return "\n".join([*rows, "", words["note"]])


def put(text: str, catalog: Catalog, language: str = "en") -> str:
    """A page with the table between its marks; unchanged where it has none."""
    written = f"{MARKS[0]}\n{table(catalog, language)}\n{MARKS[1]}"
    return _BETWEEN.sub(lambda _: written, text)


def index(catalog: Catalog) -> str:
    """The page that leads to the pages of all connectors."""
    lines = ["# Connectors", "", *_INDEX]
    for role, heading in ROLES.items():
        mine = [one for one in facts(catalog) if one.role == role]
        if mine:
            lines += [
                "",
                f"## {heading}",
                "",
                "| system | comes in | goes out | standing |",
                "|---|---|---|---|",
            ]
            lines += map(_row, mine)
    return "\n".join([*lines, ""])


def facts(catalog: Catalog) -> list[Facts]:
    """The facts of all connectors, by title."""
    found = (Facts(catalog, connector) for connector in catalog.connectors.values())
    return sorted(found, key=lambda one: one.title.lower())


def standing(one: Facts) -> str:
    """A connector's standing in a cell: its level, and what nothing verified."""
    held = Standing(one.connector)
    listed = ", ".join(held.doubts)
    if held.level == "unverified":
        return f"unverified: {listed}" if listed else "unverified"
    return f"{held.level} (unverified: {listed})" if listed else held.level


def _named(one: Facts) -> str:
    style = _STYLES[Standing(one.connector).level]
    return f"{style}{one.title}{style}"


def _row(one: Facts) -> str:
    cells = (_listed(one.receives), _listed(one.writes), standing(one))
    return f"| [{one.title}]({one.connector.name}.md) | {' | '.join(cells)} |"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "–"


_INDEX = [
    "Written from `connectors/` and `mappings/` by `hub connectors --write`. Standing says by what requests",
    "and signatures were verified: `spec` is the vendor's API file, against which each request is tested,",
    "`vectors` are signed examples, `documentation` is what the vendor says, and `unverified` is what nobody",
    "has shown yet.",
]
