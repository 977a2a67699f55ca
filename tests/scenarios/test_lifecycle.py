"""However a sandbox ends, no process survives it, and what it leaves behind is whole."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import msgspec
import psutil
import pytest

from app_sim import __main__ as wallet
from app_sim.config import AppConfig
from bank_sim.edge import serving, workers
from scenarios import cli, processes
from scenarios.addresses import Addresses
from scenarios.failures import BrokenSurroundings
from scenarios.home import Home
from scenarios.passphrase import Passphrase, ephemeral
from scenarios.ports import free_ports, ports_from, require_free
from scenarios.world import Plan, fresh_marker, running_world
from tests.scenarios.sandbox_process import COMMAND, Up, environment, run, up
from user_sim.http_browser import LoopbackTransport
from user_sim.people import Person

KEPT = Passphrase("a passphrase that a person keeps", kept=True)


def plan(home: Path, passphrase: Passphrase = KEPT) -> Plan:
    return Plan(home=home, passphrase=passphrase, port_base=0, people=2, environment=dict(os.environ))


@dataclass(slots=True)
class Life:
    """A sandbox with two gateway workers that ran until it was told to stop: who was there, and how it ended."""

    home: Path
    processes: int = 0
    ended: tuple[int, str, str] = (-1, "", "")
    survivors: list[str] = field(default_factory=list)
    metrics: str = ""

    @property
    def spans(self) -> Path:
        return self.home.parent / "spans.jsonl"


def _visited(sandbox: Up) -> str:
    """The bank's metrics, after somebody has looked at the wallet's page of products."""
    urls = sandbox.facts["urls"]
    transport = LoopbackTransport(sandbox.home / "ca" / "ca.crt")
    with httpx.Client(transport=transport, timeout=10, trust_env=False) as browser:
        assert browser.get(f"{urls['wallet']}/products").status_code == 200
        return browser.get(f"{urls['control']}/metrics").text


@contextmanager
def lived(life: Life, number: signal.Signals, *arguments: str) -> Iterator[Up]:
    with up(life.home, "--workers", "2", *arguments) as sandbox:
        life.processes = len(sandbox.family)
        yield sandbox
        life.ended = sandbox.end(number)
        life.survivors = sandbox.survivors()


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Life, bool]:
    """Ended by Ctrl-C; whether a gateway worker that was killed before was replaced."""
    life = Life(tmp_path_factory.mktemp("interrupted") / "home")
    with lived(life, signal.SIGINT) as sandbox:
        workers = sandbox.party("bank").children()
        workers[0].kill()
        psutil.wait_procs([workers[0]], timeout=5)
        replaced = _eventually(lambda: len(sandbox.party("bank").children()) == len(workers))
    return life, replaced


@pytest.fixture(scope="module")
def terminated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Life, dict[str, subprocess.CompletedProcess[str]]]:
    """Weakened, watched, and ended by SIGTERM; what other commands were told in the same home meanwhile."""
    life = Life(tmp_path_factory.mktemp("terminated") / "home")
    watched = ("--traces", str(life.spans), "--log-format", "json")
    with lived(life, signal.SIGTERM, "--weaken", "replay", *watched) as sandbox:
        life.metrics = _visited(sandbox)
        told = {
            "up": run("up", "--home", str(life.home), "--port-base", "0"),
            "reset": run("reset", "--home", str(life.home)),
            "status": run("status", "--home", str(life.home)),
            "facts": run("status", "--home", str(life.home), "--json"),
        }
    return life, told


@pytest.mark.parametrize("ending", ["interrupted", "terminated"])
def test_ending_up_leaves_no_process_and_a_home_that_verifies(request: pytest.FixtureRequest, ending: str) -> None:
    life: Life = request.getfixturevalue(ending)[0]
    code, output, errors = life.ended

    assert life.processes >= 3 + 3
    assert (code, errors) == (0, "")
    assert output.endswith("Stopped.\n")
    assert life.survivors == []
    assert not (life.home / "run.json").exists()
    assert cli.run(["audit", "verify", "--home", str(life.home)]) == 0


def test_a_killed_gateway_worker_is_replaced(interrupted: tuple[Life, bool]) -> None:
    assert interrupted[1]


def test_a_second_sandbox_in_the_same_home_is_refused_in_one_line(
    terminated: tuple[Life, dict[str, subprocess.CompletedProcess[str]]],
) -> None:
    told = terminated[1]
    for each in (told["up"], told["reset"]):
        assert each.returncode == 3
        assert "already running" in each.stderr
        assert each.stderr.count("\n") == 1
    assert told["facts"].returncode == 0
    assert '"running": true' in told["facts"].stdout


def test_a_weakened_sandbox_says_so_loudly(
    terminated: tuple[Life, dict[str, subprocess.CompletedProcess[str]]],
) -> None:
    life, told = terminated

    assert "THIS BANK IS WEAKENED: replay" in life.ended[1]
    assert "WEAKENED: replay" in told["status"].stdout


def test_a_visit_of_the_wallet_is_one_trace_that_both_logs_name(
    terminated: tuple[Life, dict[str, subprocess.CompletedProcess[str]]],
) -> None:
    life = terminated[0]
    spans = [json.loads(line) for line in life.spans.read_text().splitlines()]
    visit = next(each for each in spans if each["name"] == "GET /products")
    calls = [each for each in spans if each["parent_id"] == visit["span_id"]]
    served = [each for each in spans if each["parent_id"] in {call["span_id"] for call in calls}]
    assert {each["name"] for each in calls} >= {"products.list"}
    assert {each["service"] for each in served} == {"bank"}
    assert {each["trace_id"] for each in [*calls, *served]} == {visit["trace_id"]}

    logs = {
        party: [json.loads(line) for line in (life.home / party / "log" / name).read_text().splitlines()]
        for party, name in (("bank", "bank.log"), ("app", "wallet.log"))
    }
    named = {each["attributes"]["bank.trace_id"] for each in served}
    for party, lines in logs.items():
        assert named <= {each.get("trace_id") for each in lines}, party
    assert 'bank_calls_total{api="products.list"' in life.metrics
    assert "bank_defences_off 1.0" in life.metrics


@pytest.mark.parametrize("party", ["bank", "app", "user"])
def test_a_killed_party_is_reported_and_ends_everything(tmp_path: Path, party: str) -> None:
    with up(tmp_path / "home") as sandbox:
        sandbox.party(party).kill()
        code, _, errors = sandbox.wait()
        survivors = sandbox.survivors()

    assert code == 3
    assert errors.startswith(f"bank-sandbox: The {party} ended by signal 9")
    assert errors.count("\n") == 1
    assert survivors == []


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


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What there was while a home ran that was founded under a kept passphrase."""

    home: Home
    health: str
    people: list[Person]
    addresses: Addresses
    membership: bytes
    files: dict[Path, bytes]
    token: str


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """A founding was cut short in that home before."""
    home = Home(tmp_path_factory.mktemp("kept") / "home")
    home.create(fresh_marker(plan(home.path), ports_from(0)))
    (home.party("bank") / "bank.founding").write_bytes(b"half a database")
    (home.party("app") / "keys").mkdir()
    with running_world(plan(home.path)) as world:
        world.control.register({"name": "foreign", "apis": ["products.list"]})
        return FirstRun(
            home=home,
            health=world.control.health()["status"],
            people=world.people,
            addresses=world.addresses,
            membership=(home.party("app") / "membership.json").read_bytes(),
            files={file: file.read_bytes() for file in home.path.rglob("*") if file.is_file()},
            token=home.run()["control_token"],  # type: ignore[index]
        )


