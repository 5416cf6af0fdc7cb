"""ECDSA on P-256 with SHA-256 (FIPS 186-5), for vendors that sign with a key of their own.

Its library is loaded with the first such signature, and shipped only where a connector in use needs it.
"""

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

SIGNING = "signing_key"
"""The secret with which samples are signed here: the private key of a pair of our own."""


def right(public_key: str, content: bytes, signature: bytes) -> bool:
    """Whether the signature (DER, in base64) is the key's (SPKI, in base64). Never raises."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(base64.b64decode(signature, validate=True), content, ec.ECDSA(SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True


def sign(signing_key: str, content: bytes) -> bytes:
    """The signature (DER, in base64) of a private key (PKCS #8, in base64)."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    key = load_der_private_key(base64.b64decode(signing_key), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("no key of an elliptic curve")
    return base64.b64encode(key.sign(content, ec.ECDSA(SHA256())))


def pair(seed: str) -> tuple[str, str]:
    """Public and private key that follow from a text: for samples, never for what is to stay secret."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big") >> 1
    key: EllipticCurvePrivateKey = ec.derive_private_key(number, ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(public).decode(), base64.b64encode(private).decode()
