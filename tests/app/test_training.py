"""A training leaves checks of the wallet's own out as the sandbox's clock tells, and only those."""

from __future__ import annotations

import ssl
from typing import Any

import httpx
import msgspec
import pytest

from app_sim.bank.training import Training
from app_sim.config import AppConfig
from bank_sim.sdk import channel_checks
from bank_sim.sdk.clock import FollowingClock
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.returning import require_own_state, require_return

CONTROL = "https://localhost:8449"
ISSUER = "https://bank.example"


class Listener:
    """The sandbox's clock, and how often it was asked."""

    def __init__(self, *weakened: str) -> None:
        self.weakened = list(weakened)
        self.asked = 0

    def get(self, url: str) -> httpx.Response:
        self.asked += 1
        told = {"offset_s": 0, "epoch": 0, "weakened": self.weakened}
        return httpx.Response(200, json=told, request=httpx.Request("GET", url))


def training(config: AppConfig, listener: Listener, **changes: Any) -> Training:
    clock = FollowingClock(CONTROL, listener.get)
    clock.refresh()
    return Training(msgspec.structs.replace(config, control_url=CONTROL, **changes), clock)


@pytest.fixture
def config(town: Any) -> AppConfig:
    return town.wallet_config("gm")


def test_what_the_clock_tells_is_left_out_without_another_question(config: AppConfig) -> None:
    listener = Listener("answer_intact", "event_once")
    wallets = training(config, listener)

    assert wallets.left_out() == wallets.left_out() == {"answer_intact", "event_once"}
    assert listener.asked == 1


def test_what_is_no_check_of_an_application_is_nothing_to_the_wallet(config: AppConfig) -> None:
    assert training(config, Listener("replay", "answer_signed", "gravity")).left_out() == frozenset()


def test_settings_and_clock_add_up(config: AppConfig) -> None:
    both = training(config, Listener("answer_intact"), weakened=frozenset({"answer_fresh"}))

    assert both.left_out() == {"answer_intact", "answer_fresh"}


def test_a_wallet_without_a_sandbox_takes_part_in_no_training(config: AppConfig) -> None:
    clock = FollowingClock(CONTROL, Listener("answer_intact").get)
    clock.refresh()
    alone = Training(msgspec.structs.replace(config, control_url=None), clock)

    assert alone.left_out() == frozenset()


def test_a_channel_that_would_take_anybodys_certificate_is_not_opened_but_in_a_training() -> None:
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE

    with pytest.raises(Problem, match="BANK_IDENTITY_INVALID"):
        channel_checks.CHANNEL_CHECKS.run(careless, "channel")
    channel_checks.CHANNEL_CHECKS.run(careless, "channel", frozenset({"bank_certificate"}))
    channel_checks.CHANNEL_CHECKS.run(ssl.create_default_context(), "channel")


@pytest.mark.parametrize("iss", [None, "", "https://crook.example"])
def test_a_return_of_another_issuer_is_taken_in_a_training_only(iss: str | None) -> None:
    parameters = {"code": "c"} | ({"iss": iss} if iss is not None else {})

    with pytest.raises(Problem, match="ISS_MISMATCH"):
        require_return(parameters, ISSUER)
    require_return(parameters, ISSUER, frozenset({"return_issuer"}))
    require_return({"iss": ISSUER}, ISSUER)


def test_a_return_to_another_session_is_taken_in_a_training_only() -> None:
    with pytest.raises(Problem, match="STATE_MISMATCH"):
        require_own_state(False)
    require_own_state(False, frozenset({"return_state"}))
    require_own_state(True)


def test_a_stranger_who_names_a_state_does_not_close_the_way_that_it_belongs_to(
    town: Any, wallet: Any, visitor: Any, visitor_of: Any
) -> None:
    page = visitor.sign_in().get("/")
    back = town.user_agrees(str(visitor.submit(page, "/link").location))
    stranger = visitor_of(wallet).sign_in("Vera")

    assert "STATE_MISMATCH" in stranger.get("/callback", **back).text
    assert visitor.get("/callback", **back).status_code == 303
