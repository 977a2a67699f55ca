"""The bank as it runs: one command, its listeners, its processes, its log. Everything real but the money."""

from __future__ import annotations

import hashlib
import json
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bank_sim.audit import verify
from bank_sim.bank import certificates_of, unlock
from bank_sim.clock import Clock
from bank_sim.config import Config
from bank_sim.events import Events
from bank_sim.founding import found_bank
from bank_sim.keys.custody import Change
from bank_sim.store import Store
from scenarios.ports import Ports, free_ports
from tests.bank.test_founding import PEOPLE
from tests.certificates import der, request_pem
from tests.edge.conftest import PASSPHRASE, Authority, Connection, eventually

TOKEN = "token of this run"
# Two at the gateway, one for the pages, one for the offices.
WORKERS = 4


class RunningBank:
    """``python -m bank_sim`` on free ports."""

    def __init__(self, config: Config) -> None:
        self.config = config
        file = config.folder / "config.json"
        file.write_bytes(config.to_json())
        self.started_cpu_s = 0.0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bank_sim", "--config", str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def hand_over(self, passphrase: bytes) -> str:
        """What the bank says when it is given a passphrase; "" if it ends without a word."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(passphrase + b"\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().decode().strip()

    def end(self) -> tuple[int, str]:
        """Wait for the exit code and what stood on standard error."""
        code = self.process.wait(15)
        assert self.process.stderr is not None
        errors = self.process.stderr.read().decode()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        return code, errors

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.config.ca_certificate))

    def ask(self, port: int, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"https://localhost:{port}{path}", data, {"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, context=self.trust, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def cpu_s(self) -> float:
        """What the supervisor and its workers have computed so far."""
        supervisor = psutil.Process(self.process.pid)
        times = [each.cpu_times() for each in (supervisor, *supervisor.children())]
        return sum(each.user + each.system for each in times)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(Store(self.config.database, readonly=True)) as store:
            return store.read(sql)


def listeners(ports: Ports) -> dict[str, int]:
    return {f"port_{name}": getattr(ports, name) for name in ("gateway", "pages", "portal", "console", "control")}


@pytest.fixture(scope="module")
def loaded_at_the_start() -> set[str]:
    """The modules that stand in memory when the bank's processes fork."""
    program = "import sys, bank_sim.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    home = tmp_path_factory.mktemp("home")
    authority = Authority(home)
    certificate, key = authority.issue("server")
    ports = free_ports()
    config = Config(
        home=home,
        **listeners(ports),
        gateway_url=f"https://localhost:{ports.gateway}",
        pages_url=f"https://bank.localhost:{ports.pages}",
        sms_url=f"https://localhost:{ports.phone}/sms",
        ca_certificate=authority.path,
        tls_certificate=certificate,
        tls_key=key,
        control_token_sha256=hashlib.sha256(TOKEN.encode()).hexdigest(),
        workers=2,
    )
    found_bank(config, PASSPHRASE, PEOPLE, 7, time.time())
    return config


@pytest.fixture(scope="module")
def bank(config: Config) -> Iterator[RunningBank]:
    bank = RunningBank(config)
    assert bank.hand_over(PASSPHRASE) == "ready"
    bank.started_cpu_s = bank.cpu_s()
    yield bank
    bank.process.terminate()
    code, errors = bank.end()
    assert code == 0
    # The one worker that a test kills, and nothing else.
    assert [line for line in errors.splitlines() if "ended with -9" not in line] == []


def test_a_cold_start_costs_no_more_than_a_cold_start_may(bank: RunningBank) -> None:
    # The whole sandbox has 1.5 s to its first signed answer. Processor time, for others may use the machine too.
    assert bank.started_cpu_s < 1.5


@pytest.mark.parametrize("library", ["fido2", "httpx", "markdown_it", "segno"])
def test_what_only_some_pages_need_is_not_loaded_at_the_start(loaded_at_the_start: set[str], library: str) -> None:
    assert "flask" in loaded_at_the_start
    assert library not in loaded_at_the_start


