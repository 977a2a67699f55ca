"""Which members of a message tell of a person, and which of them may never travel in clear (JR/T 0185 7.2.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bank_sim.sdk.protocol.free_text import INVISIBLE
from bank_sim.sdk.protocol.luhn import is_luhn_valid

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

# Digits, an X at their end, and what people put between them: blanks, hyphens, dots.
_GROUPS = re.compile(r"[0-9]+[Xx]?(?:[-. _\u00b7]{1,3}[0-9]+[Xx]?)*")
_GROUP = re.compile(r"[0-9]+[Xx]?")
_CHARS_MAX, _CHARS_MIN = 19, 11
_PLAIN = {"Pd": "-", "Zs": " ", "Zl": " ", "Zp": " ", "Cf": ""}
_MINUS = "\u2212"
# Shapes refuse texts that are far shorter; no text may make the search long before one is asked.
_SEARCHED_CHARS_MAX = 1000

# GB 11643: six digits of area, a date of birth, three of order, a check character (ISO 7064 MOD 11-2).
_IDENTITY = re.compile(r"[0-9]{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]")
_PHONE = re.compile(r"(?P<country>(?:00)?86)?1[3-9][0-9]{9}")
_PHONE_SHAPES = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (4, 3, 4), (1,) * 11})
# Shorter ones are rarely cards and often order numbers or times in milliseconds.
_ACCOUNT = re.compile(r"[0-9]{16,19}")
_DATED = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_ISSUER_CHARS = 6


def holds_number(text: str) -> bool:
    """Whether free text holds a mobile number, an identity number or a Luhn-valid account or card number.

    However it is written: in other scripts' digits, in groups, with invisible characters between. It errs on the side
    of people who write a date and an amount: groups count as one number only if they are grouped like one, except for
    identity numbers, which give themselves away by date and check character; and what begins with a date is an order.
    """
    plain = _plain(text[:_SEARCHED_CHARS_MAX])
    return any(
        _is_number_of_person(groups)
        for run in _GROUPS.finditer(plain)
        for groups in _neighbours(_GROUP.findall(run[0]))
    )


def _plain(text: str) -> str:
    """The text with ASCII digits, hyphens and blanks, whichever of Unicode's it has, and nothing invisible."""
    return "".join(map(_plain_character, INVISIBLE.sub("", unicodedata.normalize("NFKC", text))))


def _plain_character(character: str) -> str:
    if character.isascii():
        return " " if character.isspace() else character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return _PLAIN.get(unicodedata.category(character), "-" if character == _MINUS else character)


def _neighbours(groups: Sequence[str]) -> Iterator[Sequence[str]]:
    """Groups side by side, as many as one number could have."""
    for start in range(len(groups)):
        chars = 0
        for end, group in enumerate(groups[start:], start + 1):
            chars += len(group)
            if chars > _CHARS_MAX:
                break
            if chars >= _CHARS_MIN:
                yield groups[start:end]


def _is_number_of_person(groups: Sequence[str]) -> bool:
    number, shape = "".join(groups), tuple(map(len, groups))
    return _is_identity(number) or _is_phone(number, shape) or _is_account(number, shape)


def _is_identity(number: str) -> bool:
    if not _IDENTITY.fullmatch(number):
        return False
    if number[-1] in "Xx":
        return True  # Nothing else looks like this, mistyped or not.
    # The weight of the digit at place i, counted from the right and from 0, is 2 to the i, modulo 11.
    weighted = sum(int(digit) << place for place, digit in enumerate(reversed(number[:-1]), 1))
    return "10X98765432"[weighted % 11] == number[-1].upper()


def _is_phone(number: str, shape: tuple[int, ...]) -> bool:
    found = _PHONE.fullmatch(number)
    return found is not None and (shape[0] - len(found["country"] or ""), *shape[1:]) in _PHONE_SHAPES


def _is_account(number: str, shape: tuple[int, ...]) -> bool:
    if not _ACCOUNT.fullmatch(number) or _DATED.match(number) or not is_luhn_valid(number):
        return False
    return len(shape) == 1 or _is_grouped_like_a_card(shape)


def _is_grouped_like_a_card(shape: tuple[int, ...]) -> bool:
    """In equal groups, of which the last may be shorter or one longer; or the issuer's six digits and the rest."""
    *before, last = shape
    return (len(set(before)) == 1 and last <= before[0] + 1) or before == [_ISSUER_CHARS]
