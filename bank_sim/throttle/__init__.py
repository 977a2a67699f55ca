"""How much the bank lets itself be asked, and what happens to those who ask more (JR/T 0185 10.1.2)."""

from bank_sim.throttle.failures import COUNTED, SCHEMA, FailureGate

__all__ = ["COUNTED", "SCHEMA", "FailureGate"]
