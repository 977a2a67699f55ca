"""ECDSA and ECDH on P-256 through ``cryptography``, in the shapes of the ``sm2`` module. No policy.

Signatures are the 64 raw bytes r ‖ s, as RFC 9421 section 3.3.4 and JWS ES256 (RFC 7518 section 3.4) both fix them.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

FIELD_BYTES = 32
SIGNATURE_BYTES = 2 * FIELD_BYTES
_CURVE = ec.SECP256R1()
_ECDSA = ec.ECDSA(hashes.SHA256())


class P256Public:
    """A public point on the curve; ``ValueError`` when the 64 bytes are no point."""

    def __init__(self, point: bytes) -> None:
        self.point = point
        self.key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, b"\x04" + point)

    def verify(self, signature: bytes, message: bytes) -> bool:
        if len(signature) != SIGNATURE_BYTES:
            return False
        r = int.from_bytes(signature[:FIELD_BYTES], "big")
        s = int.from_bytes(signature[FIELD_BYTES:], "big")
        try:
            self.key.verify(encode_dss_signature(r, s), message, _ECDSA)
        except InvalidSignature:
            return False
        return True


class P256Private:
    """A private key of ``cryptography`` on this curve."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        public = key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.point = public[1:]

    @classmethod
    def generate(cls) -> P256Private:
        return cls(ec.generate_private_key(_CURVE))

    @classmethod
    def from_pkcs8(cls, der: bytes) -> P256Private:
        """From PKCS#8 DER; ``ValueError`` when it holds anything but a P-256 key."""
        key = serialization.load_der_private_key(der, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != _CURVE.name:
            raise ValueError("not a P-256 key")
        return cls(key)

    def pkcs8(self) -> bytes:
        """The unencrypted PKCS#8 DER: for ``pkcs8.encrypt``, never for a file."""
        return self._key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(message, _ECDSA))
        return r.to_bytes(FIELD_BYTES, "big") + s.to_bytes(FIELD_BYTES, "big")

    def agree(self, peer: P256Public) -> bytes:
        """Z of ECDH: the 32-byte x coordinate of the shared point."""
        return self._key.exchange(ec.ECDH(), peer.key)
