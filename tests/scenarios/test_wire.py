"""The attacker's transports and the middlebox do to real TLS traffic what they say, and nothing else."""

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from scenarios.authority import Authority
from scenarios.middlebox import Middlebox, middlebox
from scenarios.ports import free_ports
from scenarios.wire import Drop, Record, Replay, Splice, Tamper, calls

PASSPHRASE = "of this test only"


class _Echo(BaseHTTPRequestHandler):
    """Answers with what arrived, and how many requests it has seen."""

    protocol_version = "HTTP/1.1"
    seen = 0

    def do_GET(self) -> None:
        self._echo()

    def do_POST(self) -> None:
        self._echo()

    def log_message(self, *_: object) -> None:
        pass

    def _echo(self) -> None:
        type(self).seen += 1
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        document = {
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode(),
            "seen": type(self).seen,
        }
        content = json.dumps(document).encode()
        self.send_response(201)
        self.send_header("content-length", str(len(content)))
        self.send_header("x-signed", "by the bank")
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[tuple[Middlebox, httpx.Client]]:
    """An echo behind a middlebox, and a client that speaks to the box's port and trusts the CA."""
    authority = Authority.mint(tmp_path, b"ca passphrase", datetime.now(UTC))
    authority.issue_server(tmp_path, "tls", ["bank.localhost"], PASSPHRASE.encode(), datetime.now(UTC))
    ports = free_ports()
    handler = type("Echo", (_Echo,), {"seen": 0})
    server = ThreadingHTTPServer(("127.0.0.1", ports.behind), handler)
    server.daemon_threads, server.block_on_close = True, False
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key", password=PASSPHRASE)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    trust = ssl.create_default_context(cafile=tmp_path / "ca.crt")
    identity = (tmp_path / "tls.crt", tmp_path / "tls.key", PASSPHRASE)
    with (
        middlebox(ports.gateway, ports.behind, *identity, *[tmp_path / "ca.crt"] * 2) as found,
        httpx.Client(base_url=f"https://localhost:{ports.gateway}", verify=trust, trust_env=False) as client,
    ):
        yield found, client
    server.shutdown()
    server.server_close()


def test_the_box_passes_everything_on_under_the_host_that_was_addressed(box: tuple[Middlebox, httpx.Client]) -> None:
    found, client = box

    answer = client.post("/api/transfers?x=%2F1", content=b'{"amount":"100.00"}', headers={"Signature": "sig1=:abc:"})

    echoed = answer.json()
    assert answer.status_code == 201
    assert answer.headers["x-signed"] == "by the bank"
    assert echoed["path"] == "/api/transfers?x=%2F1"
    assert echoed["body"] == '{"amount":"100.00"}'
    assert echoed["headers"]["signature"] == "sig1=:abc:"
    assert echoed["headers"]["host"] == client.base_url.netloc.decode()
    assert [each.body for each in found.record.messages] == [b'{"amount":"100.00"}']


def test_tamper_changes_the_wanted_body_and_the_headers_told_and_no_other(box: tuple[Middlebox, httpx.Client]) -> None:
    found, client = box
    wire = Tamper(
        found.record,
        calls("POST", "/transfers"),
        lambda body: body.replace(b"100.00", b"10000.00"),
        lambda body: {"content-digest": f"made anew over {len(body)}"},
    )

    with found.interfering(wire):
        changed = client.post("/api/transfers", content=b"100.00", headers={"Content-Digest": "x", "Signature": "s"})
        other = client.post("/api/other", content=b"100.00")
    after = client.post("/api/transfers", content=b"100.00")

    assert changed.json()["body"] == "10000.00"
    assert changed.json()["headers"]["content-digest"] == "made anew over 8"
    assert changed.json()["headers"]["signature"] == "s"
    assert (other.json()["body"], after.json()["body"]) == ("100.00", "100.00")


def test_replay_sends_the_captured_request_again_byte_for_byte(box: tuple[Middlebox, httpx.Client]) -> None:
    found, client = box
    wire = Replay(found.record, calls("POST", "/execute"))

    with found.interfering(wire):
        first = client.post("/api/transfers/1/execute", content=b"{}", headers={"Nonce": "n"}).json()
        again = wire.again().json()

    assert (first["seen"], again["seen"]) == (1, 2)
    assert {**first, "seen": 0} == {**again, "seen": 0}


def test_drop_delivers_the_request_and_loses_the_answer_once(box: tuple[Middlebox, httpx.Client]) -> None:
    found, client = box

    with found.interfering(Drop(found.record, calls("POST", "/execute"))):
        with pytest.raises(httpx.TransportError):
            client.post("/execute", content=b"{}")
        second = client.post("/execute", content=b"{}")

    assert second.json()["seen"] == 2


def test_splice_answers_with_what_an_earlier_request_was_answered(box: tuple[Middlebox, httpx.Client]) -> None:
    found, client = box

    with found.interfering(Splice(found.record, calls("GET", "/balance"))):
        first, second = client.get("/a/balance").json(), client.get("/b/balance").json()

    assert first["path"] == second["path"] == "/a/balance"


def test_the_record_keeps_what_the_bank_got_behind_an_interference(box: tuple[Middlebox, httpx.Client]) -> None:
    found, client = box
    assert isinstance(found.record, Record)

    with found.interfering(Tamper(found.record, calls("POST", "/t"), lambda _: b"forged")):
        client.post("/t", content=b"sent")

    assert [each.body for each in found.record.messages] == [b"forged"]
