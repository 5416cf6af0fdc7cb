"""serve: what people and programs ask of the hub: a customer, what is parked, and to send it again.

Every answer is read from the table at that moment. No value of a customer stands in a URL, a log or an
exception; they are only in the body of an answer to who holds the API key.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from hub.errors import RetryError
from hub.pipeline import Hub
from hub.pipeline.serve import conflicts, decisions, erasure
from hub.pipeline.serve.authorisation import authorised
from hub.pipeline.serve.deliveries import deliveries, delivery
from hub.pipeline.serve.events import event, events, events_about
from hub.pipeline.serve.exchange import Answer, Question, Refusal, bad
from hub.pipeline.serve.explain import explain
from hub.pipeline.serve.groups import found_parked, groups
from hub.pipeline.serve.imports import begun, imported, rows
from hub.pipeline.serve.journal import log
from hub.pipeline.serve.parked import parked
from hub.pipeline.serve.profile import profile
from hub.pipeline.serve.replay import replay
from hub.pipeline.serve.search import search
from hub.pipeline.serve.switches import accounts, switched
from hub.pipeline.serve.wanted import Wanted
from hub.pipeline.serve.why import why
from hub.pipeline.sources import sources
from hub.pipeline.subscriptions import states, wish

__all__ = ["Answer", "Question", "serve"]

LARGEST_BODY = 64 * 1024
"""Bytes: a search is one identifier, a replay at most a hundred ids."""

LARGEST_ROWS = 1024 * 1024
"""Bytes of rows of a file that is imported."""

Step = Callable[[Hub, Question, Mapping[str, str]], Any]


class Route(NamedTuple):
    """A path and who answers it. `open`: without the API key."""

    method: str
    path: re.Pattern[str]
    step: Step
    open: bool = False
    largest: int = LARGEST_BODY


def serve(hub: Hub, question: Question) -> Answer:
    """The answer to a question to the API: 200 with JSON, else 400, 401 (empty), 404 to 413, 503."""
    try:
        return Answer(200, _answered(hub, question))
    except Refusal as refusal:
        return refusal.answer
    except RetryError:
        return Answer(503, {"error": "busy", "message": "ask again"}, {"retry-after": "1"})


def _answered(hub: Hub, question: Question) -> Any:
    found = [(route, match) for route in ROUTES if (match := route.path.fullmatch(question.path))]
    asked = next(((r, m) for r, m in found if r.method == question.method), None)
    if not (asked and asked[0].open) and not authorised(hub, question.headers):
        raise Refusal(401)
    if not found:
        raise Refusal(404)
    if asked is None:
        raise Refusal(405, headers={"allow": ", ".join(sorted(route.method for route, _ in found))})
    route, match = asked
    if len(question.body) > route.largest:
        raise Refusal(413)
    return route.step(hub, question, match.groupdict())


def _search(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return profile(hub, search(hub, question.json()), question.page())


def _customer(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return profile(hub, path["id"], question.page())


def _explain(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return explain(hub, path["id"], values=question.query.get("values") == "true")


def _log(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return log(hub, path["id"], question.page())


def _merge(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return decisions.merge(hub, question.json())


def _split(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return decisions.split(hub, path["id"], question.json())


def _shared(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return decisions.shared(hub, question.json())


def _undo(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return decisions.undo(hub, path["id"], question.json())


def _erase(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return erasure.ask_erasure(hub, path["id"], question.json())


def _erasure(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return erasure.erasure(hub, path["id"])


def _export(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return erasure.exported(hub, path["id"])


def _readmit(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return erasure.readmitted(hub, question.json())


def _parked(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return parked(hub, question.page())


def _groups(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return groups(hub, Wanted.of(hub, question.query), question.query.get("after"))


def _parked_sought(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    body = question.json()
    wanted = Wanted.of(hub, body)
    if body.get("groups") is True:
        return groups(hub, wanted, body.get("after"))
    return found_parked(hub, wanted, replace(question, query=body).page())


def _deliveries(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return deliveries(hub, Wanted.of(hub, question.query), question.page())


def _sought(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    body = question.json()
    return deliveries(hub, Wanted.of(hub, body), replace(question, query=body).page())


def _delivery(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return delivery(hub, question.json())


def _events(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return events(hub, question.query)


def _events_about(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return events_about(hub, question.json())


def _event(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return event(hub, question.json())


def _why(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return why(hub, question.json())


def _accounts(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return accounts(hub)


def _switched(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return switched(hub, path["action"], question.json())


def _conflicts(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return conflicts.inbox(hub, question.page(), values=question.query.get("values") == "true")


def _settle(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return conflicts.decided(hub, question.json())


def _replay(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return replay(hub, question.json())


def _import(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return begun(hub, question.json())


def _imported(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return imported(hub, path["source"], path["resource"])


def _rows(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    return rows(hub, path["source"], path["resource"], question.json())


def _sources(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    known = states(hub)
    return {"sources": [{**one, "subscription": known.get(one["source"])} for one in sources(hub)]}


def _subscribe(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    body = question.json()
    wanted = body.get("wanted")
    if not isinstance(wanted, bool):
        raise bad("wanted is true or false")
    try:
        return wish(hub, str(body.get("source")), wanted=wanted)
    except LookupError:
        raise bad("no account of this name whose vendor has an API for subscriptions") from None


def _health(hub: Hub, question: Question, path: Mapping[str, str]) -> Any:
    """That the function runs and its files can be read; asks nobody else, so that anybody may ask."""
    return {"status": "ok", "revision": hub.catalog.revision}


IMPORT = r"/v1/imports/(?P<source>[\w.-]{1,80})/(?P<resource>[\w-]{1,80})"
CUSTOMER = "/v1/customers/(?P<id>[0-9a-f]{24})"

ROUTES = (
    Route("POST", re.compile("/v1/customers/search"), _search),
    Route("POST", re.compile("/v1/customers/merge"), _merge),
    Route("POST", re.compile("/v1/customers/shared"), _shared),
    Route("POST", re.compile("/v1/customers/readmit"), _readmit),
    Route("GET", re.compile(CUSTOMER), _customer),
    Route("GET", re.compile(f"{CUSTOMER}/explain"), _explain),
    Route("GET", re.compile(f"{CUSTOMER}/log"), _log),
    Route("POST", re.compile(f"{CUSTOMER}/split"), _split),
    Route("POST", re.compile(f"{CUSTOMER}/undo"), _undo),
    Route("POST", re.compile(f"{CUSTOMER}/erase"), _erase),
    Route("GET", re.compile(f"{CUSTOMER}/erasure"), _erasure),
    Route("GET", re.compile(f"{CUSTOMER}/export"), _export),
    Route("GET", re.compile("/v1/conflicts"), _conflicts),
    Route("POST", re.compile("/v1/conflicts"), _settle),
    Route("GET", re.compile("/v1/parked"), _parked),
    Route("GET", re.compile("/v1/parked/groups"), _groups),
    Route("POST", re.compile("/v1/parked/search"), _parked_sought),
    Route("GET", re.compile("/v1/deliveries"), _deliveries),
    Route("POST", re.compile("/v1/deliveries/search"), _sought),
    Route("POST", re.compile("/v1/deliveries/show"), _delivery),
    Route("POST", re.compile("/v1/replay"), _replay),
    Route("GET", re.compile("/v1/events"), _events),
    Route("POST", re.compile("/v1/events/search"), _events_about),
    Route("POST", re.compile("/v1/events/show"), _event),
    Route("POST", re.compile("/v1/why"), _why),
    Route("GET", re.compile("/v1/sources"), _sources),
    Route("POST", re.compile("/v1/subscriptions"), _subscribe),
    Route("POST", re.compile("/v1/imports"), _import),
    Route("GET", re.compile(IMPORT), _imported),
    Route("POST", re.compile(f"{IMPORT}/rows"), _rows, largest=LARGEST_ROWS),
    Route("GET", re.compile("/v1/accounts"), _accounts),
    Route("POST", re.compile("/v1/accounts/(?P<action>pause|resume|dry-run)"), _switched),
    Route("GET", re.compile("/v1/health"), _health, open=True),
)
