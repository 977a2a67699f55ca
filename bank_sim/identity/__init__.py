"""The user proves who they are: password, second factor, sessions, and the steps in between (JR/T 0185 7.2.1 b, 9.3.1).

Pages call it; it knows no pages. What a proven user then agrees to is the consent package's.
"""

from bank_sim.identity.identity import SCHEMA, Identity
from bank_sim.identity.sessions import Column, Session
from bank_sim.identity.steps import STEPS, StepCase, first_unmet, require_all

__all__ = ["SCHEMA", "STEPS", "Column", "Identity", "Session", "StepCase", "first_unmet", "require_all"]
