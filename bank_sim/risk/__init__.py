"""Transfers are judged for risk before they are posted, and what is suspicious becomes a case (JR/T 0185 10.2.3)."""
