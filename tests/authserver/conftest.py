"""A whole bank in processes of its own, reached over TLS by clients that know nothing of us."""

from __future__ import annotations

import hashlib
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
import pytest

from bank_sim.bank import unlock
from bank_sim.clock import Clock
from bank_sim.config import Config
from bank_sim.founding import found_bank, register_application
from bank_sim.messages import Message
from bank_sim.store import Store
from scenarios.authority import Authority
from scenarios.ports import free_ports
from tests.bank_in_process import PEOPLE

PASSPHRASE = b"a passphrase for a test"
CONTROL_TOKEN = "a token for a test"
WORKERS = 2


class RunningBank:
    """``python -m bank_sim`` with two gateway workers; ``issuer`` is where machines call."""

    def __init__(self, home: Path) -> None:
        ports = free_ports()
        authority = Authority.mint(home, PASSPHRASE, datetime.now(UTC))
        (home / "bank").mkdir()
        authority.issue_server(home, "bank", ["bank.localhost"], PASSPHRASE, datetime.now(UTC))
        self.config = Config(
            home=home,
            port_gateway=ports.gateway,
            port_pages=ports.pages,
            port_control=ports.control,
            gateway_url=f"https://localhost:{ports.gateway}",
            pages_url=f"https://bank.localhost:{ports.pages}",
            ca_certificate=home / "ca.crt",
            tls_certificate=home / "bank.crt",
            tls_key=home / "bank.key",
            control_token_sha256=hashlib.sha256(CONTROL_TOKEN.encode()).hexdigest(),
            workers=WORKERS,
        )
        found_bank(self.config, PASSPHRASE, PEOPLE, 7, Clock().now_s())
        path = home / "bank.json"
        path.write_bytes(self.config.to_json())
        self.context = ssl.create_default_context(cafile=str(home / "ca.crt"))
        self._config_file = path
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        return self.config.gateway_url

    def register(self, document: dict[str, Any]) -> str:
        """Before the bank opens."""
        return register_application(self.config, PASSPHRASE, document, Clock().now_s())["app_id"]

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bank_sim", "--config", str(self._config_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(PASSPHRASE + b"\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == b"ready\n"

    def workers(self) -> int:
        assert self.process is not None
        return len(psutil.Process(self.process.pid).children())

    def http(self) -> httpx.Client:
        return httpx.Client(verify=self.context, timeout=20)

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(20)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        return code


class PagesWalker:
    """A user's browser on the bank's pages, over TLS: cookies, forms, and the code from the bank's outbox."""

    def __init__(self, bank: RunningBank) -> None:
        self.bank = bank
        self._base = f"https://127.0.0.1:{bank.config.port_pages}"
        self._http = httpx.Client(verify=bank.context, timeout=20)
        self._cookies: dict[str, str] = {}

    def agree(self, target: str, person: int = 0) -> str:
        """From the authorization request to the application's callback, whose URL is answered."""
        somebody = PEOPLE[person]
        self._go("GET", target)
        page = self._go("GET", "/authorize/step")
        login = {"login_name": somebody.login_name, "password": somebody.password}
        self._go("POST", "/authorize/login", login | _token(page))
        page = self._go("GET", "/authorize/step")
        self._go("POST", "/authorize/factor", {"otp": self._code()} | _token(page))
        page = self._go("GET", "/authorize/step")
        boxes = {"account": re.findall(r'name="account" value="([^"]+)"', page.text), "agree": "yes"}
        answer = self._go("POST", "/authorize/decision", {"decision": "approve"} | boxes | _token(page))
        return answer.headers["location"]

    def close(self) -> None:
        self._http.close()

    def _code(self) -> str:
        vault = unlock(self.bank.config, PASSPHRASE).vault
        store = Store(self.bank.config.database, readonly=True)
        (sealed,) = store.read("SELECT sealed FROM outbox ORDER BY id DESC LIMIT 1")[0]
        store.close()
        text = msgspec.json.decode(vault.unseal(sealed), type=Message).text
        return re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0]

    def _go(self, method: str, target: str, form: dict[str, Any] | None = None) -> httpx.Response:
        headers = {"host": f"bank.localhost:{self.bank.config.port_pages}"}
        if self._cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = self._http.request(
            method, self._base + target, data=form, headers=headers, extensions={"sni_hostname": "bank.localhost"}
        )
        assert answer.status_code in (200, 303), answer.text
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer


def _token(page: httpx.Response) -> dict[str, str]:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
    assert found, page.text
    return {"csrf": found[1]}


@pytest.fixture(scope="module")
def running_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    bank = RunningBank(tmp_path_factory.mktemp("running"))
    yield bank
    assert bank.stop() == 0


@pytest.fixture
def walker(running_bank: RunningBank) -> Iterator[PagesWalker]:
    walker = PagesWalker(running_bank)
    yield walker
    walker.close()
