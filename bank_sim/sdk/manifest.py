"""The signed self-description of an SDK build: which files it consists of, and that they are the bank's.

The bank signs it when it publishes a build; an application verifies it and compares the files before it trusts them
(JR/T 0185 9.3.5-3.2). With each A2 call the SDK attests which build it is, under the message's signature. A manifest
says what was published, and an attestation what the application says it runs: neither proves that the machine is sound,
and whoever forges an SDK as a whole can make it lie. What it stops is the SDK that was changed, wrapped or left behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec

from bank_sim.sdk.environment import SIGNS
from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import BANK_IDENTITY_INVALID, SDK_INTEGRITY_FAILED
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url
from bank_sim.sdk.protocol.suites import digest

VERSION = "1.0.0"
"""Of the build that this file belongs to."""

ATTESTATION_HEADER = "x-sdk-build"
_CANONICAL = msgspec.json.Encoder(order="deterministic")
_ATTESTATION = re.compile(
    r"(\d{1,4}\.\d{1,4}\.\d{1,4});sm3=([0-9a-f]{64})(?:;env=([a-z]{1,16}(?:,[a-z]{1,16}){0,9}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """``files``: path below the SDK's folder, with forward slashes -> SM3 of its content in hex."""

    version: str
    files: Mapping[str, str]

    def content(self) -> bytes:
        """What is signed: canonical JSON."""
        return _CANONICAL.encode({"version": self.version, "files": dict(self.files)})

    @property
    def fingerprint(self) -> str:
        """SM3 of the content, in hex: what names this very build."""
        return digest("gm", self.content()).hex()


@dataclass(frozen=True, slots=True)
class Attestation:
    """Which build somebody says they run, and what it found on its machine: names of ``environment.SIGNS``."""

    version: str
    fingerprint: str
    environment: tuple[str, ...] = ()

    def header(self) -> str:
        """The value of ``x-sdk-build``."""
        found = f";env={','.join(self.environment)}" if self.environment else ""
        return f"{self.version};sm3={self.fingerprint}{found}"

    def found(self, signs: frozenset[str]) -> Attestation:
        """The same, with what was found on the machine."""
        return replace(self, environment=tuple(sorted(signs))) if signs else self


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


@cache
def this_build() -> Manifest:
    """The build that is running, as its files lay when this was first asked for."""
    return describe(Path(__file__).parent, VERSION)


@cache
def attest() -> Attestation:
    """What this build says of itself."""
    build = this_build()
    return Attestation(build.version, build.fingerprint)


def read_attestation(header: str) -> Attestation:
    """SDK_INTEGRITY_FAILED for what no build of the bank's SDK writes."""
    found = _ATTESTATION.fullmatch(header)
    if found is None:
        raise SDK_INTEGRITY_FAILED.problem(f"{ATTESTATION_HEADER} is not written as the SDK writes it.")
    return Attestation(found[1], found[2], _signs(found[3]))


def _signs(written: str | None) -> tuple[str, ...]:
    signs = tuple(written.split(",")) if written else ()
    if not SIGNS.keys() >= set(signs):
        raise SDK_INTEGRITY_FAILED.problem(f"{ATTESTATION_HEADER} names a sign that no SDK knows.")
    return signs


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
