"""npm's sm-crypto-v2 under node, the SM library of the browser: signatures, SM3, and whole sealed values, both ways.

Needs node and the package, in ``tests/node_modules`` or on NODE_PATH.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed, seal
from bank_sim.sdk.protocol.sm2 import Sm2Private
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url
from bank_sim.sdk.protocol.suites import digest

SCRIPT = Path(__file__).with_name("stranger_sm_crypto.cjs")
NODE_PATH = os.pathsep.join(
    filter(None, [str(Path(__file__).parents[2] / "node_modules"), os.environ.get("NODE_PATH")])
)
NODE_ENVIRONMENT = {**os.environ, "NODE_PATH": NODE_PATH}

CONTEXT = SealContext("app_x", "transfers.create", "request", "n" * 24)
FIELDS = {"creditor_account": "6221001234567890123", "creditor_name": "王小明"}


def has_sm_crypto() -> bool:
    node = shutil.which("node")
    if node is None:
        return False
    probe = [node, "-e", 'require("sm-crypto-v2")']
    return subprocess.run(probe, env=NODE_ENVIRONMENT, capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(
    not has_sm_crypto(), reason="node or the npm package sm-crypto-v2 is not here (tests/node_modules, NODE_PATH)"
)


def stranger(operation: str, **arguments: object) -> Any:
    done = subprocess.run(
        ["node", str(SCRIPT)], input=json.dumps({"operation": operation, **arguments}), env=NODE_ENVIRONMENT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)["result"]


@pytest.fixture(scope="module")
def sealing() -> PrivateKey:
    return keypairs.generate("gm", "enc")


@pytest.fixture(scope="module")
def signing() -> PrivateKey:
    return keypairs.generate("gm", "sig")


def as_hex(key: PublicKey) -> str:
    return "04" + key.point.hex()


def scalar(key: PrivateKey) -> str:
    """The private scalar, where RFC 5915 puts it; the product itself never exports it in the clear."""
    assert isinstance(key.algorithms, Sm2Private)
    _, _, after = key.algorithms.pkcs8().partition(bytes.fromhex("306b0201010420"))
    return after[:32].hex()


def test_the_stranger_verifies_our_signature(signing: PrivateKey) -> None:
    signature = signing.sign(b"a message").hex()
    assert stranger("verify", key=as_hex(signing.public), message=b"a message".hex(), signature=signature) is True
    assert stranger("verify", key=as_hex(signing.public), message=b"a massage".hex(), signature=signature) is False


def test_we_verify_the_strangers_signatures() -> None:
    pair = stranger("keypair")
    key = PublicKey("gm", "sig", bytes.fromhex(pair["publicKey"])[1:])
    messages = [bytes([number]) * 40 for number in range(64)]
    signatures = stranger("sign", key=pair["privateKey"], messages=[each.hex() for each in messages])
    assert all(key.verify(bytes.fromhex(s), m) for s, m in zip(signatures, messages, strict=True))


def test_hash_and_mac_agree() -> None:
    assert stranger("hash", message=b"abc".hex()) == digest("gm", b"abc").hex()
    secret = bytes(range(32))
    assert stranger("mac", key=secret.hex(), message=b"abc".hex()) == MacKey("gm", secret).mac(b"abc").hex()


def test_the_stranger_opens_what_we_seal(sealing: PrivateKey) -> None:
    header, encrypted_key, iv, ciphertext, tag = seal(FIELDS, sealing.public, CONTEXT).split(".")
    content_key = stranger("decrypt", key=scalar(sealing), ciphertext=from_base64url(encrypted_key).hex())
    plaintext = stranger(
        "sm4gcmDecrypt", key=content_key, iv=from_base64url(iv).hex(), aad=header.encode().hex(),
        ciphertext=from_base64url(ciphertext).hex(), tag=from_base64url(tag).hex(),
    )  # fmt: skip
    assert json.loads(bytes.fromhex(plaintext)) == FIELDS


def sealed_by_the_stranger(sealing: PrivateKey, encrypted_key: str, content_key: str) -> str:
    members = {"alg": "SM2", "enc": "SM4-GCM", "kid": sealing.kid, **CONTEXT.members()}
    header = to_base64url(json.dumps(members).encode())
    iv = bytes(range(12))
    sealed = stranger(
        "sm4gcmEncrypt", key=content_key, iv=iv.hex(), aad=header.encode().hex(),
        plaintext=json.dumps(FIELDS).encode().hex(),
    )  # fmt: skip
    parts = (bytes.fromhex(encrypted_key), iv, bytes.fromhex(sealed["ciphertext"]), bytes.fromhex(sealed["tag"]))
    return ".".join([header, *map(to_base64url, parts)])


def test_we_open_what_the_stranger_seals(sealing: PrivateKey) -> None:
    content_key = bytes(range(16)).hex()
    (encrypted_key,) = stranger("encrypt", key=as_hex(sealing.public), plaintexts=[content_key])
    assert open_sealed(sealed_by_the_stranger(sealing, encrypted_key, content_key), sealing, CONTEXT) == FIELDS


def test_a_raw_ciphertext_is_refused_with_its_name(sealing: PrivateKey) -> None:
    content_key = bytes(range(16)).hex()
    raw = stranger("encryptRaw", key=as_hex(sealing.public), plaintext=content_key)
    with pytest.raises(Problem, match=r"^SEALED_MALFORMED: .*raw 04.*DER"):
        open_sealed(sealed_by_the_stranger(sealing, raw, content_key), sealing, CONTEXT)
