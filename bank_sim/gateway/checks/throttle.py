"""Limits that come before cryptography, so that attackers do not spend our time."""

from __future__ import annotations

from bank_sim.gateway.call import Call


def source_blacklist(call: Call) -> None:
    """SOURCE_BLACKLISTED for an address that the bank's staff has shut out."""
    call.bank.blacklist.require_source(call.source, call.now_ms)


def source_gate(call: Call) -> None:
    """RATE_LIMITED for an address that failed too often within the window."""
    call.gateway.failures.require_open(call.source, call.now_s)
