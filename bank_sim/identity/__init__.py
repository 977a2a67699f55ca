"""The user proves who they are: password, second factor, sessions, and the steps in between (JR/T 0185 7.2.1 b, 9.3.1).

Pages call it; it knows no pages. What a proven user then agrees to is the consent package's.
"""

from bank_sim.identity import keypad
from bank_sim.identity.approvals import APPROVAL_CHECKS, Approval, DeviceWord
from bank_sim.identity.devices import LISTING_CHECKS
from bank_sim.identity.factors import FACTOR_KINDS, KEY_KINDS, Factor, FactorKind
from bank_sim.identity.identity import SCHEMA, Identity
from bank_sim.identity.second_factors import BEST_FIRST, PAYMENT_KINDS
from bank_sim.identity.security_keys import ASSERTION_CHECKS
from bank_sim.identity.session_checks import ELSEWHERE, SESSION_CHECKS
from bank_sim.identity.sessions import Column, Session
from bank_sim.identity.steps import STEPS, StepCase, first_unmet, require_all
from bank_sim.identity.time_codes import TIME_CODE_CHECKS
from bank_sim.identity.tries import CODE_CHECKS, TRIES

DEFENCES = (
    frozenset(
        each.name
        for rows in (
            STEPS.rows,
            TIME_CODE_CHECKS.rows,
            APPROVAL_CHECKS.rows,
            LISTING_CHECKS.rows,
            ASSERTION_CHECKS.rows,
            SESSION_CHECKS.rows,
            TRIES.rows,
            CODE_CHECKS.rows,
        )
        for each in rows
    )
    | keypad.DEFENCES
)
"""The names of all rows of identity's tables, as ``--weaken`` takes them."""

__all__ = [
    "APPROVAL_CHECKS",
    "ASSERTION_CHECKS",
    "BEST_FIRST",
    "DEFENCES",
    "ELSEWHERE",
    "FACTOR_KINDS",
    "KEY_KINDS",
    "LISTING_CHECKS",
    "PAYMENT_KINDS",
    "SCHEMA",
    "STEPS",
    "TIME_CODE_CHECKS",
    "Approval",
    "Column",
    "DeviceWord",
    "Factor",
    "FactorKind",
    "Identity",
    "Session",
    "StepCase",
    "first_unmet",
    "require_all",
]
