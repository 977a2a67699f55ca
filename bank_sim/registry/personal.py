"""Which members of a message tell of a person, and which of them may never travel in clear (JR/T 0185 7.2.2)."""

from __future__ import annotations

import re

PERSONAL_MEMBERS = frozenset(
    {
        "account_masked", "account_number", "account_ref", "available_balance", "card_number", "creditor_account",
        "creditor_account_masked", "creditor_name", "creditor_name_masked", "debtor_account_masked", "holdings",
        "holder_name", "holder_name_masked", "id_number", "ledger_balance", "phone", "points",
    }
)  # fmt: skip
"""Members that tell something of a person: their account, name, number, holdings."""

SENSITIVE_MEMBERS = frozenset(
    {
        "account", "account_no", "account_number", "card", "card_no", "card_number", "creditor_account",
        "creditor_name", "customer_name", "cvv", "debtor_account", "debtor_name", "expiry", "holder_name",
        "id_card", "id_no", "id_number", "mobile", "name", "otp", "passcode", "password", "phone", "phone_number",
        "pin", "pwd",
    }
)  # fmt: skip
"""Members that may never come in clear: account, card, expiry, name, identity and phone numbers, passwords, codes."""

_SUSPECT = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|[0-9]{17}[0-9Xx]|[0-9]{12,19})(?![0-9])")
_PHONE_CHARS = 11


def holds_number(text: str) -> bool:
    """Whether free text holds a mobile number, an identity number or a Luhn-valid account or card number."""
    return any(_is_number_of_person(match[0]) for match in _SUSPECT.finditer(text))


def _is_number_of_person(digits: str) -> bool:
    return len(digits) == _PHONE_CHARS or not digits.isdecimal() or _luhn_holds(digits)


def _luhn_holds(digits: str) -> bool:
    doubled = [2 * int(each) for each in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(each - 9 if each > 9 else each for each in doubled)) % 10 == 0
