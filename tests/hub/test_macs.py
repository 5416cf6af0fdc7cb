"""HMACs are those of the standard library, whatever the key."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from hub.macs import mac


@given(st.text(max_size=150), st.binary(max_size=300), st.sampled_from(["sha256", "sha1"]))
def test_a_mac_is_that_of_the_standard_library(secret, content, algorithm):
    expected = hmac.new(secret.encode(), content, algorithm)
    for _ in range(2):  # the second one of a key that is known
        assert mac(secret, content, algorithm).digest() == expected.digest()


def test_a_key_longer_than_a_block_is_hashed_first():
    secret = "k" * 65
    assert mac(secret, b"content").hexdigest() == hmac.new(secret.encode(), b"content", "sha256").hexdigest()
