"""Check characters of the unified social credit code (GB 32100-2015) and of the identity number (GB 11643-1999).

They tell a mistyped number from a right one; whether somebody bears it is for a register to say.
"""

from __future__ import annotations

import re

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_CREDIT_CODE = re.compile(rf"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def credit_check_character(first_17: str) -> str:
    """The eighteenth character of a unified social credit code (GB 32100-2015 annex)."""
    total = sum(_ALPHABET.index(each) * weight for each, weight in zip(first_17, _CREDIT_WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def is_credit_code(text: str) -> bool:
    """18 characters of the code's alphabet, the last of which follows from the others."""
    return bool(_CREDIT_CODE.fullmatch(text)) and credit_check_character(text[:17]) == text[17]


def is_id_number(text: str) -> bool:
    """18 characters, the last of which follows from the others."""
    if not _ID_NUMBER.fullmatch(text):
        return False
    total = sum(int(each) * weight for each, weight in zip(text, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == text[17]
