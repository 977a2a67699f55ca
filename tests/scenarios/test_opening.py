"""``up --open`` shows the pages in a browser that trusts this sandbox alone, or says what to do instead."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from scenarios import opening
from scenarios.authority import Authority
from scenarios.passphrase import ephemeral
from scenarios.world import Plan, World, running_world
from tests.scenarios.sandbox_process import Up, up
from user_sim import installed_chromium

PATIENCE_S = 10.0
# A browser that writes down how it was started and then stays, as one does that somebody looks at.
STAND_IN = f"""#!{sys.executable}
import json, os, sys, time
folder = next(each.split("=", 1)[1] for each in sys.argv if each.startswith("--user-data-dir="))
os.makedirs(folder, exist_ok=True)
draft = os.path.join(folder, "draft")
with open(draft, "w") as file:
    json.dump(dict(pid=os.getpid(), arguments=sys.argv[1:]), file)
os.rename(draft, os.path.join(folder, "started.json"))
while True:
    time.sleep(60)
"""


@pytest.fixture
def with_stand_in(tmp_path: Path) -> str:
    """A search path on which the stand-in is the machine's only Chromium."""
    program = tmp_path / "bin" / "chromium"
    program.parent.mkdir()
    program.write_text(STAND_IN)
    program.chmod(0o755)
    return str(program.parent)


def test_the_browser_gets_a_profile_in_the_home_trusts_our_keys_alone_and_goes_with_the_sandbox(
    tmp_path: Path, with_stand_in: str
) -> None:
    home = tmp_path / "home"
    with up(home, "--open", PATH=with_stand_in, DISPLAY=":1") as running:
        started = _started(home)
        keys = ",".join(installed_chromium._key_sha256(each) for each in sorted(home.glob("*/tls.crt")))
        output = _announced(running)
        running.end(signal.SIGINT)

    assert f"--user-data-dir={home / 'browser'}" in started["arguments"]
    assert f"--ignore-certificate-errors-spki-list={keys}" in started["arguments"]
    assert started["arguments"][-1].startswith("https://")
    assert "with a profile of its own that trusts this sandbox" in output
    assert not psutil.pid_exists(started["pid"])


def _announced(running: Up) -> str:
    """What ``up`` says before it waits for Ctrl-C."""
    assert running.process.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        line = running.process.stdout.readline()
        assert line, said
        said += line
    return said


def _started(home: Path) -> dict[str, Any]:
    """What the stand-in wrote down, once it is there: ``up`` starts it and waits for nothing."""
    note, deadline = home / "browser" / "started.json", time.monotonic() + PATIENCE_S
    while not note.exists():
        assert time.monotonic() < deadline, "no browser was started"
        time.sleep(0.02)
    started: dict[str, Any] = json.loads(note.read_text())
    return started


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    home = tmp_path_factory.mktemp("opening") / "home"
    plan = Plan(home=home, passphrase=ephemeral(), port_base=0, people=2, environment=environment)
    with running_world(plan) as started:
        yield started


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac always has a screen")
def test_without_a_screen_the_address_is_said(world: World) -> None:
    with opening.opened(world, world.addresses.wallet) as line:
        assert line == f"No screen to open a browser on; elsewhere open {world.addresses.wallet}"


def test_another_browser_is_asked_and_told_how_to_trust(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(installed_chromium, "found", lambda: None)
    monkeypatch.setattr(opening, "_has_screen", lambda _: True)
    monkeypatch.setattr(webbrowser, "open", lambda url: asked.append(url) or True)
    with opening.opened(world, world.addresses.wallet) as line:
        assert asked == [world.addresses.wallet]
    assert str(world.authority) in line
    assert "localhost names only" in line


def test_the_key_of_a_certificate_is_told_as_browsers_compare_it(tmp_path: Path) -> None:
    """Published: the SHA-256 of the DER SubjectPublicKeyInfo, in base64 (RFC 7469 2.4)."""
    Authority.mint(tmp_path, b"passphrase", datetime.now(UTC))
    public = subprocess.run(
        ["openssl", "x509", "-in", tmp_path / "ca.crt", "-pubkey", "-noout"], capture_output=True, check=True
    ).stdout
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, capture_output=True, check=True
    ).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=der, capture_output=True, check=True)
    assert installed_chromium._key_sha256(tmp_path / "ca.crt") == base64.b64encode(digest.stdout).decode()
