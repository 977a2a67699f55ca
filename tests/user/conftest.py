"""A phone as its own process, and a whole sandbox whose user the tests play."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from scenarios.authority import Authority
from scenarios.passphrase import ephemeral
from scenarios.ports import free_ports
from scenarios.world import Plan, World, running_world
from user_sim.http_browser import LoopbackTransport

NUMBER = "15412345678"


@dataclass(frozen=True, slots=True)
class PhoneProcess:
    """The running phone: ``url`` as browsers know it, ``sms_url`` as the bank's gateway does."""

    process: subprocess.Popen[bytes]
    port: int
    ca_certificate: Path

    @property
    def url(self) -> str:
        return f"https://phone.localhost:{self.port}"

    @property
    def sms_url(self) -> str:
        return f"https://localhost:{self.port}/sms"

    def client(self, language: str = "en") -> httpx.Client:
        return httpx.Client(transport=LoopbackTransport(self.ca_certificate), headers={"accept-language": language})


@pytest.fixture(scope="session")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhoneProcess]:
    with started_phone(tmp_path_factory.mktemp("phone")) as started:
        yield started


@pytest.fixture
def own_phone(tmp_path: Path) -> Iterator[PhoneProcess]:
    """A phone that the test may end."""
    with started_phone(tmp_path) as started:
        yield started


@contextmanager
def started_phone(home: Path) -> Iterator[PhoneProcess]:
    """A phone with certificates of its own, on a free port."""
    authority = Authority.mint(home, b"authority", datetime.now(UTC))
    authority.issue_server(home, "tls", ["phone.localhost"], b"the phone's", datetime.now(UTC))
    port = free_ports().phone
    config = {
        "home": str(home),
        "port": port,
        "certificate": str(home / "tls.crt"),
        "certificate_key": str(home / "tls.key"),
        "ca_certificate": str(home / "ca.crt"),
        "phones": [{"number": NUMBER, "owner": "王秀英"}],
    }
    (home / "config.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "user_sim", "--config", str(home / "config.json")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"the phone's\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        yield PhoneProcess(process, port, home / "ca.crt")
        process.terminate()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Bank, wallet and phones; each test plays people of its own."""
    plan = Plan(
        home=tmp_path_factory.mktemp("world") / "home",
        passphrase=ephemeral(),
        port_base=0,
        people=8,
        environment=dict(os.environ),
    )
    with running_world(plan) as started:
        yield started
