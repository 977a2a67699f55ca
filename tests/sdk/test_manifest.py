"""A published SDK build can be told from an altered or re-packaged one."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

import bank_sim.sdk
from bank_sim.sdk.manifest import (
    SignedManifest,
    attest,
    describe,
    read_attestation,
    require_published,
    require_unaltered,
    sign,
)
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.problems import Problem

SDK = Path(bank_sim.sdk.__file__).parent


@pytest.fixture(scope="module", params=["gm", "intl"])
def bank_key(request: pytest.FixtureRequest) -> keypairs.PrivateKey:
    return keypairs.generate(request.param, "sig")


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SDK, tmp_path / "sdk", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.clause("9.3.5-3.2")
def test_the_manifest_of_a_build_travels_as_json_and_verifies(bank_key: keypairs.PrivateKey, build: Path) -> None:
    published = msgspec.json.encode(sign(describe(build, "1.0"), bank_key))
    received = msgspec.json.decode(published, type=SignedManifest)
    require_published(received, bank_key.public)
    require_unaltered(build, received.manifest)
    assert {"server.py", "protocol/sealing.py"} <= received.files.keys()


@pytest.mark.clause("9.3.5-3.2")
@pytest.mark.parametrize("change", ["altered", "missing", "added"])
def test_an_altered_build_is_told_by_the_file(build: Path, change: str) -> None:
    manifest = describe(build, "1.0")
    file = {"altered": "server.py", "missing": "wire.py", "added": "protocol/backdoor.py"}[change]
    if change == "missing":
        (build / file).unlink()
    else:
        with (build / file).open("a") as source:
            source.write("# one line more\n")
    with pytest.raises(Problem) as refused:
        require_unaltered(build, manifest)
    assert refused.value.code == "SDK_INTEGRITY_FAILED"
    assert file in str(refused.value.detail)


@pytest.mark.clause("9.3.5-3.2")
@pytest.mark.parametrize("change", ["files", "version", "key", "signature"])
def test_a_manifest_that_the_bank_did_not_sign_is_refused(
    bank_key: keypairs.PrivateKey, build: Path, change: str
) -> None:
    signed = sign(describe(build, "1.0"), bank_key)
    verifying = bank_key.public
    if change == "files":
        signed = msgspec.structs.replace(signed, files=signed.files | {"server.py": "00" * 32})
    elif change == "version":
        signed = msgspec.structs.replace(signed, version="2.0")
    elif change == "signature":
        signed = msgspec.structs.replace(signed, signature="not base64url!")
    else:
        verifying = keypairs.generate(bank_key.suite, "sig").public
    with pytest.raises(Problem) as refused:
        require_published(signed, verifying)
    assert refused.value.code == "BANK_IDENTITY_INVALID"


@pytest.mark.clause("7.3.2-3.1")
def test_an_attestation_tells_what_was_found_on_the_device_and_is_read_so() -> None:
    sound, found = attest(), attest().found(frozenset({"root", "debugger"}))

    assert sound.found(frozenset()) == sound
    assert found.header() == f"{sound.header()};env=debugger,root"
    assert read_attestation(found.header()) == found
    for odd in (";env=", ";env=Root", ";env=moon", ";env=root;env=root", ";env=root,"):
        with pytest.raises(Problem):
            read_attestation(sound.header() + odd)
