"""Production-like: what only a sandbox has cannot be had, by no setting, no switch and no token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app_sim.config import from_file as wallet_settings
from bank_sim.config import Config, ConfigError
from bank_sim.sandbox import ControlBlock, Switches
from bank_sim.sandbox.listener import create_bare_app
from scenarios import cli, founding
from scenarios.addresses import Addresses
from scenarios.failures import WrongUsage
from scenarios.home import Home
from scenarios.passphrase import ephemeral
from scenarios.ports import ports_from
from scenarios.world import Plan, fresh_marker

KNOBS = [
    ("GET", "/clock"), ("POST", "/clock"), ("GET", "/weakened"), ("POST", "/weakened"), ("POST", "/restored"),
    ("POST", "/applications"), ("GET", "/faults"), ("POST", "/faults"), ("DELETE", "/faults"),
]  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The settings that founding writes for each party of a production-like sandbox."""
    passphrase, ports = ephemeral(), ports_from(9000)
    plan = Plan(home=tmp_path_factory.mktemp("like") / "home", passphrase=passphrase, production_like=True)
    home, marker = Home(plan.home), fresh_marker(plan, ports)
    home.create(marker)
    site = founding.Site(
        home=home, passphrases=passphrase.opener(bytes.fromhex(marker.salt)), addresses=Addresses.at(ports),
        ports=ports, control_token_sha256=sha256(b"token").hexdigest(), workers=1, tapped=False, aids=False,
        discreet=False, trace=False, production_like=True,
    )  # fmt: skip
    founding.prepare(site, marker)
    return {party: home.party(party) / "config.json" for party in ("bank", "app", "user")}


@pytest.fixture
def listener() -> Iterator[FlaskClient]:
    with create_bare_app().test_client() as client:
        yield client


def changed(path: Path, folder: Path, **changes: Any) -> Path:
    other = folder / "config.json"
    other.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return other


def test_nobody_holds_a_token_and_no_party_asks_the_sandbox_for_the_time(settings: dict[str, Path]) -> None:
    bank, wallet = Config.from_file(settings["bank"]), wallet_settings(settings["app"])

    assert (bank.production_like, bank.control_token_sha256, bank.aids, bank.trace) == (True, "", False, False)
    assert (wallet.production_like, wallet.control_url, wallet.aids, wallet.weakened) == (True, None, False, set())
    assert json.loads(settings["user"].read_text())["control_url"] is None


@pytest.mark.parametrize("change", [{"aids": True}, {"trace": True}, {"control_token_sha256": "00"}], ids=str)
def test_a_bank_with_what_a_sandbox_has_does_not_start(
    settings: dict[str, Path], tmp_path: Path, change: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=next(iter(change))):
        Config.from_file(changed(settings["bank"], tmp_path, **change))


@pytest.mark.parametrize(
    "change",
    [{"aids": True}, {"trace": True}, {"control_url": "https://localhost"}, {"weakened": ["answer_intact"]}],
    ids=str,
)
def test_a_wallet_with_what_a_sandbox_has_does_not_start(
    settings: dict[str, Path], tmp_path: Path, change: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        wallet_settings(changed(settings["app"], tmp_path, **change))


@pytest.mark.parametrize(("method", "path"), KNOBS)
def test_there_is_no_knob_to_turn_whatever_is_presented(listener: FlaskClient, method: str, path: str) -> None:
    answer = listener.open(path, method=method, json={}, headers={"Authorization": "Bearer token"})

    assert (answer.status_code, answer.get_json()["code"]) == (404, "API_NOT_FOUND")


def test_it_says_that_it_lives_and_that_it_is_whole(listener: FlaskClient) -> None:
    told = listener.get("/health").get_json()

    assert told == {"status": "ok", "weakened": [], "faults": [], "production_like": True}


def test_a_bank_that_knows_no_name_of_a_defence_leaves_none_out_whatever_its_file_says(tmp_path: Path) -> None:
    block, file = ControlBlock(tmp_path / "control"), tmp_path / "weakened.json"
    switches = Switches(block, file, frozenset())
    file.write_text('["replay"]')
    block.announce_change()

    assert switches.weakened() == frozenset()
    block.close()


@pytest.mark.parametrize(
    "contradiction", [{"weakened": frozenset({"replay"})}, {"aids": True}, {"trace": True}, {"tapped": True}], ids=str
)
def test_a_plan_that_contradicts_itself_is_refused(tmp_path: Path, contradiction: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage, match="production-like"):
        Plan(home=tmp_path, passphrase=ephemeral(), production_like=True, **contradiction)


def test_up_refuses_to_weaken_what_is_production_like(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"

    assert cli.run(["up", "--production-like", "--weaken", "replay", "--home", str(home)]) == 2
    assert "production-like" in capsys.readouterr().err
    assert not home.exists()
