"""However a sandbox ends, no process survives it, and what it leaves behind is whole."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import psutil
import pytest

from app_sim import __main__ as wallet
from app_sim.config import AppConfig
from bank_sim.edge import serving, workers
from scenarios import cli, processes
from scenarios.failures import BrokenSurroundings
from scenarios.home import Home
from scenarios.passphrase import Passphrase, ephemeral
from scenarios.ports import free_ports, ports_from, require_free
from scenarios.world import Plan, fresh_marker, running_world
from tests.scenarios.sandbox_process import COMMAND, environment, run, up

KEPT = Passphrase("a passphrase that a person keeps", kept=True)


def plan(home: Path, passphrase: Passphrase = KEPT) -> Plan:
    return Plan(home=home, passphrase=passphrase, port_base=0, people=2, environment=dict(os.environ))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_ending_up_leaves_no_process_and_a_home_that_verifies(tmp_path: Path, number: signal.Signals) -> None:
    with up(tmp_path / "home", "--workers", "2") as sandbox:
        assert len(sandbox.family) >= 3 + 3
        code, output, errors = sandbox.end(number)

    assert (code, errors) == (0, "")
    assert output.endswith("Stopped.\n")
    assert sandbox.survivors() == []
    assert not (tmp_path / "home" / "run.json").exists()
    assert cli.run(["audit", "verify", "--home", str(tmp_path / "home")]) == 0


@pytest.mark.parametrize("party", ["bank", "app", "user"])
def test_a_killed_party_is_reported_and_ends_everything(tmp_path: Path, party: str) -> None:
    with up(tmp_path / "home") as sandbox:
        sandbox.party(party).kill()
        code, _, errors = sandbox.wait()

    assert code == 3
    assert errors.startswith(f"bank-sandbox: The {party} ended by signal 9")
    assert errors.count("\n") == 1
    assert sandbox.survivors() == []


def test_nothing_survives_the_command_that_was_killed_itself(tmp_path: Path) -> None:
    with up(tmp_path / "home", "--workers", "2") as sandbox:
        sandbox.end(signal.SIGKILL)

        assert sandbox.survivors(patience_s=15) == []

    assert Home(tmp_path / "home").run() is None
    with up(tmp_path / "home") as again:
        assert again.end(signal.SIGINT)[0] == 0


def test_no_party_is_killed_while_it_may_still_drain() -> None:
    worker_s = serving._DRAIN_S + 2 * serving._TLS_GOODBYE_S
    bank_timeout_s = next(each.default for each in msgspec.structs.fields(AppConfig) if each.name == "bank_timeout_s")
    wallet_s = wallet._DRAIN_S + bank_timeout_s

    assert worker_s < workers._STOP_DEADLINE_S
    assert max(workers._STOP_DEADLINE_S, wallet_s) + 2 <= processes.STOP_DEADLINE_S


def test_a_killed_gateway_worker_is_replaced(tmp_path: Path) -> None:
    with up(tmp_path / "home", "--workers", "2") as sandbox:
        workers = sandbox.party("bank").children()
        workers[0].kill()
        psutil.wait_procs([workers[0]], timeout=5)
        replaced = _eventually(lambda: len(sandbox.party("bank").children()) == len(workers))
        code, _, errors = sandbox.end(signal.SIGINT)

    assert replaced
    assert (code, errors) == (0, "")


@pytest.mark.parametrize("command", [["run", "--all"], ["demo"]], ids=" ".join)
def test_stopping_a_command_midway_leaves_neither_process_nor_folder(tmp_path: Path, command: list[str]) -> None:
    changed = environment(TMPDIR=str(tmp_path))
    with subprocess.Popen([*COMMAND, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=changed) as process:
        assert _eventually(lambda: any(tmp_path.rglob("run.json")), patience_s=20)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)

    assert (process.returncode, errors.strip()) == (130, b"bank-sandbox: Stopped.")
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert list(tmp_path.iterdir()) == []


def test_a_second_sandbox_in_the_same_home_is_refused_in_one_line(tmp_path: Path) -> None:
    with up(tmp_path / "home") as sandbox:
        second = run("up", "--home", str(tmp_path / "home"), "--port-base", "0")
        deleted = run("reset", "--home", str(tmp_path / "home"))
        seen = run("status", "--home", str(tmp_path / "home"), "--json")
        sandbox.end(signal.SIGTERM)

    for each in (second, deleted):
        assert each.returncode == 3
        assert "already running" in each.stderr
        assert each.stderr.count("\n") == 1
    assert seen.returncode == 0
    assert '"running": true' in seen.stdout


def test_a_port_in_use_is_named_with_its_listener_and_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        base = taken.getsockname()[1] - 2
        refusal = run("up", "--home", str(tmp_path / "home"), "--port-base", str(base))

    assert refusal.returncode == 3
    assert refusal.stderr == (
        f"bank-sandbox: Port {base + 2} (wallet) is in use; stop what listens there, or choose another --port-base.\n"
    )
    assert not (tmp_path / "home").exists()


def test_ports_outside_the_range_are_refused() -> None:
    with pytest.raises(BrokenSurroundings, match="outside"):
        ports_from(80)


def test_the_port_behind_the_middlebox_matters_only_where_there_is_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = replace(free_ports(), behind=taken.getsockname()[1])
        require_free(ports, tapped=False)
        with pytest.raises(BrokenSurroundings, match="behind"):
            require_free(ports, tapped=True)


@pytest.mark.clause("7.3.4-2.2", "9.3.5-2.1")
def test_a_kept_passphrase_opens_the_same_home_again_and_no_other_does(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running_world(plan(home)) as world:
        membership = (home / "app" / "membership.json").read_bytes()
        people, addresses = world.people, world.addresses
        world.control.register({"name": "foreign", "apis": ["products.list"]})
    with running_world(plan(home)) as world:
        assert (home / "app" / "membership.json").read_bytes() == membership
        # The wallet's redirect URI is registered: a home on free ports must come up on the same ones.
        assert (world.people, world.addresses) == (people, addresses)
    wrong = Passphrase("another passphrase altogether", kept=True)
    with pytest.raises(BrokenSurroundings, match="does not open"), running_world(plan(home, wrong)):
        pass
    with pytest.raises(BrokenSurroundings, match="BANK_SANDBOX_PASSPHRASE"), running_world(plan(home, ephemeral())):
        pass
    assert (home / "app" / "membership.json").read_bytes() == membership


@pytest.mark.clause("7.3.4-2.1", "7.3.4-2.2")
def test_no_key_lies_in_clear_and_no_secret_in_a_settings_file(tmp_path: Path) -> None:
    with running_world(plan(tmp_path / "home")) as world:
        secret = world.plan.passphrase.secret.encode()
        files = {file: file.read_bytes() for file in world.home.path.rglob("*") if file.is_file()}
        token = Home(world.home.path).run()["control_token"].encode()  # type: ignore[index]

    keys = [file for file, content in files.items() if b"PRIVATE KEY" in content]
    assert len(keys) >= 8
    assert all(b"ENCRYPTED PRIVATE KEY" in files[key] for key in keys)
    assert all(key.stat().st_mode & 0o077 == 0 for key in keys)
    assert [file.name for file, content in files.items() if secret in content] == []
    assert [file.name for file, content in files.items() if token in content] == ["run.json"]


def test_a_throw_away_home_is_founded_anew_at_each_start(tmp_path: Path) -> None:
    memberships = set()
    for _ in range(2):
        with running_world(plan(tmp_path / "home", ephemeral())):
            memberships.add((tmp_path / "home" / "app" / "membership.json").read_bytes())

    assert len(memberships) == 2


def test_a_founding_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create(fresh_marker(plan(home.path), ports_from(0)))
    (home.party("bank") / "bank.founding").write_bytes(b"half a database")
    (home.party("app") / "keys").mkdir()

    with running_world(plan(home.path)) as world:
        assert world.control.health()["status"] == "ok"


def test_a_home_of_another_suite_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    marker = fresh_marker(plan(home.path), ports_from(0))
    home.create(marker)
    home.founded(marker)
    wanted = Plan(home=home.path, passphrase=KEPT, suite="intl", port_base=0)

    with pytest.raises(BrokenSurroundings, match="--suite gm"), running_world(wanted):
        pass


def test_an_unknown_weakening_is_refused_with_the_known_ones_and_nothing_keeps_running(tmp_path: Path) -> None:
    refusal = run("up", "--home", str(tmp_path / "home"), "--port-base", "0", "--weaken", "gravity")

    assert refusal.returncode == 2
    assert refusal.stderr.startswith("bank-sandbox: There is no defence gravity; there are: ")
    assert "message_signature" in refusal.stderr
    assert not (tmp_path / "home" / "run.json").exists()
    assert [
        each for each in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(each.info["cmdline"] or ())
    ] == []


def test_a_weakened_sandbox_says_so_loudly(tmp_path: Path) -> None:
    with up(tmp_path / "home", "--weaken", "replay") as sandbox:
        seen = run("status", "--home", str(tmp_path / "home"))
        _, output, _ = sandbox.end(signal.SIGINT)

    assert "THIS BANK IS WEAKENED: replay" in output
    assert "WEAKENED: replay" in seen.stdout


def _eventually(holds: Callable[[], bool], patience_s: float = 5.0) -> bool:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False
