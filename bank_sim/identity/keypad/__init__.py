"""The bank's on-screen keypad, server side (JR/T 0185 7.2.2): where the digits stand, their picture, what was typed.

A page holds ten blank keys over a picture. It learns which *places* were pressed, seals them to the bank, and never
learns a digit: those exist in the picture, in the user's eye, and here. Knows no pages and no passwords.
"""

from bank_sim.identity.keypad import layout
from bank_sim.identity.keypad.entry import DEFENCES as ENTRY_DEFENCES
from bank_sim.identity.keypad.entry import KEYPAD, Entry, Place
from bank_sim.identity.keypad.keypads import PASSWORD_DIGITS, Keypads

DEFENCES = ENTRY_DEFENCES | layout.DEFENCES
"""The rows that a training run may leave out."""

__all__ = ["DEFENCES", "KEYPAD", "PASSWORD_DIGITS", "Entry", "Keypads", "Place"]
