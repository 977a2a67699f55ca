"""Keys as the parties know them: a suite, one use, a stable name. It decides what a key may do, not whose key it is.

A key pair signs or opens, never both (JR/T 0185 7.2.1: keys by purpose). The key's suite fixes every algorithm; no
message can choose one. Bad input becomes ``KEY_INVALID``, cross use ``KEY_USAGE_MISMATCH``.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC

from bank_sim.sdk.protocol import pkcs8, spki, strict_json
from bank_sim.sdk.protocol.libcrypto import LibcryptoError
from bank_sim.sdk.protocol.p256 import P256Private, P256Public
from bank_sim.sdk.protocol.pem import from_pem, to_pem
from bank_sim.sdk.protocol.problems import KEY_INVALID, KEY_USAGE_MISMATCH
from bank_sim.sdk.protocol.sm2 import Sm2Private, Sm2Public
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url
from bank_sim.sdk.protocol.suites import GM, INTL, SUITES, Suite, digest, hash_algorithm

Use = Literal["sig", "enc"]

_FIELD_BYTES = 32
_KID_BYTES = 12
_SECRET_BYTES_MIN = 16
_SUITE_OF_CURVE = {suite.crv: suite for suite in SUITES.values()}


class PublicKey:
    """The public half: ``suite``, ``use``, ``kid``, and what others do with it (verify, or seal to its owner)."""

    def __init__(self, suite: str, use: Use, point: bytes) -> None:
        self.suite = suite
        self.use: Use = use
        self.point = point
        self.profile: Suite = SUITES[suite]
        self.signature_algorithm = self.profile.signature_algorithm
        try:
            self.algorithms: Sm2Public | P256Public = Sm2Public(point) if suite == GM.name else P256Public(point)
        except (LibcryptoError, ValueError) as error:
            raise KEY_INVALID.problem("The coordinates are no point of the curve.", reason=str(error)) from error
        self.kid = thumbprint(suite, coordinates(self.profile, point))

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature holds: DER for gm, raw r ‖ s for intl, and no other encoding of either."""
        require_use(self, "sig")
        return self.algorithms.verify(signature, message)

    def jwk(self) -> dict[str, str]:
        """The JWK (RFC 7517) with ``use``, ``alg`` and ``kid``."""
        alg = self.profile.jws_alg if self.use == "sig" else self.profile.jwe_alg
        return {**coordinates(self.profile, self.point), "use": self.use, "alg": alg, "kid": self.kid}

    def pem(self) -> bytes:
        """SubjectPublicKeyInfo as PEM."""
        return to_pem("PUBLIC KEY", spki.encode(self.suite, self.point))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        return f"PublicKey({self.suite}, {self.use}, {self.kid})"

    def _identity(self) -> tuple[str, str, bytes]:
        return self.suite, self.use, self.point


class PrivateKey:
    """The private half; ``public`` is its other half. Its text form never shows the secret."""

    def __init__(self, suite: str, use: Use, algorithms: Sm2Private | P256Private) -> None:
        self.suite = suite
        self.use: Use = use
        self.algorithms = algorithms
        self.public = PublicKey(suite, use, algorithms.point)
        self.signature_algorithm = self.public.signature_algorithm

    @property
    def kid(self) -> str:
        return self.public.kid

    def sign(self, message: bytes) -> bytes:
        """The signature: DER for gm, raw r ‖ s (64 bytes) for intl."""
        require_use(self, "sig")
        return self.algorithms.sign(message)

    def to_pem(self, passphrase: bytes, rounds: int = pkcs8.KDF_ROUNDS) -> bytes:
        """Encrypted PKCS#8 as PEM: the only form in which a private key leaves the process."""
        return pkcs8.encrypt(self.algorithms.pkcs8(), passphrase, self.suite, rounds)

    def __repr__(self) -> str:
        return f"PrivateKey({self.suite}, {self.use}, {self.kid})"