@pytest.mark.clause("8-1")
def test_each_zone_has_a_listener_of_its_own(bank: RunningBank) -> None:
    config = bank.config
    assert bank.ask(config.port_gateway, "/openapi.json")[1]["openapi"].startswith("3.1")
    assert bank.ask(config.port_gateway, "/.well-known/oauth-authorization-server")[1]["issuer"] == config.gateway_url
    # In each suite a key that signs, one that opens, and the next of each.
    assert len(bank.ask(config.port_gateway, "/.well-known/jwks.json")[1]["keys"]) == 8
    assert bank.ask(config.port_control, "/health") == (200, {"status": "ok", "weakened": [], "faults": []})
    assert bank.ask(config.port_gateway, "/health")[1]["code"] == "API_NOT_FOUND"
    assert bank.ask(config.port_gateway, "/clock")[1]["code"] == "API_NOT_FOUND"
    assert bank.ask(config.port_control, "/api/products")[1]["code"] == "API_NOT_FOUND"


@pytest.mark.clause("8-1", "8-4")
def test_nothing_listens_beside_the_zones_and_so_the_core_is_reached_through_the_gateway_only(
    bank: RunningBank,
) -> None:
    supervisor = psutil.Process(bank.process.pid)
    sockets = [each for process in (supervisor, *supervisor.children()) for each in process.net_connections("all")]
    heard = {each.laddr for each in sockets if each.status == psutil.CONN_LISTEN}
    config = bank.config
    zones = (config.port_gateway, config.port_pages, config.port_portal, config.port_console, config.port_control)

    assert {each.port for each in heard} == set(zones)
    assert {each.ip for each in heard} <= {"127.0.0.1", "::1"}


@pytest.mark.clause("7.3.3-1.2")
def test_a_call_that_ends_at_the_edge_is_in_the_access_log(bank: RunningBank) -> None:
    for port, door in ((bank.config.port_gateway, "gateway"), (bank.config.port_pages, "pages")):
        with closing(Connection(port, bank.trust)) as connection:
            answer = connection.ask(b"GET /accounts/6222020000000000000?name=x HTTP/1.1\r\n\r\n")
        assert answer.json["code"] == "MALFORMED_HTTP"
        trace_id = answer.json["trace_id"]
        rows = bank.rows(
            f"SELECT api_id, path, source, result, status, code FROM access_log WHERE trace_id = '{trace_id}'"
        )
        assert rows == [
            (f"edge:{door}", "/accounts/622202*********0000", "127.0.0.1", "failure", 400, "MALFORMED_HTTP")
        ]


def test_the_clock_of_every_worker_follows_the_control_listener(bank: RunningBank) -> None:
    _, clock = bank.ask(bank.config.port_control, "/clock", {"advance_s": 90 * 86_400}, TOKEN)
    assert clock["offset_s"] == 90 * 86_400
    bank.ask(bank.config.port_gateway, "/api/nothing")
    ((at_ms,),) = bank.rows("SELECT at_ms FROM access_log ORDER BY serial DESC LIMIT 1")
    assert abs(at_ms / 1000 - time.time() - 90 * 86_400) < 60
    assert bank.ask(bank.config.port_control, "/clock", {"reset": True}, TOKEN)[1]["offset_s"] == 0


def test_a_weakening_is_seen_by_every_worker_and_recorded(bank: RunningBank) -> None:
    control = bank.config.port_control
    assert bank.ask(control, "/weakened", {"names": ["second_factor"]}, TOKEN)[0] == 200
    bank.ask(bank.config.port_gateway, "/api/nothing")
    assert bank.rows("SELECT weakened FROM access_log ORDER BY serial DESC LIMIT 1") == [("second_factor",)]
    assert bank.ask(control, "/weakened", {"names": []}, TOKEN) == (200, {"names": []})
    assert bank.ask(control, "/weakened", {"names": ["second_factor"]}, "wrong")[0] == 401


def test_a_foreign_application_is_registered_at_the_control_listener(bank: RunningBank) -> None:
    status, credentials = bank.ask(
        bank.config.port_control, "/applications", {"name": "Other", "apis": "public"}, TOKEN
    )
    assert status == 201
    assert set(credentials) >= {"app_id", "app_secret", "bank_jwks"}
    assert bank.rows(f"SELECT name FROM applications WHERE app_id = '{credentials['app_id']}'") == [("Other",)]


