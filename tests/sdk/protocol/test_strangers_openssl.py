"""The openssl command line, an SM2 implementation that is not ours, reads what we write and writes what we read."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.sm2 import USER_ID, Sm2Private, Sm2Public

PASSPHRASE = "a passphrase of this test"
MESSAGE = b'"@method": POST\n"@path": /api/transfers'


def openssl_speaks_sm2() -> bool:
    path = shutil.which("openssl")
    if path is None:
        return False
    version = subprocess.run([path, "version"], capture_output=True, text=True, check=True).stdout
    return re.match(r"OpenSSL [3-9]", version) is not None


pytestmark = pytest.mark.skipif(not openssl_speaks_sm2(), reason="no openssl command line of OpenSSL 3 or newer here")


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> tuple[PrivateKey, Path, Path]:
    """A key of ours, and its files as the product writes them."""
    folder = tmp_path_factory.mktemp("ours")
    key = keypairs.generate("gm", "sig")
    private, public = folder / "private.pem", folder / "public.pem"
    private.write_bytes(key.to_pem(PASSPHRASE.encode()))
    public.write_bytes(key.public.pem())
    return key, private, public


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key that openssl made, as encrypted PKCS#8 and as a public key."""
    folder = tmp_path_factory.mktemp("theirs")
    private, public = folder / "private.pem", folder / "public.pem"
    made = openssl("genpkey", "-algorithm", "SM2", "-aes-256-cbc", "-pass", f"pass:{PASSPHRASE}", "-out", private)
    told = openssl("pkey", "-in", private, "-passin", f"pass:{PASSPHRASE}", "-pubout", "-out", public)
    assert (made.returncode, told.returncode) == (0, 0)
    return private, public


def test_openssl_verifies_our_signature(ours: tuple[PrivateKey, Path, Path], tmp_path: Path) -> None:
    key, _, public = ours
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "signature").write_bytes(key.sign(MESSAGE))
    verified = openssl(
        "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-digest", "sm3", "-in", tmp_path / "message",
        "-sigfile", tmp_path / "signature", "-pkeyopt", f"distid:{USER_ID.decode()}",
    )  # fmt: skip
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert b"Verified Successfully" in verified.stdout


def test_we_verify_a_signature_that_openssl_made_with_its_own_key(theirs: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = theirs
    (tmp_path / "message").write_bytes(MESSAGE)
    signed = openssl(
        "pkeyutl", "-sign", "-inkey", private, "-passin", f"pass:{PASSPHRASE}", "-rawin", "-digest", "sm3",
        "-in", tmp_path / "message", "-out", tmp_path / "signature", "-pkeyopt", f"distid:{USER_ID.decode()}",
    )  # fmt: skip
    assert signed.returncode == 0, signed.stderr
    key = keypairs.public_from_pem(public.read_bytes(), "sig")
    signature = (tmp_path / "signature").read_bytes()
    assert key.suite == "gm"
    assert key.verify(signature, MESSAGE)
    assert not key.verify(signature, MESSAGE + b" ")


def test_openssl_decrypts_what_we_encrypt(ours: tuple[PrivateKey, Path, Path], tmp_path: Path) -> None:
    key, private, _ = ours
    (tmp_path / "ciphertext").write_bytes(Sm2Public(key.public.point).encrypt(b"sixteen byte key"))
    opened = openssl(
        "pkeyutl", "-decrypt", "-inkey", private, "-passin", f"pass:{PASSPHRASE}", "-in", tmp_path / "ciphertext"
    )
    assert opened.returncode == 0, opened.stderr
    assert opened.stdout == b"sixteen byte key"


def test_we_decrypt_what_openssl_encrypts(ours: tuple[PrivateKey, Path, Path], tmp_path: Path) -> None:
    key, _, public = ours
    (tmp_path / "plaintext").write_bytes(b"sixteen byte key")
    sealed = openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", public, "-in", tmp_path / "plaintext")
    assert sealed.returncode == 0, sealed.stderr
    assert isinstance(key.algorithms, Sm2Private)
    assert key.algorithms.decrypt(sealed.stdout) == b"sixteen byte key"


def test_we_load_a_private_key_that_openssl_encrypted(theirs: tuple[Path, Path]) -> None:
    private, public = theirs
    key = keypairs.load_private(private.read_bytes(), PASSPHRASE.encode(), "sig")
    assert key.public == keypairs.public_from_pem(public.read_bytes(), "sig")


def test_openssl_names_our_key_files_as_sm2(ours: tuple[PrivateKey, Path, Path]) -> None:
    _, private, _ = ours
    told = openssl("pkey", "-in", private, "-passin", f"pass:{PASSPHRASE}", "-noout", "-text")
    assert b"SM2" in told.stdout
    assert b"SM4-CBC" in openssl("asn1parse", "-in", private).stdout.upper()
