"""Somebody reads the code off the user's authenticator as they log in, and uses it again within the half minute."""

from __future__ import annotations

from scenarios.attacks.stolen_login import balance_got
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from user_sim.driver import HeadlessUser
from user_sim.phone_screen import PhoneScreen
from user_sim.second_factors import add_authenticator

STEP_S = 30


@scenario(
    "authenticator-code-replayed",
    kind="attack",
    clauses=("7.2.1-b-2.2", "9.3.1-1.1"),
    summary_en="With the password stolen, the thief types the authenticator's code that the user has just typed.",
    summary_zh="攻击者持有被盗密码，抢在时限内再次使用用户刚输入过的动态口令。",
    defence=Defence("totp_once", "ATK-USR-11", 401, "OTP_REPLAYED", "data"),
)
def authenticator_code_replayed(stage: Stage) -> Attempt:
    """The thief stands behind the user in the queue, and runs an application of their own."""
    rival = stage.partner("rival")
    user = stage.plays(stage.user)
    add_authenticator(user)
    stage.world.control.advance(STEP_S)
    user.log_in_at_bank("/consents")
    thief = stage.customer_of(rival, stage.user)
    thief.factor, thief.phone = "totp", _OverTheShoulder(thief, stage.world.addresses.phone, user.phone.code_shown())
    stage.attack_begins()
    return balance_got(thief, rival)


class _OverTheShoulder(PhoneScreen):
    """What the thief has of the user's phone: one code, as it was seen."""

    def __init__(self, thief: HeadlessUser, phone_url: str, code: str) -> None:
        super().__init__(thief.phone_browser, phone_url, thief.person.phone)
        self._code = code

    def code_shown(self) -> str:
        return self._code