def test_a_founding_that_was_cut_short_is_done_again(first_run: FirstRun) -> None:
    assert first_run.health == "ok"


@pytest.mark.clause("7.3.4-2.1", "7.3.4-2.2")
def test_no_key_lies_in_clear_and_no_secret_in_a_settings_file(first_run: FirstRun) -> None:
    secret, token, files = KEPT.secret.encode(), first_run.token.encode(), first_run.files
    keys = [file for file, content in files.items() if b"PRIVATE KEY" in content]

    assert len(keys) >= 8
    assert all(b"ENCRYPTED PRIVATE KEY" in files[key] for key in keys)
    assert all(key.stat().st_mode & 0o077 == 0 for key in keys)
    assert [file.name for file, content in files.items() if secret in content] == []
    assert [file.name for file, content in files.items() if token in content] == ["run.json"]


@pytest.mark.clause("7.3.4-2.2", "9.3.5-2.1")
def test_a_kept_passphrase_opens_the_same_home_again_and_no_other_does(first_run: FirstRun) -> None:
    home = first_run.home.path
    with running_world(plan(home)) as world:
        assert (home / "app" / "membership.json").read_bytes() == first_run.membership
        # The wallet's redirect URI is registered: a home on free ports must come up on the same ones.
        assert (world.people, world.addresses) == (first_run.people, first_run.addresses)
    wrong = Passphrase("another passphrase altogether", kept=True)
    with pytest.raises(BrokenSurroundings, match="does not open"), running_world(plan(home, wrong)):
        pass
    with pytest.raises(BrokenSurroundings, match="BANK_SANDBOX_PASSPHRASE"), running_world(plan(home, ephemeral())):
        pass
    assert (home / "app" / "membership.json").read_bytes() == first_run.membership


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


def _eventually(holds: Callable[[], bool], patience_s: float = 5.0) -> bool:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False
