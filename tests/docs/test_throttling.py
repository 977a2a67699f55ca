"""docs/throttling.md is true: its limits, its numbers and its codes are those that there are."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import CATALOGUE
from bank_sim.throttle.headers import policy_of
from bank_sim.throttle.quotas import Limit, defaults

ROOT = Path(__file__).parents[2]
PAGES = {
    "en": (ROOT / "docs/throttling.md").read_text(encoding="utf-8"),
    "zh": (ROOT / "bank_sim/portal/docs/zh/throttling.md").read_text(encoding="utf-8"),
}


@pytest.mark.parametrize("language", PAGES)
def test_it_names_every_limit_with_its_default(language: str) -> None:
    named = re.findall(r"`((?:app|api|user)-\w+)`", PAGES[language].partition("\n\n|")[2].partition("\n\n")[0])
    assert named == [f"{scope}-{per}" for scope, per in sorted(defaults(Policy()), key=_in_the_page(named))]
    for amount in (*defaults(Policy()).values(), Policy().source_calls_second_max):
        assert amount is None or f"{amount:,}" in PAGES[language]


def _in_the_page(named: list[str]) -> Callable[[tuple[str, str]], int]:
    return lambda each: named.index("-".join(each))


@pytest.mark.parametrize("language", PAGES)
def test_its_headers_are_written_as_the_gateway_writes_them(language: str) -> None:
    written = re.search(r"^RateLimit-Policy: (.*)$", PAGES[language], re.MULTILINE)
    limits = (("second", 50), ("minute", 1000), ("concurrent", 20))
    assert written is not None
    assert written[1] == policy_of(tuple(Limit("app", per, amount, "policy") for per, amount in limits))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", PAGES)
def test_its_codes_are_those_of_429(language: str) -> None:
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGES[language]))
    assert named == {
        "APP_LOCKED", "QUOTA_EXCEEDED", "CONCURRENCY_LIMIT", "QUOTA_SUSPENDED", "RATE_LIMITED", "USER_ABSENT_LIMIT",
    }  # fmt: skip
    assert all(CATALOGUE[each].status == 429 and CATALOGUE[each].retry_safe for each in named)


def test_its_steps_are_the_policy_s() -> None:
    policy = Policy()
    assert f"{policy.quota_alarm_percent} % of a limit" in PAGES["en"]
    assert f"refused in {policy.quota_strikes} of {policy.quota_strikes_within_min} minutes" in PAGES["en"]
    assert (policy.secret_guesses_max, policy.secret_guesses_window_s) == (10, 300)
    assert "ten wrong App_Secrets within five minutes" in PAGES["en"]
    assert (policy.quota_suspension_s, policy.quota_signed_refusals) == (300, 3)
    assert "for five minutes" in PAGES["en"]
    assert "from the fourth refusal in a row" in PAGES["en"]
