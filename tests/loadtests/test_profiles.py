"""Profiles are data that can be carried out: bounded, complete, and stretched as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtests.by_hand import commands
from loadtests.crowd.prepared import read, require_here
from loadtests.objectives import objectives
from loadtests.profiles import MINUTES_MAX, RATE_MAX, USERS_MAX, plan, profiles
from scenarios import cli
from scenarios.failures import WrongUsage

EXPECTED = ["quick", "steady", "ramp", "spike", "soak", "flash-sale", "retry-storm", "noisy-neighbour"]


def test_the_profiles_are_those_of_the_field() -> None:
    assert list(profiles()) == EXPECTED


@pytest.mark.parametrize("name", EXPECTED)
def test_every_profile_has_objectives_of_speed_for_all_that_its_people_call(name: str) -> None:
    from loadtests.objectives import calls_expected

    wanted = objectives(name)
    assert calls_expected(plan(name)) <= wanted.p95_ms.keys()
    assert wanted.failed_percent_max is not None


def test_a_profile_with_floods_or_a_fault_is_judged_for_it() -> None:
    for name, profile in profiles().items():
        wanted = objectives(name)
        assert bool(profile.floods) == (wanted.fairness_ratio_max is not None)
        assert bool(profile.fault) == (wanted.amplification_max is not None and wanted.recovery_s_max is not None)


def test_users_come_and_go_by_the_stages() -> None:
    spike = plan("spike")
    users = [spike.users_at(second) for second in (0, 29.9, 30, 49.9, 50, 89.9, 90)]
    assert users == [20, 20, 100, 100, 20, 20, None]
    ramp = plan("ramp")
    rising = [ramp.users_at(second) or 0 for second in range(0, 150, 10)]
    assert rising == sorted(rising)
    assert (rising[0], ramp.users_at(160)) == (4, 80)


def test_all_times_are_stretched_alike() -> None:
    short, whole = plan("retry-storm", minutes=0.5).profile, profiles()["retry-storm"]
    assert short.seconds == pytest.approx(30)
    assert short.fault is not None
    assert whole.fault is not None
    assert short.fault.from_s / short.seconds == pytest.approx(whole.fault.from_s / whole.seconds)
    floods = plan("noisy-neighbour", minutes=2.2).profile.floods
    assert [(each.begins, each.ends) for each in floods[:2]] == [(16, 26), (40, 50)]


def test_more_users_are_as_busy_each_and_a_rate_is_shared_by_all() -> None:
    assert plan("steady", users=80).interval_s == plan("steady").interval_s
    assert plan("steady", rate=160).interval_s == pytest.approx(plan("steady").interval_s / 2)


@pytest.mark.parametrize("asked", [{"users": 0}, {"users": USERS_MAX + 1}, {"rate": RATE_MAX + 1}, {"rate": -1},
                                   {"minutes": 0}, {"minutes": MINUTES_MAX + 1}], ids=str)  # fmt: skip
def test_what_is_beyond_the_bounds_is_refused(asked: dict[str, int]) -> None:
    with pytest.raises(WrongUsage):
        plan("steady", **asked)


def test_an_unknown_profile_is_wrong_usage_and_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["load", "no-such"]) == 2
    assert "noisy-neighbour" in capsys.readouterr().err


def test_without_a_profile_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["load", "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in EXPECTED)
    assert "限时抢购" in said


@pytest.mark.parametrize("issuer", ["https://bank.example:8440", "https://192.0.2.7", "https://localhost.example"])
def test_load_is_put_on_this_machine_only(issuer: str) -> None:
    with pytest.raises(WrongUsage, match="not this machine"):
        require_here(issuer)


def test_a_document_that_was_not_prepared_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "it.json").write_text('{"issuer": "https://localhost:1"}')
    with pytest.raises(WrongUsage, match="was not written by"):
        read(tmp_path / "it.json")


def test_locust_by_hand_listens_on_this_machine_only() -> None:
    started = [line for line in commands(Path("/prepared.json")) if line.startswith("  locust")]
    masters = [line for line in started if "--worker" not in line and "--headless" not in line]
    assert len(started) == 5
    assert all("--web-host 127.0.0.1" in line for line in masters)
    assert all("--master-bind-host 127.0.0.1" in line for line in masters if "--master " in line)


def test_objectives_of_ones_own_are_read_and_wrong_ones_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[default]\nfailed_percent_max = 5\n[steady]\np95_ms = { products = 7 }\n")
    wanted = objectives("steady", file)
    assert (wanted.failed_percent_max, wanted.p95_ms, wanted.let_through_max) == (5, {"products": 7}, None)
    file.write_text("[default]\nfaild_percent_max = 5\n")
    with pytest.raises(WrongUsage, match="faild_percent_max"):
        objectives("steady", file)
