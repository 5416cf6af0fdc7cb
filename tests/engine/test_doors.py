"""The doors beside webhooks on the local engine: a file that is left, messages of other systems."""

import json

import pytest

from tests.engine.test_permissions import await_found

pytestmark = pytest.mark.engine

HEADER = "id;email;first_name;last_name;date_modified_gmt\r\n"
ROWS = "".join(f"{n};drop{n}@correo.example;Ana;Díaz;2026-11-20T12:00:00\r\n" for n in range(1, 4))


def leave(stack, name, text):
    bucket = stack.outputs["DropBucketName"]
    stack.client("s3").put_object(Bucket=bucket, Key=name, Body=text.encode("cp1252"))


def report(stack, name):
    files = stack.client("s3")
    try:
        answer = files.get_object(Bucket=stack.outputs["DropBucketName"], Key=name)
    except files.exceptions.NoSuchKey:
        return None
    return json.loads(answer["Body"].read())


def left(stack):
    listed = stack.client("s3").list_objects_v2(Bucket=stack.outputs["DropBucketName"], Prefix="drop/")
    return [one["Key"] for one in listed.get("Contents", [])]


def items(stack, kind):
    held = stack.client("dynamodb").scan(TableName=stack.outputs["TableName"])["Items"]
    return [json.loads(one["data"]["S"]) for one in held if one["kind"]["S"] == kind]


def test_a_file_that_is_left_comes_in_by_itself_and_its_bad_line_is_parked(stack):
    name = "woocommerce.co/customer/march.csv"
    leave(stack, f"drop/{name}", HEADER + ROWS + "9;no row\r\n")
    told = await_found(lambda: report(stack, f"reports/{name}.report.json"))
    assert (told["state"], told["rows"], told["sent"]) == ("done", 3, 4)
    assert told["unreadable"] == {"count": 1, "lines": [5]}

    def applied():
        markers = [one for one in items(stack, "marker") if one["source"] == "woocommerce.co"]
        return sorted(one["status"] for one in markers) if len(markers) == 4 else None

    assert await_found(applied) == ["applied", "applied", "applied", "parked"]
    assert left(stack) == []
