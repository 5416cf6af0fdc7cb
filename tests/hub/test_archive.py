import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from hub.archive import LARGEST_MESSAGE, MemoryArchive, S3Archive, pack, unpack
from hub.errors import RetryError


def test_a_message_that_fits_travels_whole():
    archive = MemoryArchive()
    text = "a" * LARGEST_MESSAGE
    assert pack(archive, text) == text
    assert archive.texts == {}
    assert unpack(archive, text) == text


def test_a_message_that_is_too_large_travels_as_a_claim_check():
    archive = MemoryArchive()
    text = "a" * (LARGEST_MESSAGE + 1)
    packed = pack(archive, text)
    assert packed.startswith('{"claim":"claims/')
    assert packed.endswith('"format":1}')
    assert unpack(archive, packed) == text


@pytest.fixture
def bucket(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="raw")
        yield "raw"


def test_texts_come_back_from_s3_as_they_were(bucket):
    archive = S3Archive(bucket)
    archive.put("claims/1", "café")
    assert archive.get("claims/1") == "café"


def test_a_text_that_is_not_in_s3_is_a_key_error(bucket):
    with pytest.raises(KeyError, match="claims/2"):
        S3Archive(bucket).get("claims/2")


@pytest.mark.parametrize("kind", ["memory", "s3"])
def test_a_text_that_is_deleted_is_gone_and_the_others_are_listed(bucket, kind):
    archive = MemoryArchive() if kind == "memory" else S3Archive(bucket)
    for name in ("raw/1", "raw/2", "erased/1"):
        archive.put(name, "x")
    archive.delete("raw/1")
    archive.delete("raw/1")
    assert list(archive.names("raw/")) == ["raw/2"]
    assert list(archive.names("")) == ["erased/1", "raw/2"]
    with pytest.raises(KeyError):
        archive.get("raw/1")
    assert "erased/1" in archive.link("erased/1", 60)


def test_more_names_than_a_page_holds_are_all_listed(bucket):
    archive = S3Archive(bucket)
    for number in range(1001):
        archive.put(f"raw/{number:04d}", "")
    assert len(list(archive.names("raw/"))) == 1001


def test_a_bucket_that_refuses_is_a_reason_to_retry(bucket):
    with pytest.raises(RetryError, match="archive"):
        S3Archive("absent").put("claims/1", "x")


def test_an_s3_that_cannot_be_reached_is_a_reason_to_retry(bucket):
    class Unreachable:
        def get_object(self, **_):
            raise EndpointConnectionError(endpoint_url="https://s3")

    archive = S3Archive(bucket)
    archive.__dict__["_client"] = Unreachable()
    with pytest.raises(RetryError, match="archive"):
        archive.get("claims/1")
