"""What may be shown of personal financial information (JR/T 0185 7.2.2, 7.3.3). One-way: nothing here unmasks.

A text too short to hide at least four characters between its shown ends shows its last character only.
"""

from __future__ import annotations

_HIDDEN_CHARS_MIN = 4
_MASK = "*"


def mask_account(number: str) -> str:
    """Account or card number, first 6 and last 4: ``6221001234567890`` -> ``622100******7890``."""
    return _ends(number, head=6, tail=4)


def mask_phone(number: str) -> str:
    """Mobile number, 3-4-4: ``13812345678`` -> ``138****5678``."""
    return _ends(number, head=3, tail=4)


def mask_id_number(number: str) -> str:
    """Identity document number, first and last character only; the birth date within stays hidden."""
    return _ends(number, head=1, tail=1)


def mask_name(name: str) -> str:
    """A person's name, last character only: ``王小明`` -> ``**明``; a single character is hidden altogether."""
    return _MASK * len(name) if len(name) < 2 else _MASK * (len(name) - 1) + name[-1]


def _ends(text: str, head: int, tail: int) -> str:
    hidden_chars = len(text) - head - tail
    if hidden_chars < _HIDDEN_CHARS_MIN:
        return mask_name(text)
    return text[:head] + _MASK * hidden_chars + text[-tail:]
