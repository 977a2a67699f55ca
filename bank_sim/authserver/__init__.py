"""The authorization server: consent and tokens on the wire (JR/T 0185 9.3.2; RFC 6749, 7009, 7662, 8414, 9126, 9396).

Machine endpoints only; the pages that a user sees are the e-bank's. It must not know users' passwords or codes.
"""

from bank_sim.authserver.endpoints import blueprint
from bank_sim.authserver.table import CHECKS, DEFENCES

__all__ = ["CHECKS", "DEFENCES", "blueprint"]