def certified(bank: RunningBank, folder: Path) -> tuple[str, str, ssl.SSLContext]:
    """App_ID, fingerprint and TLS context of an application with a client certificate of the bank's."""
    key = ec.generate_private_key(ec.SECP256R1())
    document = {"name": "Certified", "apis": "public", "certificate_request_pem": request_pem(key)}
    _, credentials = bank.ask(bank.config.port_control, "/applications", document, TOKEN)
    (folder / "client.crt").write_text(credentials["certificate_pem"])
    secret = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "client.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *secret))
    context = bank.trust
    context.load_cert_chain(folder / "client.crt", folder / "client.key")
    fingerprint = hashlib.sha256(der(credentials["certificate_pem"])).hexdigest()
    return credentials["app_id"], fingerprint, context


def revoked(config: Config, fingerprint: str) -> None:
    """As the console does it, in another process than the gateway's."""
    with closing(Store(config.database)) as store:
        news = Events(store, Clock(), config.policy.event_give_up_s)
        certificates = certificates_of(store, Clock(), config, news, unlock(config, PASSPHRASE))
        with store.write() as db:
            certificates.revoke(db, fingerprint, Change("chen", "it was copied", Clock().now_ms()))


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-2.2")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_revoked_certificate_is_refused_on_open_and_resumed_connections_of_every_worker(
    bank: RunningBank, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    """TLS looked at the certificate once, at the handshake; the bank looks at each call."""
    app_id, fingerprint, context = certified(bank, tmp_path)
    context.maximum_version = version
    form = f"grant_type=client_credentials&client_id={app_id}"
    head = (
        f"POST /oauth/token HTTP/1.1\r\nHost: localhost:{bank.config.port_gateway}\r\nContent-Length: {len(form)}\r\n"
    )
    asked = f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}".encode()
    with ExitStack() as stack:
        opened: dict[int, Connection] = {}
        while len(opened) < bank.config.workers:
            connection = stack.enter_context(closing(Connection(bank.config.port_gateway, context)))
            assert connection.ask(asked).status == 200
            opened.setdefault(serving(bank, connection), connection)
        session = connection.socket.session
        revoked(bank.config, fingerprint)
        answers = [each.ask(asked) for each in opened.values()]
        resumed = stack.enter_context(closing(Connection(bank.config.port_gateway, context, session)))
        answers.append(resumed.ask(asked))
        assert resumed.socket.session_reused
    assert [(each.status, each.json["code"]) for each in answers] == [(401, "CERT_REVOKED")] * 3
    recorded = bank.rows("SELECT code, result FROM access_log ORDER BY serial DESC LIMIT 3")
    assert recorded == [("CERT_REVOKED", "failure")] * 3
    assert listed(bank, tmp_path, context) == ["200", "revoked"]


def serving(bank: RunningBank, connection: Connection) -> int:
    """The worker process that holds the other end."""
    port = connection.socket.getsockname()[1]
    for worker in psutil.Process(bank.process.pid).children():
        if any(each.raddr and each.raddr[1] == port for each in worker.net_connections("tcp")):
            return worker.pid
    raise AssertionError("no worker has this connection")


def listed(bank: RunningBank, folder: Path, context: ssl.SSLContext) -> list[str]:
    """What somebody who has only the two published files makes of the certificate."""
    base = f"https://localhost:{bank.config.port_gateway}/oauth"
    with urllib.request.urlopen(f"{base}/client-ca", context=context, timeout=10) as answer:
        authority = x509.load_pem_x509_certificate(answer.read())
    with urllib.request.urlopen(f"{base}/crl", context=context, timeout=10) as answer:
        found = x509.load_der_x509_crl(answer.read())
        status = str(answer.status)
    assert found.is_signature_valid(authority.public_key())
    serial = x509.load_pem_x509_certificate((folder / "client.crt").read_bytes()).serial_number
    return [status, "revoked" if found.get_revoked_certificate_by_serial_number(serial) else "good"]


