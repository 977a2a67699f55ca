"""RSA public keys, for the PS256 client assertions of foreign OAuth clients. They neither sign messages nor seal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_jwk, thumbprint
from bank_sim.sdk.protocol.problems import KEY_INVALID, KEY_USAGE_MISMATCH
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url
from bank_sim.sdk.protocol.suites import INTL

MODULUS_BITS_MIN = 2048
MODULUS_BITS_MAX = 4096
_EXPONENT = 65537
# RFC 7518 section 3.5: the salt is as long as the hash.
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)


class RsaPublicKey:
    """An RSA public key of 2048 to 4096 bits with the exponent 65537; its ``suite`` is intl, its ``use`` sig."""

    suite = INTL.name
    use = "sig"

    def __init__(self, modulus: int) -> None:
        if not MODULUS_BITS_MIN <= modulus.bit_length() <= MODULUS_BITS_MAX:
            raise KEY_INVALID.problem("An RSA key has 2048 to 4096 bits.")
        if modulus % 2 == 0:
            raise KEY_INVALID.problem("An RSA modulus is odd.")
        self._modulus = modulus
        try:
            self._key = RSAPublicNumbers(_EXPONENT, modulus).public_key()
        except ValueError as error:
            raise KEY_INVALID.problem("This is not an RSA modulus.", reason=str(error)) from error
        self.kid = thumbprint(self.suite, self._members())

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether this is the key's RSASSA-PSS signature with SHA-256."""
        try:
            self._key.verify(signature, message, _PSS, hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def jwk(self) -> dict[str, str]:
        return {**self._members(), "use": self.use, "alg": "PS256", "kid": self.kid}

    def _members(self) -> dict[str, str]:
        return {"e": _base64url_number(_EXPONENT), "kty": "RSA", "n": _base64url_number(self._modulus)}

    def __repr__(self) -> str:
        return f"RsaPublicKey({self.kid})"


def assertion_key_from_jwk(jwk: Mapping[str, Any]) -> PublicKey | RsaPublicKey:
    """A key that may verify client assertions: EC of either suite, or RSA. ``KEY_INVALID`` for all else."""
    if jwk.get("kty") != "RSA":
        return public_from_jwk(jwk)
    if "d" in jwk:
        raise KEY_INVALID.problem("This is a private key; send the public half only, and replace this one.")
    if jwk.get("use") != RsaPublicKey.use:
        raise KEY_USAGE_MISMATCH.problem('An RSA key is taken for assertions only: its use must be "sig".')
    try:
        modulus, exponent = (int.from_bytes(from_base64url(jwk[name]), "big") for name in ("n", "e"))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise KEY_INVALID.problem("n and e must be base64url.", reason=str(error)) from error
    if exponent != _EXPONENT:
        raise KEY_INVALID.problem("The RSA exponent must be 65537.")
    return RsaPublicKey(modulus)


def _base64url_number(number: int) -> str:
    return to_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
