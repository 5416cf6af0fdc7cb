"""The store on DynamoDB: one table, `data` as JSON text, every guard a comparison of `version`.

Facts: a transaction takes 100 items and the SDK never retries a cancelled one (CancellationReasons are
positional); TTL deletes late, so expired items are filtered here (AWS: TransactWriteItems, TTL).
"""

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from hub import aws
from hub.errors import RetryError
from hub.store import (
    FORMAT,
    NUMBERS,
    TRANSACTION_ITEMS,
    Conflict,
    Counted,
    Delete,
    Item,
    Key,
    Page,
    Put,
    Tally,
    Walk,
    Write,
    key_of,
)
from hub.store.tally import HELD, Numbers

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 100
"""BatchGetItem's limit of keys."""
FAR = 1e100
"""Stands for infinity, which DynamoDB's numbers do not know."""
ATTEMPTS = 8
_BUSY = {
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ThrottlingError",
    "ThrottlingException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ServiceUnavailable",
}


class DynamoStore:
    """A table reached by the low-level client. `clock` gives Unix seconds, `sleep` waits between attempts."""

    def __init__(
        self,
        table: str,
        clock: Callable[[], float] = time.time,
        *,
        sleep: Callable[[float], None] = time.sleep,
        client: "DynamoDBClient | None" = None,
    ) -> None:
        self.table = table
        self.clock = clock
        self.sleep = sleep
        if client is not None:
            self.__dict__["client"] = client

    @cached_property
    def client(self) -> "DynamoDBClient":
        """One client, for many threads."""
        made: DynamoDBClient = aws.client("dynamodb", max_pool_connections=50)
        return made

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The live items of these keys, in batches of 100. Raises RetryError when throttled for long."""
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), BATCH):
            found.update(self._read_batch(wanted[start : start + BATCH]))
        return found

    def commit(self, writes: Sequence[Write]) -> None:
        """All or none; raises Conflict, RetryError (busy, or unknown outcome), ValueError over 100 items."""
        if len(writes) > TRANSACTION_ITEMS:
            raise ValueError("a transaction takes at most 100 distinct items")
        for attempt in range(ATTEMPTS):
            try:
                return self._write(writes)
            except ClientError as error:
                _raise_unless_busy(error, writes)
            except BotoCoreError as error:
                raise RetryError("unknown-outcome") from error
            self._pause(attempt)
        raise RetryError("store-busy")

    def page(
        self, pk: str, *, prefix: str = "", after: str | None = None, limit: int = 50, reverse: bool = False
    ) -> Page:
        """Items of one partition in the order of the sort key, strongly consistent."""
        request: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk" + (" AND begins_with(sk, :prefix)" if prefix else ""),
            "ExpressionAttributeValues": {":pk": {"S": pk}} | ({":prefix": {"S": prefix}} if prefix else {}),
            "ConsistentRead": True,
            "ScanIndexForward": not reverse,
        }
        if after is not None:
            request["ExclusiveStartKey"] = {"pk": {"S": pk}, "sk": {"S": after}}
        items = _first(self._query(request, limit), limit + 1)
        return Page(items[:limit], items[limit - 1].key.sk if len(items) > limit else None)

    def agenda(
        self,
        name: str,
        *,
        since: str = " ",
        until: str = "~",
        after: str | None = None,
        limit: int = 100,
        reverse: bool = False,
    ) -> Page:
        """Items of one list, oldest first, from the sparse index."""
        if since > until:
            return Page([], None)
        bounds = {":agenda": {"S": name}, ":since": {"S": since}, ":until": {"S": until}}
        request: dict[str, Any] = {
            "IndexName": "agenda",
            "KeyConditionExpression": "agenda = :agenda AND #at BETWEEN :since AND :until",
            "ExpressionAttributeNames": {"#at": "at"},
            "ExpressionAttributeValues": bounds,
            "ScanIndexForward": not reverse,
        }
        if after is not None:
            at, pk, sk = after.split("\x1f")
            start = {"agenda": name, "at": at, "pk": pk, "sk": sk}
            request["ExclusiveStartKey"] = {field: {"S": value} for field, value in start.items()}
        items = _first(self._query(request, limit), limit + 1)
        last = items[limit - 1] if len(items) > limit else None
        return Page(items[:limit], f"{last.at}\x1f{last.key.pk}\x1f{last.key.sk}" if last else None)

    def walk(self, *, after: Key | None = None, limit: int = 100) -> Walk:
        """Items of the whole table, in its own order; the rate limits, which are plain numbers, left out."""
        start: dict[str, Any] = {"ExclusiveStartKey": _key(after)} if after is not None else {}
        answer: Any = self.client.scan(TableName=self.table, Limit=limit, ConsistentRead=True, **start)
        items = [decode(image) for image in answer["Items"] if "v" in image]
        last: Any = answer.get("LastEvaluatedKey")
        end = Key(last["pk"]["S"], last["sk"]["S"]) if last else None
        return Walk([item for item in items if not self._expired(item)], end)

    def count(self, tally: Tally) -> Counted:
        """Change plain numbers in one conditional write."""
        try:
            answer: Any = self.client.update_item(
                TableName=self.table,
                **_Request(tally).made(),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if _code(error) == "ConditionalCheckFailedException":
                old: Any = error.response.get("Item", {})
                return Counted(False, _numbers(old))
            if _code(error) in _BUSY:
                raise RetryError("limiter-busy") from error
            raise
        except BotoCoreError as error:
            raise RetryError("limiter-busy") from error
        return Counted(True, _numbers(answer["Attributes"]))

    def _read_batch(self, keys: Sequence[Key]) -> dict[Key, Item]:
        pending: dict[str, Any] = {self.table: {"Keys": [_key(key) for key in keys], "ConsistentRead": True}}
        found: dict[Key, Item] = {}
        for attempt in range(ATTEMPTS):
            answer = self._batch_get(pending)
            items = (decode(image) for image in answer["Responses"].get(self.table, ()))
            found.update({item.key: item for item in items if not self._expired(item)})
            pending = answer.get("UnprocessedKeys") or {}
            if not pending:
                return found
            self._pause(attempt)
        raise RetryError("store-busy")

    def _pause(self, attempt: int) -> None:
        """Full jitter from 25 to 800 ms, so that those who met do not meet again."""
        self.sleep(random.uniform(0, min(0.8, 0.025 * 2**attempt)))

    def _batch_get(self, request: dict[str, Any]) -> Any:
        try:
            return self.client.batch_get_item(RequestItems=request)
        except ClientError as error:
            if _code(error) in _BUSY:
                raise RetryError("store-busy") from error
            raise
        except BotoCoreError as error:
            raise RetryError("store-unreachable") from error

    def _query(self, request: dict[str, Any], limit: int) -> Iterator[Item]:
        while True:
            answer = self.client.query(TableName=self.table, Limit=limit + 1, **request)
            for item in map(decode, answer["Items"]):
                if not self._expired(item):
                    yield item
            if "LastEvaluatedKey" not in answer:
                return
            request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _write(self, writes: Sequence[Write]) -> None:
        now = int(self.clock())
        if len(writes) == 1 and isinstance(writes[0], Put):
            self.client.put_item(TableName=self.table, **_put(writes[0].item, now))
            return
        self.client.transact_write_items(TransactItems=[self._action(write, now) for write in writes])

    def _action(self, write: Write, now: int) -> Any:
        if isinstance(write, Put):
            return {"Put": {"TableName": self.table, **_put(write.item, now)}}
        if isinstance(write, Tally):
            return {"Update": {"TableName": self.table, **_Request(write).made()}}
        action = "Delete" if isinstance(write, Delete) else "ConditionCheck"
        guard = _guard(write.version, now)
        return {action: {"TableName": self.table, "Key": _key(write.key), **guard}}

    def _expired(self, item: Item) -> bool:
        return item.ttl is not None and item.ttl <= self.clock()


def decode(image: dict[str, Any]) -> Item:
    """The item of an image as the client and the stream give it. Raises ValueError for a newer format."""
    if "v" not in image:
        return Item(Key(image["pk"]["S"], image["sk"]["S"]), NUMBERS, _numbers(image))
    if int(image["v"]["N"]) != FORMAT:
        raise ValueError("unknown item format")
    return Item(
        key=Key(image["pk"]["S"], image["sk"]["S"]),
        kind=image["kind"]["S"],
        data=json.loads(image["data"]["S"]),
        version=int(image["version"]["N"]),
        ttl=int(image["ttl"]["N"]) if "ttl" in image else None,
        agenda=image.get("agenda", {}).get("S"),
        at=image.get("at", {}).get("S"),
    )


def encode(item: Item) -> dict[str, Any]:
    """The image of an item, one version on."""
    image: dict[str, Any] = {
        **_key(item.key),
        "kind": {"S": item.kind},
        "v": {"N": str(FORMAT)},
        "version": {"N": str(item.version + 1)},
        "data": {"S": json.dumps(item.data, separators=(",", ":"), ensure_ascii=False)},
    }
    if item.ttl is not None:
        image["ttl"] = {"N": str(item.ttl)}
    if item.agenda is not None and item.at is not None:
        image |= {"agenda": {"S": item.agenda}, "at": {"S": item.at}}
    return image


def _put(item: Item, now: int) -> Any:
    return {"Item": encode(item), **_guard(item.version, now)}


def _guard(version: int, now: int) -> dict[str, Any]:
    if version == 0:
        return {
            "ConditionExpression": "attribute_not_exists(pk) OR #ttl <= :now",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {":now": {"N": str(now)}},
        }
    return {
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(version)}},
    }


def _numbers(image: Mapping[str, Any]) -> Numbers:
    """The numbers of an image, and its set."""
    numbers: Numbers = {name: float(value["N"]) for name, value in image.items() if "N" in value}
    return numbers | {name: sorted(value["SS"]) for name, value in image.items() if "SS" in value}


class _Request:
    """A tally as a request. Names of numbers are no words of expressions: each is written as a sign."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def made(self) -> dict[str, Any]:
        """What UpdateItem and a transaction's Update take."""
        update, condition = self._changes(), self._conditions()
        return {
            "Key": _key(self.tally.key),
            "UpdateExpression": update,
            "ExpressionAttributeNames": {sign: name for name, sign in self.names.items()},
            "ExpressionAttributeValues": self.values,
            **({"ConditionExpression": condition} if condition else {}),
        }

    def _changes(self) -> str:
        put = [f"{self._name(name)} = {self._number(value)}" for name, value in self.tally.put.items()]
        add = [self._sum(self._name(name), value) for name, value in self.tally.add.items()]
        parts = ["SET " + ", ".join([*put, *add])] if put or add else []
        if self.tally.join:
            parts.append(f"ADD {self._name(HELD)} {self._value({'SS': [self.tally.join]})}")
        if self.tally.leave:
            parts.append(f"DELETE {self._name(HELD)} {self._value({'SS': list(self.tally.leave)})}")
        return " ".join(parts)

    def _conditions(self) -> str:
        parts = [self._between(self._name(name), *ends) for name, ends in self.tally.within.items()]
        if self.tally.join:
            held = self._name(HELD)
            parts.append(f"(attribute_not_exists({held}) OR size({held}) < {self._number(self.tally.room)})")
        return " AND ".join(parts)

    def _sum(self, name: str, value: float) -> str:
        return f"{name} = if_not_exists({name}, {self._number(0)}) + {self._number(value)}"

    def _between(self, name: str, low: float, high: float) -> str:
        inside = f"{name} BETWEEN {self._number(low)} AND {self._number(high)}"
        return f"(attribute_not_exists({name}) OR {inside})" if low <= 0 <= high else f"({inside})"

    def _name(self, name: str) -> str:
        return self.names.setdefault(name, f"#n{len(self.names)}")

    def _number(self, value: float) -> str:
        return self._value({"N": repr(max(-FAR, min(FAR, value)))})

    def _value(self, value: dict[str, Any]) -> str:
        sign = f":v{len(self.values)}"
        self.values[sign] = value
        return sign


def _key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _first(items: Iterator[Item], count: int) -> list[Item]:
    return [item for _, item in zip(range(count), items, strict=False)]


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _raise_unless_busy(error: ClientError, writes: Sequence[Write]) -> None:
    """Raise Conflict for a version that moved; return when the engine was only busy; else raise the error."""
    keys = [key_of(write) for write in writes]
    reasons: Any = error.response.get("CancellationReasons", [])
    codes = [reason.get("Code", "None") for reason in reasons]
    if _code(error) == "ConditionalCheckFailedException":
        raise Conflict(keys) from error
    moved = [
        key_of(write)
        for write, code in zip(writes, codes, strict=False)
        if code == "ConditionalCheckFailed" or (code in _BUSY and isinstance(write, Tally))
    ]
    if moved:
        raise Conflict(moved) from error
    if not (_code(error) in _BUSY or _BUSY.intersection(codes)):
        raise error
