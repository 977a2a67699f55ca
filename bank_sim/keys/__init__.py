"""The bank's secrets at rest: one passphrase opens the vault, the vault opens the private keys.

    vault      seals values      custodian  private keys as files      ring      which keys there are, in which state
    rotation   changes them      bank_keys  what a process signs and opens with      custody   the log of all of it
    client_authority   signs applications' certificates

Nothing secret lies in code or settings (JR/T 0185 7.3.4): the passphrase comes on standard input at start.
"""

from bank_sim.keys import custody, ring
from bank_sim.keys.bank_keys import BankKeys
from bank_sim.keys.client_authority import ClientAuthority, Ended
from bank_sim.keys.custodian import Custodian
from bank_sim.keys.rotation import Rotation
from bank_sim.keys.vault import SealBroken, Vault, WrongPassphrase

SCHEMA = custody.SCHEMA + ring.SCHEMA

__all__ = [
    "SCHEMA", "BankKeys", "ClientAuthority", "Custodian", "Ended", "Rotation", "SealBroken", "Vault", "WrongPassphrase",
]  # fmt: skip
