"""The signed self-description of an SDK build: which files it consists of, and that they are the bank's.

The bank signs it when it publishes a build; an application verifies it and compares the files before it trusts them
(JR/T 0185 9.3.5-3.2). A manifest says what was published, not that the machine it runs on is sound.

Nothing in the sandbox publishes or verifies a manifest yet: this is the means, tried by tests alone. Publishing builds
belongs to the life cycle of interfaces, which is still to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import BANK_IDENTITY_INVALID, SDK_INTEGRITY_FAILED
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url
from bank_sim.sdk.protocol.suites import digest

_CANONICAL = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Manifest:
    """``files``: path below the SDK's folder, with forward slashes -> SM3 of its content in hex."""

    version: str
    files: Mapping[str, str]

    def content(self) -> bytes:
        """What is signed: canonical JSON."""
        return _CANONICAL.encode({"version": self.version, "files": dict(self.files)})


class SignedManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A manifest as published, as a JSON document. ``keyid`` is the kid of the bank's signing key."""

    version: str
    files: dict[str, str]
    keyid: str
    signature: str

    @property
    def manifest(self) -> Manifest:
        return Manifest(self.version, self.files)


def describe(folder: Path, version: str) -> Manifest:
    """The manifest of the Python files that lie in ``folder`` now."""
    sources = sorted(path for path in folder.rglob("*.py") if path.is_file())
    return Manifest(version, {path.relative_to(folder).as_posix(): _fingerprint(path) for path in sources})


def sign(manifest: Manifest, key: PrivateKey) -> SignedManifest:
    """The manifest with the bank's signature."""
    signature = to_base64url(key.sign(manifest.content()))
    return SignedManifest(manifest.version, dict(manifest.files), key.kid, signature)


def require_published(signed: SignedManifest, bank_key: PublicKey) -> None:
    """BANK_IDENTITY_INVALID unless the bank signed this very manifest."""
    try:
        signature = from_base64url(signed.signature)
    except ValueError as error:
        raise BANK_IDENTITY_INVALID.problem("The manifest's signature is not base64url.") from error
    if signed.keyid != bank_key.kid or not bank_key.verify(signature, signed.manifest.content()):
        raise BANK_IDENTITY_INVALID.problem("The manifest is not signed by the bank.")


def require_unaltered(folder: Path, manifest: Manifest) -> None:
    """SDK_INTEGRITY_FAILED names the first file that is changed, missing or not the bank's."""
    found = describe(folder, manifest.version).files
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise SDK_INTEGRITY_FAILED.problem(f"{name} is altered, missing or not the bank's.")


def _fingerprint(path: Path) -> str:
    return digest("gm", path.read_bytes()).hex()
