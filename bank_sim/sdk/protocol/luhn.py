"""The check digit of account and card numbers (ISO/IEC 7812-1 annex B). It knows no issuer and no length."""

from __future__ import annotations


def check_digit(digits: str) -> str:
    """The digit that makes ``digits`` followed by it Luhn-valid."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    single = sum(int(digit) for digit in digits[-2::-2])
    return str(-(doubled + single) % 10)


def is_luhn_valid(number: str) -> bool:
    return len(number) > 1 and number.isascii() and number.isdigit() and check_digit(number[:-1]) == number[-1]
