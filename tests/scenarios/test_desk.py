"""The authority's desk answers every certificate request, and nothing that is laid before it ends the sandbox."""

import os
import subprocess
from base64 import encodebytes
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from scenarios.authority import Authority
from scenarios.desk import Desk
from scenarios.facts import Marker
from scenarios.failures import BrokenSurroundings
from scenarios.home import Home
from scenarios.ports import ports_from

NEW_KEY = {
    "sm2": ("-algorithm", "SM2"),
    "p256": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa": ("-algorithm", "RSA"),
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create(Marker("gm", 8440, ports_from(8440), seed=1, people=2, passphrase="kept", salt="00"))
    return home


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home, Authority.mint(home.authority, b"a passphrase", datetime.now(UTC)))


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A certificate request (PEM) for a key of each kind, as openssl makes it."""
    made = {}
    for name, algorithm in NEW_KEY.items():
        key, request = (tmp_path_factory.mktemp(name) / each for each in ("key", "csr"))
        subprocess.run(["openssl", "genpkey", *algorithm, "-out", key], capture_output=True, check=True)
        subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", "/CN=shop", "-out", request], check=True)
        made[name] = request.read_bytes()
    return made


def answered(home: Home, desk: Desk, request: bytes) -> dict[str, bytes]:
    """What lies on the desk, by suffix, after a request was laid down and attended to."""
    (home.authority / "requests" / "one.csr").write_bytes(request)
    desk.attend()
    found = {each.suffix: each.read_bytes() for each in (home.authority / "requests").iterdir()}
    for each in (home.authority / "requests").iterdir():
        each.unlink()
    return found


@pytest.mark.parametrize("name", ["p256", "rsa"])
def test_keys_that_tls_takes_get_a_certificate(home: Home, desk: Desk, requests: dict[str, bytes], name: str) -> None:
    answer = answered(home, desk, requests[name])

    certificate = x509.load_pem_x509_certificate(answer.pop(".crt"))
    assert certificate.public_key() == x509.load_pem_x509_csr(requests[name]).public_key()
    assert answer == {}


def test_an_sm2_request_is_refused_in_writing_and_taken_away(
    home: Home, desk: Desk, requests: dict[str, bytes]
) -> None:
    answer = answered(home, desk, requests["sm2"])

    assert list(answer) == [".refused"]
    assert answer[".refused"].startswith(b"TLS here takes ECDSA P-256 or RSA keys")


@pytest.mark.parametrize("name", ["sm2", "p256"])
def test_no_changed_byte_of_a_request_goes_unanswered(
    home: Home, desk: Desk, requests: dict[str, bytes], name: str
) -> None:
    """Other versions, curves, key types and names that no specification knows are among them."""
    for damaged in _each_byte_changed(requests[name]):
        answer = answered(home, desk, damaged)
        assert list(answer) in ([".refused"], [".crt"])


def _each_byte_changed(pem: bytes) -> Iterator[bytes]:
    first, *middle, last = pem.splitlines(keepends=True)
    der = subprocess.run(["openssl", "base64", "-d"], input=b"".join(middle), capture_output=True, check=True).stdout
    for position, byte in enumerate(der):
        yield first + encodebytes(der[:position] + bytes([byte ^ 0x41]) + der[position + 1 :]) + last


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"no request", b"-" * 100_000], ids=["empty", "nul", "text", "large"]
)
def test_what_is_no_request_is_refused_in_writing(home: Home, desk: Desk, content: bytes) -> None:
    assert list(answered(home, desk, content)) == [".refused"]


def test_what_is_no_file_is_passed_over_and_the_next_request_signed(
    home: Home, desk: Desk, requests: dict[str, bytes]
) -> None:
    table = home.authority / "requests"
    (table / "a-folder.csr").mkdir()
    (table / "a-dangling-link.csr").symlink_to(table / "nowhere")
    os.mkfifo(table / "a-pipe.csr")
    (table / "an-answer-that-cannot-be-laid.csr").write_bytes(b"no request")
    (table / "an-answer-that-cannot-be-laid.new").mkdir()
    (table / "the-next.csr").write_bytes(requests["p256"])

    desk.attend()

    assert x509.load_pem_x509_certificate((table / "the-next.crt").read_bytes()).public_bytes(Encoding.PEM)


def test_a_request_that_its_owner_takes_away_meanwhile_is_no_failure(
    home: Home, desk: Desk, requests: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _taken_away_while_signed(home, monkeypatch):
        answer = answered(home, desk, requests["p256"])

    assert list(answer) == [".crt"]


@contextmanager
def _taken_away_while_signed(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    sign = Authority.issue_client

    def slowly(authority: Authority, request_pem: bytes, now: datetime) -> bytes:
        (home.authority / "requests" / "one.csr").unlink()
        return sign(authority, request_pem, now)

    with monkeypatch.context() as patch:
        patch.setattr(Authority, "issue_client", slowly)
        yield


def test_a_desk_that_was_taken_away_ends_nothing(home: Home, desk: Desk) -> None:
    (home.authority / "requests").rmdir()

    desk.attend()

    assert not (home.authority / "requests").exists()


def test_a_damaged_certificate_of_the_authority_is_said_in_one_line(home: Home, desk: Desk) -> None:
    (home.authority / "ca.crt").write_text("no certificate")

    with pytest.raises(BrokenSurroundings, match=r"ca\.crt is damaged"):
        Authority.load(home.authority, b"a passphrase")
