"""The rules as they are written: each strikes from its number on, and not before; what cannot strike is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from bank_sim.risk import listing
from bank_sim.risk.rules import read_rules, the_rules

if TYPE_CHECKING:
    from bank_sim.core.accounts import Account
    from bank_sim.core.payments import Transfer
    from tests.risk.conftest import Neighbourhood

HOUR_MS = 3_600_000
Strike = Callable[["Neighbourhood", "Account", "Account"], "Transfer"]


def known(town: Neighbourhood, payer: Account, payee: Account) -> None:
    """The payer has paid this payee before."""
    town.pay(payer, payee, 1_00)


def large_first_payment(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    town.with_key(payer)
    return town.pay(payer, payee, 20_000_00 - short)


def at_night(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    town.with_key(payer)
    town.now_ms += 18 * HOUR_MS + 59 * 60_000 + short * 60_000
    return town.pay(payer, payee, 15_000_00)


def with_a_new_key(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    known(town, payer, payee)
    town.with_key(payer, 86_399 + short)
    return town.pay(payer, payee, 10_000_01)


def structuring(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    for _ in range(2 - short):
        town.pay(payer, payee, 8_000_00)
    return town.pay(payer, payee, 10_000_00)


def structuring_large(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    known(town, payer, payee)
    town.with_key(payer)
    if not short:
        town.pay(payer, payee, 40_000_00)
    return town.pay(payer, payee, 50_000_00)


def velocity(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    known(town, payer, payee)
    town.now_ms += HOUR_MS
    for _ in range(9 - short):
        town.pay(payer, payee, 2_300_00)
    return town.pay(payer, payee, 2_300_00)


def clearing(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    for number in range(3):
        town.pay(town.somebody(f"来人{number}"), payer, 100_00)
    for number in range(2 - short):
        town.pay(payer, town.somebody(f"去人{number}"), 99_00)
    return town.pay(payer, payee, 98_00)


def mule(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    known(town, payer, payee)
    for number in range(3 - short):
        town.pay(town.somebody(f"来人{number}"), payer, 4_000_00)
    return town.pay(payer, payee, 10_000_01)


def large_day(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    known(town, payer, payee)
    town.with_key(payer)
    return town.pay(payer, payee, 50_000_01 - 1_00 - short)


def large_value(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    known(town, payer, payee)
    town.with_key(payer)
    for _ in range(4):
        town.pay(payer, payee, 100_000_00)
    return town.pay(payer, payee, 100_000_00 - 1_00 - short)


def new_payee(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    town.with_key(payer)
    return town.pay(payer, payee, 10_000_01 - short)


def listed_payee(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    listing.add(town.db, (payer if short else payee).account_id, 1, "fraud", "chen", town.now_ms)  # type: ignore[arg-type]
    return town.pay(payer, payee, 1_00)


def listed_payer(town: Neighbourhood, payer: Account, payee: Account, short: int) -> Transfer:
    return listed_payee(town, payer, payee, 1 - short)


STRIKES = {
    "LISTED_PAYEE": listed_payee,
    "LISTED_PAYER": listed_payer,
    "CLEARING": clearing,
    "MULE": mule,
    "STRUCTURING": structuring,
    "STRUCTURING_LARGE": structuring_large,
    "VELOCITY": velocity,
    "NEW_PAYEE_LARGE": large_first_payment,
    "NEW_KEY": with_a_new_key,
    "NIGHT": at_night,
    "LARGE_DAY": large_day,
    "NEW_PAYEE": new_payee,
    "LARGE_VALUE": large_value,
}
"""What strikes each rule; one step short of it, the rule does not strike."""
STATES = {"reject": "rejected", "hold": "held", "step_up": "executed", "pass": "executed"}


def test_every_rule_has_its_strike() -> None:
    assert list(STRIKES) == [each.id for each in the_rules()]


@pytest.mark.clause("10.2.3-1", "10.2.3-2")
@pytest.mark.parametrize("rule", the_rules(), ids=lambda each: each.id)
def test_a_rule_strikes_from_its_number_on(town: Neighbourhood, rule: object) -> None:
    rule_id, verdict = rule.id, rule.verdict  # type: ignore[attr-defined]
    payer, payee = town.somebody("王小明"), town.somebody("李红")
    struck = STRIKES[rule_id](town, payer, payee, 0)
    assert rule_id in town.rules_hit(struck)
    assert struck.state == STATES[verdict]


@pytest.mark.parametrize("rule_id", [each.id for each in the_rules()])
def test_one_step_short_of_it_the_rule_is_silent(town: Neighbourhood, rule_id: str) -> None:
    payer, payee = town.somebody("王小明"), town.somebody("李红")
    assert rule_id not in town.rules_hit(STRIKES[rule_id](town, payer, payee, 1))


@pytest.mark.clause("9.1.1-4")
@pytest.mark.parametrize("amount_fen", [94_99, 100_01], ids=["less", "more"])
def test_another_amount_is_no_clearing_however_much_was_passed_on_before(town: Neighbourhood, amount_fen: int) -> None:
    hub = town.somebody("王小明")
    for number in range(4):
        town.pay(town.somebody(f"来人{number}"), hub, 100_00)
    for number in range(2):
        town.pay(hub, town.somebody(f"去人{number}"), 100_00)
    assert town.rules_hit(town.pay(hub, town.somebody("去人"), amount_fen)) == set()
    assert town.rules_hit(town.pay(hub, town.somebody("另一人"), 100_00)) == {"CLEARING"}


def test_whoever_pays_everybody_back_clears_nothing(town: Neighbourhood) -> None:
    hub = town.somebody("王小明")
    guests = [town.somebody(f"来人{number}") for number in range(5)]
    for each in guests:
        town.pay(each, hub, 100_00)
        assert town.rules_hit(town.pay(hub, each, 100_00)) == set()


def test_cents_sent_along_do_not_hide_from_whom_the_money_came(town: Neighbourhood) -> None:
    payer, payee, accomplice = (town.somebody(name) for name in ("王小明", "李红", "赵四"))
    known(town, payer, payee)
    for number in range(3):
        town.pay(town.somebody(f"来人{number}"), payer, 4_000_00)
    for _ in range(200):
        town.pay(accomplice, payer, 1)
    assert "MULE" in town.rules_hit(town.pay(payer, payee, 10_000_01))


def test_between_ones_own_accounts_nothing_is_risky(town: Neighbourhood) -> None:
    mine = town.person("王小明")
    paid = town.pay(town.account(mine, 900_000_00), town.account(mine), 800_000_00)
    assert (paid.state, town.rules_hit(paid)) == ("executed", set())


def test_every_rule_says_where_it_comes_from_and_both_languages_say_it() -> None:
    for rule in the_rules():
        assert len(rule.source) > 10, rule.id
        assert rule.title_en != rule.title_zh
        assert not rule.title_zh.isascii()


WHEN = 'when = [{ measure = "amount_fen", at_least = 1 }]'
FACTS = 'title_en = "x"\ntitle_zh = "甲"\nsource = "ours, for a test"\nsource_zh = "自设"\n'


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        f'[[rules]]\nid = "A"\nverdict = "hold"\n{FACTS}when = []',
        f'[[rules]]\nid = "A"\nverdict = "jail"\n{FACTS}{WHEN}',
        f'[[rules]]\nid = "A"\nverdict = "hold"\ntold_en = "x"\ntold_zh = "甲"\n{FACTS}{WHEN}',
        f'[[rules]]\nid = "A"\nverdict = "step_up"\n{FACTS}{WHEN}',
        f'[[rules]]\nid = "A"\nverdict = "hold"\n{FACTS}when = [{{ measure = "amount_fen" }}]',
        f'[[rules]]\nid = "A"\nverdict = "hold"\n{FACTS}when = [{{ measure = "alike", within = "day", at_least = 1 }}]',
        f'[[rules]]\nid = "A"\nverdict = "hold"\n{FACTS}when = [{{ measure = "payments_out", at_least = 1 }}]',
        f'[[rules]]\nid = "A"\nverdict = "hold"\n{FACTS}when = [{{ measure = "weight", at_least = 1 }}]',
        f'[[rules]]\nid = "A"\nverdict = "hold"\n{FACTS}{WHEN}\n' * 2,
        f'[[rules]]\nid = "A"\nverdict = "hold"\nsurprise = 1\n{FACTS}{WHEN}',
    ],
    ids=["syntax", "empty", "verdict", "told", "untold", "bound", "band", "within", "measure", "twice", "unknown"],
)
def test_rules_that_could_not_strike_as_written_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="risk rules cannot be read"):
        read_rules(text)
