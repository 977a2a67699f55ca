"""The form of an evidence package: one JSON document. Bytes that were signed stand in it as they were, in base64.

What is in it of people: the payer's reference at the bank, which means nothing elsewhere; account numbers and names as
the parties' answers have them, masked; and, where the payer's phone signed payee and amount, that text. Nothing else is
needed, and nothing else is there.
"""

from __future__ import annotations

from typing import Any

import msgspec

FORMAT = "bank-api-sandbox/payment-evidence/1"
BYTES_MAX = 2_000_000


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The order to execute, as the application signed it (RFC 9421). ``body`` is base64."""

    method: str
    authority: str
    path: str
    query: str
    headers: dict[str, str]
    body: str


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What the bank signed in answer. ``body`` is base64."""

    status: int
    headers: dict[str, str]
    body: str


class Exchange(msgspec.Struct, forbid_unknown_fields=True):
    api_id: str
    request: Request
    answer: Answer


class BankKey(msgspec.Struct, forbid_unknown_fields=True):
    """A signing key of the bank's. ``voucher``: by which the key before it vouches for it; null for the first one."""

    jwk: dict[str, str]
    voucher: str | None


class Keys(msgspec.Struct, forbid_unknown_fields=True):
    """``bank``: of one suite, every one there was; ``application``: every signing key that it had registered."""

    issuer: str
    bank: list[BankKey]
    application: list[dict[str, str]]


class PhoneWord(msgspec.Struct, forbid_unknown_fields=True):
    """The payer's tap: the text that the phone showed and signed, and the key that was bound to the payer."""

    statement: str
    signature: str
    jwk: dict[str, str]
    visit_id: str


class Confirmation(msgspec.Struct, forbid_unknown_fields=True):
    """What the payer agreed to. ``bound``: payee and amount, whose digest ``confirmed_sm3`` the second factor was for.

    ``phone``: null where another factor than the phone's key was used; then there is the bank's word for it only.
    """

    consent_id: str
    factors: list[str]
    authorised_ms: int
    bound: dict[str, Any]
    confirmed_sm3: str
    phone: PhoneWord | None


class LogProof(msgspec.Struct, forbid_unknown_fields=True):
    """The bank's access record of the order, and the way from it to a checkpoint that the application countersigned.

    ``previous``: the hash of the record before it; ``path``: from its own hash up to the checkpoint's root.
    """

    record: dict[str, Any]
    previous: str
    path: list[str]
    checkpoint: str
    countersignature: str


class Package(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    app_id: str
    order_no: str
    transfer_id: str
    exchange: Exchange
    keys: Keys
    confirmation: Confirmation
    log: LogProof


def read_package(text: bytes) -> Package:
    """``ValueError`` for what is none."""
    if len(text) > BYTES_MAX:
        raise ValueError("it is too long to be one")
    try:
        package = msgspec.json.decode(text, type=Package)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error
    if package.format != FORMAT:
        raise ValueError(f"its format is {package.format[:60]!r}")
    return package


def write_package(package: Package) -> bytes:
    """Indented, so that people can read it."""
    return msgspec.json.format(msgspec.json.encode(package), indent=2) + b"\n"
