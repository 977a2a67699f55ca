"""The wallet's process: how it starts, tells that it is ready, and ends, whoever ends it."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from scenarios.authority import Authority
from scenarios.ports import ports_from

PASSPHRASE = b"a passphrase"


@pytest.fixture
def settings(town: Any, tmp_path: Path) -> dict[str, Any]:
    """The wallet's settings, with a certificate for its listener and a free port; no bank listens."""
    home = town.wallet_config("gm").home
    Authority.mint(tmp_path, PASSPHRASE, datetime.now(UTC)).issue_server(
        home, "tls", ["wallet.localhost"], PASSPHRASE, datetime.now(UTC)
    )
    port = ports_from(0).wallet
    return {
        "home": str(home),
        "external_url": f"https://wallet.localhost:{port}",
        "gateway_url": "https://localhost:9",
        "authorization_endpoint": "https://bank.localhost:9/authorize",
        "ca_certificate": str(tmp_path / "ca.crt"),
        "certificate": str(home / "tls.crt"),
        "certificate_key": str(home / "tls.key"),
        "port": port,
    }


@contextmanager
def _started(settings: dict[str, Any], passphrase: bytes = PASSPHRASE) -> Iterator[subprocess.Popen[bytes]]:
    file = Path(settings["home"]) / "config.json"
    file.write_text(json.dumps(settings))
    process = subprocess.Popen(
        [sys.executable, "-m", "app_sim", "--config", str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        process.stdin.write(passphrase + b"\n")
        process.stdin.flush()
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


def _errors(process: subprocess.Popen[bytes]) -> str:
    assert process.stderr is not None
    return process.stderr.read().decode()


@pytest.mark.parametrize("end", ["SIGTERM", "SIGINT", "end of stdin"])
def test_it_serves_over_tls_and_ends_orderly(settings: dict[str, Any], end: str) -> None:
    with _started(settings) as process:
        assert _line(process) == b"ready\n"
        trust = ssl.create_default_context(cafile=settings["ca_certificate"])
        with httpx.Client(verify=trust, trust_env=False) as browser:
            page = browser.get(f"https://localhost:{settings['port']}/")
        assert page.status_code == 200
        assert "server" not in page.headers
        assert process.stdin is not None
        if end == "end of stdin":
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, end))
        assert process.wait(10) == 0
        assert _errors(process) == ""


@pytest.mark.clause("8-5")
def test_nothing_of_the_application_listens_but_its_edge(settings: dict[str, Any]) -> None:
    with _started(settings) as process:
        assert _line(process) == b"ready\n"
        wallet = psutil.Process(process.pid)
        sockets = [each for every in (wallet, *wallet.children()) for each in every.net_connections("all")]
        heard = {tuple(each.laddr) for each in sockets if each.status == psutil.CONN_LISTEN}
        assert heard == {("127.0.0.1", settings["port"])}


@pytest.mark.parametrize(
    ("change", "passphrase", "words"),
    [
        ({}, b"another", "cannot be opened"),
        ({"app_secret": "hush"}, PASSPHRASE, "app_secret"),
        ({"home": "/nonexistent/home"}, PASSPHRASE, "/nonexistent"),
    ],
)
def test_what_keeps_it_from_starting_is_one_line(
    settings: dict[str, Any], tmp_path: Path, change: dict[str, Any], passphrase: bytes, words: str
) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(settings | change))
    process = subprocess.run(
        [sys.executable, "-m", "app_sim", "--config", str(file)],
        input=passphrase + b"\n",
        capture_output=True,
        timeout=20,
    )
    assert process.returncode == 1
    assert process.stdout == b""
    errors = process.stderr.decode()
    assert words in errors
    assert errors.count("\n") == 1
    assert "hush" not in errors
