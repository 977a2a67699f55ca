"""The bank's secrets at rest: one passphrase opens the vault, the vault opens the private keys.

Nothing secret lies in code or settings (JR/T 0185 7.3.4): the passphrase comes on standard input at start.
"""

from bank_sim.keys.bank_keys import BankKeys
from bank_sim.keys.vault import SealBroken, Vault, WrongPassphrase

__all__ = ["BankKeys", "SealBroken", "Vault", "WrongPassphrase"]