class MacKey:
    """A shared secret for HMAC with the suite's hash: the lighter proof that A1 interfaces take (JR/T 0185 7.2.1)."""

    def __init__(self, suite: str, secret: bytes) -> None:
        if len(secret) < _SECRET_BYTES_MIN:
            raise KEY_INVALID.problem("A MAC secret has at least 16 bytes.")
        self.suite = suite
        self.signature_algorithm = SUITES[suite].mac_algorithm
        # Keyed once: a message then pays for its own bytes only.
        self._keyed = HMAC(secret, hash_algorithm(suite))

    def mac(self, message: bytes) -> bytes:
        context = self._keyed.copy()
        context.update(message)
        return context.finalize()

    def verify(self, mac: bytes, message: bytes) -> bool:
        """Whether the MAC holds, in time that does not depend on where it differs."""
        return hmac.compare_digest(mac, self.mac(message))

    def __repr__(self) -> str:
        return f"MacKey({self.suite})"


def require_use(key: PublicKey | PrivateKey, use: Use) -> None:
    """``KEY_USAGE_MISMATCH`` unless the key is for this use."""
    if key.use != use:
        raise KEY_USAGE_MISMATCH.problem(f"The key is for {key.use}, not for {use}.")


def coordinates(suite: Suite, point: bytes) -> dict[str, str]:
    """The JWK members that make an EC key (RFC 7638 section 3.2), in the order that a thumbprint hashes."""
    x, y = point[:_FIELD_BYTES], point[_FIELD_BYTES:]
    return {"crv": suite.crv, "kty": "EC", "x": to_base64url(x), "y": to_base64url(y)}


def thumbprint(suite: str, members: dict[str, str]) -> str:
    """The JWK thumbprint (RFC 7638) with the suite's hash, its first 96 bits as 16 base64url characters."""
    return to_base64url(digest(suite, strict_json.dump(members))[:_KID_BYTES])


def generate(suite: str, use: Use) -> PrivateKey:
    """A fresh key pair."""
    return PrivateKey(suite, use, Sm2Private.generate() if suite == GM.name else P256Private.generate())


def load_private(pem: bytes, passphrase: bytes, use: Use) -> PrivateKey:
    """The key pair of an encrypted PKCS#8 PEM, of whichever suite; ``KEY_INVALID`` for all else."""
    try:
        der = pkcs8.decrypt(pem, passphrase)
    except (LibcryptoError, ValueError) as error:
        raise KEY_INVALID.problem("No key opens with this passphrase.", reason=str(error)) from error
    try:
        return PrivateKey(GM.name, use, Sm2Private.from_pkcs8(der))
    except LibcryptoError as not_sm2:
        try:
            return PrivateKey(INTL.name, use, P256Private.from_pkcs8(der))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KEY_INVALID.problem("The key is neither SM2 nor P-256.", reason=str(not_sm2)) from error


def public_from_pem(pem: bytes, use: Use) -> PublicKey:
    """The key of a SubjectPublicKeyInfo PEM with an uncompressed SM2 or P-256 point; ``KEY_INVALID`` for all else."""
    try:
        suite, point = spki.decode(from_pem("PUBLIC KEY", pem))
    except ValueError as error:
        raise KEY_INVALID.problem(f"This is no PEM public key of this wire: {error}.") from error
    return PublicKey(suite, use, point)


def public_from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """The key of an EC JWK with ``use``; ``KEY_INVALID`` for all else, private keys included."""
    if "d" in jwk:
        raise KEY_INVALID.problem("This is a private key; send the public half only, and replace this one.")
    use = jwk.get("use")
    if use not in ("sig", "enc"):
        raise KEY_INVALID.problem('The JWK must say its use: "sig" or "enc".')
    suite = _SUITE_OF_CURVE.get(str(jwk.get("crv")))
    if jwk.get("kty") != "EC" or suite is None:
        raise KEY_INVALID.problem("The JWK must be of kty EC with crv SM2 or P-256.")
    return PublicKey(suite.name, use, point_from_jwk(jwk))


def point_from_jwk(jwk: Mapping[str, Any]) -> bytes:
    """The 64 bytes x ‖ y of an EC JWK (RFC 7518 section 6.2.1); whether they are a point is the key's to say."""
    try:
        coordinates = [from_base64url(jwk[name]) for name in ("x", "y")]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise KEY_INVALID.problem("x and y must be base64url.", reason=str(error)) from error
    if any(len(coordinate) != _FIELD_BYTES for coordinate in coordinates):
        raise KEY_INVALID.problem("x and y must have 32 bytes each.")
    return b"".join(coordinates)
