"""Numbers of accounts and cards: their fictional prefixes and the Luhn check digit (ISO/IEC 7812-1 annex B).

Both prefixes begin with 9999: major industry 9 is for national use and is followed by a country code of ISO 3166-1,
where 999 is left to users and belongs to no country. No card in the world bears such a number.
"""

from __future__ import annotations

CARD_PREFIX = "999962"
CARD_DIGITS = 19
ACCOUNT_PREFIX = "999910"
ACCOUNT_DIGITS = 17


def check_digit(digits: str) -> str:
    """The digit that makes ``digits`` followed by it Luhn-valid."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    single = sum(int(digit) for digit in digits[-2::-2])
    return str(-(doubled + single) % 10)


def is_luhn_valid(number: str) -> bool:
    return len(number) > 1 and number.isascii() and number.isdigit() and check_digit(number[:-1]) == number[-1]


def card_number(serial: int) -> str:
    """The card number with this serial, which has at most 12 digits."""
    return _numbered(CARD_PREFIX, serial, CARD_DIGITS)


def account_number(serial: int) -> str:
    """The account number with this serial, which has at most 10 digits."""
    return _numbered(ACCOUNT_PREFIX, serial, ACCOUNT_DIGITS)


def _numbered(prefix: str, serial: int, digits: int) -> str:
    width = digits - len(prefix) - 1
    if not 0 <= serial < 10**width:
        raise ValueError(f"a serial has at most {width} digits")
    body = f"{prefix}{serial:0{width}d}"
    return body + check_digit(body)
