"""An operator of the bank's opens one customer after the other, out of curiosity."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.browser import Page

_CUSTOMERS = 8


@scenario(
    "customers-browsed",
    kind="attack",
    clauses=("9.3.2-1.1.2", "12.3-1.1"),
    summary_en="An operator opens eight customers without working on a case, and then with a case that there is not:"
    " each look is refused and stands in the journal.",
    summary_zh="操作员无案件逐户查看八位客户，再以虚构的案件编号尝试；每次均被拒绝并记入员工操作日志。",
    defence=Defence("customer_case", "ATK-INS-02", 403, "CASE_REQUIRED", "data"),
)
def customers_browsed(stage: Stage) -> Attempt:
    """The role may look at customers; the references count up, and are no secret to the staff."""
    operator = at_work(stage, "operator")
    stage.attack_begins()
    pages = [operator.see(f"/customers?ref=cu_{number:05}") for number in range(_CUSTOMERS)]
    pages.append(operator.see("/customers?ref=cu_00000&case=incident-999999"))
    seen = [number for number, page in enumerate(pages) if "**" in page.text or page.status == 200]
    if seen:
        return Attempt(pages[seen[0]].status, read=f"names and phones, masked, of {len(seen)} customers")
    looks = stage.bank.journal_of(operator.colleague.login_name, "look_at_customer")
    written = Text("the journal has each look", "员工操作日志记录了每次查看")
    stage.require(looks[-len(pages) :] == ["CASE_REQUIRED"] * len(pages), written, looks)
    return refusal_of(pages[0])


def refusal_of(page: Page) -> Attempt:
    """What a page of the console refuses with."""
    return Attempt(page.status, next((each for each in CATALOGUE if each in page.text), None))
