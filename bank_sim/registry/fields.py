"""The vocabulary of the published interfaces: each kind of value once, with its pattern and description.

Masked kinds carry a pattern that a full account number or name does not match, so that a defect of the core becomes
an internal error and not a leak. Shapes made of these stand in ``schemas``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta


def amount(description: str) -> Meta:
    """A decimal string with two places. ``parse_fen`` judges it, so that its refusal is AMOUNT_INVALID."""
    return _decimal(description, r"^(0|[1-9][0-9]{0,12})\.[0-9]{2}$")


def ordered_amount(description: str) -> Meta:
    """An amount that somebody is to pay: more than zero."""
    return _decimal(description, r"^([1-9][0-9]{0,12}\.[0-9]{2}|0\.(0[1-9]|[1-9][0-9]))$")


def _decimal(description: str, pattern: str) -> Meta:
    return Meta(description=description, examples=["100.00"], extra_json_schema={"pattern": pattern})


AccountRef = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z2-7]{20}$",
        description="Opaque reference of one account under one consent.",
        examples=["k3vq7hm2xw5t4c6za2bd"],
    ),
]
TransferId = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{8,40}$", description="The bank's identifier of a transfer order.")
]
ProductId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}$", description="Identifier of a product.")]
MaskedAccount = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{0,6}\*{3,}[0-9]{0,4}$",
        description="Account number, masked: at most the first six and the last four digits.",
        examples=["622999*********1234"],
    ),
]
MaskedName = Annotated[str, Meta(pattern=r"\*", description="Name, masked.", examples=["**明"])]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.", examples=["CNY"])]
Instant = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$",
        description="RFC 3339 instant in UTC.",
        examples=["2026-01-31T08:00:00.000Z"],
        extra_json_schema={"format": "date-time"},
    ),
]
Percent = Annotated[
    str, Meta(pattern=r"^-?[0-9]{1,3}\.[0-9]{1,4}$", description="Per cent a year, as a decimal string.")
]
Price = Annotated[str, Meta(pattern=r"^[0-9]{1,9}\.[0-9]{1,6}$", description="Decimal string.")]
Amount = Annotated[str, amount("Decimal string with two places.")]
OrderedAmount = Annotated[str, ordered_amount("Decimal string with two places, more than zero.")]
SignedAmount = Annotated[
    str, Meta(pattern=r"^-?[0-9]{1,15}\.[0-9]{2}$", description="Decimal string, may be negative.")
]
OrderNo = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="The application's own number, unique per application.")
]
PageSize = Annotated[
    str,
    Meta(pattern=r"^([1-9]|[1-4][0-9]|50)$", description="Entries on a page, 1 to 50.", examples=["20"]),
]
"""A number in a query is text until the core reads it; the pattern leaves it one spelling."""
SealedAnswer = Annotated[
    str,
    Meta(
        min_length=1,
        description="JWE compact string. Its plaintext is a JSON object; its protected header binds App_ID, API_ID, "
        "direction and the request's nonce.",
        examples=["eyJhbGciOiJTTTIi…"],
    ),
]
Sealed = Annotated[SealedAnswer, Meta(max_length=32768)]
"""In requests. A page of an account's history is longer than anything that an application has to seal."""
Day = Annotated[
    str,
    Meta(
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        description="Calendar day of Beijing.",
        examples=["2026-01-31"],
        extra_json_schema={"format": "date"},
    ),
]
PartNumber = Annotated[
    str, Meta(pattern=r"^[1-9][0-9]{0,5}$", description="Which part of the file, from 1.", examples=["1"])
]
AccountNumber = Annotated[str, Meta(pattern=r"^[0-9]{8,30}$", description="Full account or card number.")]
FullName = Annotated[str, Meta(min_length=1, max_length=70, description="Full name of a person or an organisation.")]
AccountClass = Annotated[Literal["I", "II", "III"], Meta(description="Class of the account (I, II or III).")]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
