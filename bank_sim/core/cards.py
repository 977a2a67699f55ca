"""Numbers of accounts and cards: their fictional prefixes and how a serial number becomes one.

Both prefixes begin with 9999: major industry 9 is for national use and is followed by a country code of ISO 3166-1,
where 999 is left to users and belongs to no country. No card in the world bears such a number.
"""

from __future__ import annotations

from bank_sim.sdk.protocol.luhn import check_digit

CARD_PREFIX = "999962"
CARD_DIGITS = 19
ACCOUNT_PREFIX = "999910"
ACCOUNT_DIGITS = 17


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
