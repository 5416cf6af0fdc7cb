"""What systems and their records are called."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SPELLED = {
    "hubspot": "HubSpot",
    "whatsapp": "WhatsApp",
    "woocommerce": "WooCommerce",
    "mercadolibre": "Mercado Libre",
    "quickbooks": "QuickBooks",
    "prestashop": "PrestaShop",
    "bigcommerce": "BigCommerce",
    "mailchimp": "Mailchimp",
    "activecampaign": "ActiveCampaign",
    "vtex": "VTEX",
}
"""Names that do not only begin with a capital letter."""
ROLES = {
    "crm": "CRM",
    "erp": "ERP",
    "shop": "web shop",
    "pos": "till",
    "support": "chat",
    "email": "newsletter",
}
SHORTEST_PHONE = 9
"""Digits of an id that may be somebody's phone."""


@dataclass(frozen=True, slots=True)
class Systems:
    """The names of the systems in a story. `several`: connectors with more than one account in it;
    `endings`: of the identifiers that are masked in it, and so in ids."""

    several: frozenset[str]
    endings: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Any) -> "Systems":
        """The systems that an answer of the API names."""
        sources = {told["source"] for told in _references(answer)}
        connectors = [source.partition(".")[0] for source in sources]
        masked = [told for told in _texts(answer) if told.startswith("••••") and len(told) > 4]
        return cls(
            frozenset(one for one in connectors if connectors.count(one) > 1),
            tuple(sorted({told[4:] for told in masked})),
        )

    def system(self, source: str) -> str:
        """`hubspot.main` as people say it: HubSpot, with its account where there are several."""
        connector = source.partition(".")[0]
        name = SPELLED.get(connector, connector.capitalize())
        return f"{name} ({source})" if connector in self.several else name

    def record(self, told: Mapping[str, Any]) -> str:
        """One record: `HubSpot contact 301`, `the guest of Shopify`, `WhatsApp contact ending 0147`."""
        system, kind = self.system(told["source"]), told["resource"].partition(".")[0].replace("_", " ")
        outer, slash, inner = told["id"].partition("/")
        if slash and outer == "guest":
            return f"the guest of {system}"
        if slash:
            return f"the {kind} of {system} {outer} {inner}"
        return f"{system} {kind} {self._id(told['id'])}"

    def records(self, told: Iterable[Mapping[str, Any]]) -> str:
        """Several of them in one sentence."""
        return listed([self.record(one) for one in told])

    def _id(self, id: str) -> str:
        """An id; where it is one of the masked identifiers, no more of it than of those."""
        phone = id.lstrip("+").isdigit() and len(id) >= SHORTEST_PHONE and id.endswith(self.endings or ("?",))
        if phone:
            return f"ending {id[-4:]}"
        return f"{id[:1]}•••@{id.rpartition('@')[2]}" if "@" in id else id


def role(name: str) -> str:
    """What systems of a role are called."""
    return ROLES.get(name, name)


def listed(texts: Sequence[str]) -> str:
    """`a, b and c`."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else ""


def counted(count: int, noun: str) -> str:
    """`1 record`, `2 records`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _references(answer: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(answer, dict):
        if {"source", "resource", "id"} <= answer.keys():
            yield answer
        for part in answer.values():
            yield from _references(part)
    elif isinstance(answer, list):
        for part in answer:
            yield from _references(part)


def _texts(answer: Any) -> Iterator[str]:
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, dict | list):
        for part in answer.values() if isinstance(answer, dict) else answer:
            yield from _texts(part)
