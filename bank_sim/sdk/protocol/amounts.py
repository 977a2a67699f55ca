"""Amounts: decimal strings with two places on the wire, integer fen inside. No currency and no arithmetic."""

from __future__ import annotations

import re

from bank_sim.sdk.protocol.problems import AMOUNT_INVALID

AMOUNT_FEN_MAX = 999_999_999_999_999
"""Ten trillion yuan less one fen: fits SQLite's and JavaScript's integers with room to add up."""

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})\.([0-9]{2})")


def parse_fen(text: str, *, allow_zero: bool = False) -> int:
    """``"100.00"`` -> 10000. Raises ``AMOUNT_INVALID`` for signs, blanks, other digits, other places, and zero."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise AMOUNT_INVALID.problem()
    amount_fen = int(match[1]) * 100 + int(match[2])
    if amount_fen == 0 and not allow_zero:
        raise AMOUNT_INVALID.problem("The amount must be more than zero.")
    return amount_fen


def format_fen(amount_fen: int) -> str:
    """10000 -> ``"100.00"``; a debit of the books may be negative: -5 -> ``"-0.05"``."""
    yuan, fen = divmod(abs(amount_fen), 100)
    return f"{'-' if amount_fen < 0 else ''}{yuan}.{fen:02d}"