def test_calls_that_come_while_a_worker_is_killed_are_answered_by_others(bank: RunningBank) -> None:
    workers = psutil.Process(bank.process.pid).children()
    assert len(workers) == WORKERS
    workers[0].kill()
    answers = [bank.ask(bank.config.port_gateway, "/api/nothing")[0] for _ in range(10)]
    assert answers == [404] * 10
    eventually(lambda: len(psutil.Process(bank.process.pid).children()) == WORKERS, "the worker is replaced")


def test_the_access_log_of_many_simultaneous_calls_is_complete_and_its_chain_holds(bank: RunningBank) -> None:
    ((before,),) = bank.rows("SELECT count(*) FROM access_log")

    def call_often() -> None:
        for _ in range(25):
            bank.ask(bank.config.port_gateway, "/api/nothing")

    threads = [threading.Thread(target=call_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(Store(bank.config.database, readonly=True)) as store:
        verdict = verify(store)
    assert verdict.holds
    assert verdict.count == before + 100


def stopped_bank(config: Config, tmp_path: Path, **changes: Any) -> Config:
    """Settings like those of the running bank, but with free ports."""
    settings = listeners(free_ports()) | changes
    return Config(**({name: getattr(config, name) for name in Config.__struct_fields__} | settings))


def test_a_wrong_passphrase_is_one_clear_line(config: Config, tmp_path: Path) -> None:
    bank = RunningBank(stopped_bank(config, tmp_path))
    assert bank.hand_over(b"wrong") == ""
    assert bank.end() == (1, "The passphrase does not open the bank's vault.\n")


def test_an_empty_standard_input_is_one_clear_line(config: Config, tmp_path: Path) -> None:
    bank = RunningBank(stopped_bank(config, tmp_path))
    assert bank.hand_over(b"") == ""
    assert bank.end() == (1, "No passphrase came on standard input.\n")


def test_a_port_in_use_is_one_clear_line(bank: RunningBank, config: Config, tmp_path: Path) -> None:
    second = RunningBank(stopped_bank(config, tmp_path, port_pages=config.port_pages))
    assert second.hand_over(PASSPHRASE) == ""
    line = f"The pages listener cannot have port {config.port_pages} on 127.0.0.1: Address already in use.\n"
    assert second.end() == (1, line)


def test_a_home_without_a_bank_is_one_clear_line(config: Config, tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    bank = RunningBank(stopped_bank(config, tmp_path, home=tmp_path))
    assert bank.hand_over(PASSPHRASE) == ""
    assert bank.end() == (1, f"There is no bank in {tmp_path / 'bank'}.\n")


@pytest.mark.clause("7.3.4-2.1", "7.3.4-2.2")
def test_a_secret_beside_the_vault_keeps_the_bank_from_starting(config: Config, tmp_path: Path) -> None:
    settings = stopped_bank(config, tmp_path)
    folder = settings.folder
    secret = "ExampleOfASecretNobodyHas"
    (folder / "deploy.ini").write_text(f"[bank]\nclient_secret = {secret}\n")
    try:
        bank = RunningBank(settings)
        assert bank.hand_over(PASSPHRASE) == ""
        code, line = bank.end()
    finally:
        (folder / "deploy.ini").unlink()

    assert (code, line.count("\n")) == (1, 1)
    assert line.startswith(f"SECRET_IN_CONFIG: {folder / 'deploy.ini'}:2: secret Exa")
    assert secret not in line


def test_a_bank_always_starts_whole_but_keeps_its_time(config: Config, tmp_path: Path) -> None:
    settings = stopped_bank(config, tmp_path)
    first = RunningBank(settings)
    assert first.hand_over(PASSPHRASE) == "ready"
    first.ask(settings.port_control, "/weakened", {"names": ["second_factor"]}, TOKEN)
    first.ask(settings.port_control, "/clock", {"advance_s": 60}, TOKEN)
    first.process.send_signal(signal.SIGTERM)
    assert first.end()[0] == 0
    second = RunningBank(settings)
    assert second.hand_over(PASSPHRASE) == "ready"
    assert second.ask(settings.port_control, "/weakened")[1]["names"] == []
    assert second.ask(settings.port_control, "/clock")[1]["offset_s"] == 60
    second.ask(settings.port_control, "/clock", {"reset": True}, TOKEN)
    second.process.terminate()
    assert second.end()[0] == 0
