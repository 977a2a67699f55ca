"""Amounts as people read them: decimal strings of the wire with their thousands told apart."""

from __future__ import annotations


def grouped(amount: str) -> str:
    """``1234567.80`` as ``1,234,567.80``; digits and sign are the bank's."""
    sign, digits = ("−", amount[1:]) if amount.startswith("-") else ("", amount)
    whole, point, places = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{places}"
