"""Whether connectors see in their sample events what these tell: records in others, and deletions."""

import re
from collections.abc import Iterator
from typing import Any

from hub.catalog import Catalog
from hub.checks.suggestion import suggest
from hub.checks.types import of
from hub.checks.wording import kinds
from hub.connector import Connector, Resource
from hub.errors import FileError, RecordError
from hub.expressions import compile
from hub.samples import Samples

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_DELETION = re.compile(
    r"delet(e[ds]?|ion)|destroy(ed)?|remov(e[ds]?|al)|(elimin|borr)ad[oa]|(elimin|borr)ar|exclu[ií](d[oa]|r)"
)
"""Words of a topic that tells of a deletion."""


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The records in others that are none, and the deletions that would be taken for changes."""
    for connector in catalog.connectors.values():
        yield from _topics(connector)
        yield from _deletions(connector, samples)
        for resource in connector.resources.values():
            for name in resource.contains.keys() & connector.resources.keys():
                yield from _contained(connector, resource, name, samples)


def _contained(connector: Connector, resource: Resource, name: str, samples: Samples) -> Iterator[FileError]:
    """What stands in the records of a resource for the record of another one."""
    seen: list[dict[str, Any]] = []
    objects = False
    for file, record in samples.whole(connector, resource.name):
        try:
            found = resource.within(record, name)
        except RecordError:
            continue
        if found and not isinstance(found, dict):
            message = f"in {file} this is {kinds(of(found))}, and a record is an object"
            yield _wrong(resource, name, message, _object_cure(resource.contains[name], found))
            return
        objects = objects or isinstance(found, dict)
        seen += [record] if isinstance(record, dict) else []
    if seen and not objects:
        known = {key for record in seen for key in record}
        asked = sorted(compile(resource.contains[name]).names - known - {"record"})
        message = f"this is an object in no sample of {connector.name}.{resource.name}"
        yield _wrong(resource, name, message, suggest(asked[0], known) if asked else "")


def _wrong(resource: Resource, name: str, message: str, hint: str) -> FileError:
    path = ("resources", resource.name, "contains", name)
    return resource.document.error("not-an-object", message, *path, hint=hint, offset=0)


def _object_cure(source: str, found: Any) -> str:
    plain = compile(source).path is not None
    if isinstance(found, list):
        return f"write {source} | [0]" if plain else "… | [0] takes the first of them"
    made = "{id: …}, with the names that its mapping reads"
    if found is True:
        return f"write {source} && {made}" if plain else f"condition && {made}"
    return f"write {{id: {source}}}" if plain else f"write {made}"


def _topics(connector: Connector) -> Iterator[FileError]:
    """Topics of deletions, of resources that say nothing of them."""
    for resource in connector.resources.values():
        says = {"deleted", "skip"} & resource.data.keys()
        if not says and not (resource.get and "record" not in resource.data):
            for topic in filter(is_deletion, resource.topics):
                yield _untold(connector, resource, topic)


def _deletions(connector: Connector, samples: Samples) -> Iterator[FileError]:
    """Sample events of deletions that `deleted:` is not true of."""
    for file, event in samples.events(connector):
        resource = connector.resources[event.resource]
        if event.deleted or event.record is None or not is_deletion(event.topic):
            continue
        if "deleted" not in resource.data:
            yield _untold(connector, resource, event.topic)
        elif compile(resource.data["deleted"]).names:
            message = f'this is not true of {file}, whose topic "{event.topic}" tells of a deletion'
            path = ("resources", resource.name, "deleted")
            hint = f"write {_told(connector, event.topic)}, or `false` where the record lives on"
            yield connector.document.error("never-deleted", message, *path, hint=hint, offset=0)


def _untold(connector: Connector, resource: Resource, topic: str) -> FileError:
    message = f'"{topic}" tells of a deletion, and without deleted: it would be a change'
    hint = f"write deleted: {_told(connector, topic)}"
    path = ("resources", resource.name, "topics", resource.topics.index(topic))
    return connector.document.error("never-deleted", message, *path, hint=hint, offset=0)


def _told(connector: Connector, topic: str) -> str:
    """The condition that holds of a topic."""
    source = str(connector.reception.data.get("topic") or "")
    plain = source and compile(source).path is not None and "'" not in topic
    return f"{source} == '{topic}'" if plain else "a condition that holds of it"


def is_deletion(topic: str) -> bool:
    """Whether the words of a topic tell of a deletion."""
    return any(_DELETION.fullmatch(word.lower()) for word in _WORDS.findall(topic))
