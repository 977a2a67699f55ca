"""What makes this bank a sandbox: its clock can be moved and its defences can be left out, by who holds a token.

The knobs lie in two small files that all processes of the bank share. The listener that turns them is its own, on its
own port; no other role of the bank knows of it. A production bank has none of this.
"""

from bank_sim.sandbox.block import ControlBlock
from bank_sim.sandbox.switches import Switches

__all__ = ["ControlBlock", "Switches"]
