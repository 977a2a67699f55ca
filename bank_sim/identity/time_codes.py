"""Codes of an authenticator (TOTP, RFC 6238), and what is checked before one counts.

Six digits of HMAC-SHA-1 over the number of the half minute, as every authenticator application makes them. Such a
code says nothing of payee and amount: whoever is talked out of one can spend it on anything, so it confirms no
payment (JR/T 0185 10.2.2). Pure but for the random secret: time is passed in.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha1
from urllib.parse import quote, urlencode

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row

STEP_S = 30
DIGITS = 6
# RFC 6238 section 5.2 recommends to allow for one step of delay; the other way for a clock that runs ahead.
DRIFT_STEPS = 1
_SECRET_BYTES = 20


def new_authenticator_secret() -> bytes:
    """A shared secret of 160 bits, as long as the hash (RFC 4226 section 4)."""
    return secrets.token_bytes(_SECRET_BYTES)


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of one time step (RFC 4226 section 5.3)."""
    mac = hmac.new(secret, step.to_bytes(8, "big"), sha1).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


def step_of(secret: bytes, code: str, now_s: float) -> int | None:
    """The time step whose code this is, at most ``DRIFT_STEPS`` from now; the latest where two agree. None: no such."""
    now = int(now_s // STEP_S)
    steps = range(now + DRIFT_STEPS, now - DRIFT_STEPS - 1, -1)
    typed = code.encode(errors="replace")
    return next((each for each in steps if hmac.compare_digest(code_at(secret, each).encode(), typed)), None)


def typed_secret(secret: bytes) -> str:
    """The secret as a person types it into an authenticator: base32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def provisioning_uri(secret: bytes, issuer: str, account: str) -> str:
    """The ``otpauth`` address that authenticators read from a QR code. ``account`` must be masked."""
    asked = {
        "secret": typed_secret(secret).replace(" ", ""), "issuer": issuer, "digits": DIGITS, "period": STEP_S,
    }  # fmt: skip
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class TimeCodeCase:
    """A code as entered. ``step``: the time step that it belongs to, None for no code of this secret.

    ``last_step``  the step of the last code that counted
    ``confirms``   the code shall confirm a payment
    """

    step: int | None
    last_step: int
    confirms: bool


def confirms_no_payment(case: TimeCodeCase) -> None:
    if case.confirms:
        raise problems.FACTOR_NOT_SUITED.problem()


def code_is_right(case: TimeCodeCase) -> None:
    if case.step is None:
        raise problems.OTP_INVALID.problem()


def code_was_not_used(case: TimeCodeCase) -> None:
    if case.step is not None and case.step <= case.last_step:
        raise problems.OTP_REPLAYED.problem()


TIME_CODE_CHECKS: CheckTable[TimeCodeCase] = CheckTable(
    [
        row("totp_purpose", confirms_no_payment, "code", "10.2.2-2.2 7.2.1-b-1"),
        row("totp_code", code_is_right, "code", "7.2.1-b-2.2"),
        row("totp_once", code_was_not_used, "code", "7.2.1-b-2.2"),
    ]
)
