"""Every scenario holds in every suite it names; every attack is refused, and succeeds without its one defence."""

import json

import pytest

from scenarios.failures import ScenarioFailed, WrongUsage
from scenarios.registry import Scenario, chosen, scenario, scenarios
from scenarios.runner import Theatre
from scenarios.stage import Attempt
from tests.range.solving import verdicts
from tests.scenarios.conftest import RememberingTheatre
from tests.scenarios.sandbox_process import run
from user_sim import installed_chromium

ALL = list(scenarios().values())
PROVEN = [each for each in ALL if each.defence is not None]


@pytest.mark.parametrize("played", [each for each in ALL if "gm" in each.suites], ids=lambda each: each.name)
def test_a_scenario_holds_in_gm(gm_theatre: RememberingTheatre, played: Scenario) -> None:
    result = gm_theatre.play(played)

    assert result.passed, result.outcome
    assert result.claims
    # What the wallet refuses by itself, such as a secret in its settings, need not reach the bank.
    assert result.evidence["access_records"] or (played.defence is not None and played.defence.witness == "wallet")
    assert not any(verdicts(gm_theatre.newest, result).values()), "the range takes a refused attack for a solution"


@pytest.mark.parametrize("played", [each for each in ALL if "intl" in each.suites], ids=lambda each: each.name)
def test_a_scenario_holds_in_intl(intl_theatre: Theatre, played: Scenario) -> None:
    result = intl_theatre.play(played)

    assert result.passed, result.outcome


def test_the_attacks_that_the_issue_asks_for_are_there() -> None:
    assert {each.name for each in PROVEN} >= {
        "amount-tampered",
        "transfer-replayed",
        "app-secret-on-a2",
        "second-factor-skipped",
        "someone-elses-account",
        "token-stolen",
    }


def test_an_attack_that_the_bank_does_not_refuse_fails(gm_theatre: Theatre) -> None:
    harmless = next(each for each in PROVEN if each.name == "token-stolen")
    unrefused = Scenario(**{each: getattr(harmless, each) for each in harmless.__slots__} | {"play": _read_something})

    result = gm_theatre.play(unrefused)

    assert not result.passed
    assert "Not so: refused with 403 TOKEN_APP_MISMATCH" in result.outcome


def test_an_attack_that_does_not_succeed_without_the_defence_is_no_proof(gm_theatre: Theatre) -> None:
    powerless = next(each for each in PROVEN if each.name == "token-stolen")
    idle = Scenario(**{each: getattr(powerless, each) for each in powerless.__slots__} | {"play": _do_nothing})

    result = gm_theatre.play(idle, "weakened")

    assert not result.passed
    assert "Not so" in result.outcome


def test_a_scenario_that_claims_nothing_fails(gm_theatre: Theatre) -> None:
    silent = next(each for each in ALL if each.kind == "happy")
    idle = Scenario(**{each: getattr(silent, each) for each in silent.__slots__} | {"play": lambda _: None})

    assert gm_theatre.play(idle).outcome == "nothing was claimed"


def test_an_unknown_scenario_is_refused_with_those_that_exist() -> None:
    with pytest.raises(WrongUsage, match="transfer-gm"):
        chosen(["transfer-nix"])


def test_an_attack_without_a_defence_cannot_be_registered() -> None:
    with pytest.raises(ValueError, match="names its defence"):
        scenario("nix", kind="attack", clauses=(), summary_en="", summary_zh="")


def test_a_claim_that_does_not_hold_ends_the_scenario(gm_theatre: Theatre) -> None:
    liar = next(each for each in ALL if each.kind == "happy")
    lying = Scenario(**{each: getattr(liar, each) for each in liar.__slots__} | {"play": _claim_a_falsehood})

    result = gm_theatre.play(lying)

    assert (result.passed, result.outcome) == (False, "Not so: snow is black (found white)")


def test_a_transfer_is_played_in_a_real_browser_to_the_same_claims(gm_theatre: Theatre) -> None:
    pytest.importorskip("playwright")
    if installed_chromium.found(windowless=True) is None:
        pytest.skip("no Chromium; tests/chromium/ensure_chromium.sh installs it")

    plain = gm_theatre.play(scenarios()["transfer-gm"])
    real = run("run", "transfer-gm", "--json", "--browser")

    assert (plain.passed, real.returncode, real.stderr) == (True, 0, "")
    assert json.loads(real.stdout)["results"][0]["claims"] == plain.facts()["claims"]


def _read_something(stage) -> Attempt:
    stage.attack_begins()
    return Attempt(200, read="everything")


def _do_nothing(stage) -> Attempt:
    stage.attack_begins()
    return Attempt(403, "TOKEN_APP_MISMATCH")


def _claim_a_falsehood(stage) -> None:
    from scenarios.texts import Text

    try:
        stage.require(False, Text("snow is black", "雪是黑的"), "white")
    except ScenarioFailed:
        assert stage.claims == []
        raise
