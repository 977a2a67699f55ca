"""What others say of an applicant: a business register and a screening list, both fictional (JR/T 0185 9.1.2 b).

They stand in for the public services that a real bank asks. Their companies and people do not exist: the codes name a
region that is not assigned.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.admission.credit_code import credit_check_character

_REGION = "91990101"


@dataclass(frozen=True, slots=True)
class Company:
    """An entry of the business register. ``listed``: it stands on the screening list, for this reason."""

    credit_code: str
    name: str
    legal_person: str
    listed: str | None = None


def _company(organisation: str, name: str, legal_person: str, listed: str | None = None) -> Company:
    first_17 = f"{_REGION}{organisation}"
    return Company(first_17 + credit_check_character(first_17), name, legal_person, listed)


REGISTER: dict[str, Company] = {
    each.credit_code: each
    for each in (
        _company("MA0000001", "晴川数据科技有限公司", "沈晴川"),
        _company("MA0000002", "青禾零售服务有限公司", "田青禾"),
        _company("MA0000003", "云帆财务软件有限公司", "何云帆"),
        _company("MA0000009", "浮影支付服务有限公司", "罗浮", "合规筛查名单：涉嫌无证从事支付业务"),
    )
}
"""By unified social credit code."""


def registered(credit_code: str) -> Company | None:
    """What the business register says of a code."""
    return REGISTER.get(credit_code)


def screened(company: str, credit_code: str) -> str | None:
    """Why an applicant stands on the screening list, found by its code or its name; None where it does not."""
    return next(
        (each.listed for each in REGISTER.values() if each.listed and company_or_code(each, company, credit_code)), None
    )


def company_or_code(entry: Company, company: str, credit_code: str) -> bool:
    return entry.name == company or entry.credit_code == credit_code
