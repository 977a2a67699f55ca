"""Somebody copied the secrets out of the user's security key; the copy's counter lags behind the owner's."""

from __future__ import annotations

from scenarios.attacks.stolen_login import balance_got
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from user_sim.http_browser import LoopbackTransport
from user_sim.second_factors import add_security_key


@scenario(
    "security-key-copied",
    kind="attack",
    clauses=("7.2.1-b-2.2", "10.2.2-1"),
    summary_en="With the password and a copy of the security key, the thief logs in; the signature is perfect.",
    summary_zh="攻击者持有密码和安全密钥的复制品，签名完全有效，但计数器落后。",
    defence=Defence("security_key_counter", "ATK-USR-13", 401, "SECURITY_KEY_CLONED", "data"),
)
def security_key_copied(stage: Stage) -> Attempt:
    """The owner goes on using their key, as people do."""
    rival = stage.partner("rival")
    # A key in software is plugged into a plain browser; a real one asks for a key that can be touched.
    owner = stage.plays(stage.user, transport=LoopbackTransport(stage.world.authority))
    add_security_key(owner)
    assert owner.security_key is not None
    copy = owner.security_key.copied()
    owner.log_in_at_bank("/consents")
    thief = stage.customer_of(rival, stage.user)
    thief.factor, thief.security_key = "security_key", copy
    stage.attack_begins()
    return balance_got(thief, rival)
