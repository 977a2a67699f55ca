"""What a home's two documents say, ``sandbox.json`` and ``run.json``: their members and types, checked when read.

Anybody may have edited them, or a disk may have failed: what does not fit is refused here, so that all others may rely
on every member. Where the documents lie and when they change is the home's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypedDict, TypeVar

import msgspec

from scenarios.ports import Ports

PRODUCT = "bank-api-sandbox"
FORMAT = 5

Positive = Annotated[int, msgspec.Meta(ge=1)]
# What the system's own type holds: a larger number is an error, and 0 or less means others than one process.
Pid = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
_Document = TypeVar("_Document")


class Damaged(Exception):
    """A document is not what was once written there."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What ``sandbox.json`` says: nothing secret. ``salt`` (hex) stretches a kept passphrase.

    ``port_base`` is what was asked for, ``ports`` are those taken: redirect URIs are registered with them.
    ``identifiers``: whether those that the bank gives out follow from ``seed`` too (``reset --seed``).
    """

    suite: Literal["gm", "intl"]
    port_base: Annotated[int, msgspec.Meta(ge=0, le=65526)]
    ports: Ports
    seed: int
    # One pays, one is paid.
    people: Annotated[int, msgspec.Meta(ge=2)]
    passphrase: Literal["kept", "ephemeral"]
    salt: Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9a-f]{2})+\Z")]
    workers: Positive = 1
    identifiers: Literal["drawn", "seeded"] = "drawn"
    state: Literal["founding", "founded"] = "founding"
    product: str = PRODUCT
    format: int = FORMAT

    @property
    def reopens(self) -> bool:
        """Whether this home can be started again: it was founded to the end, under a passphrase that is kept."""
        return self.state == "founded" and self.passphrase == "kept"  # noqa: S105 - its kind, not the passphrase


class Made(msgspec.Struct, frozen=True):
    """Who wrote a marker; asked first, since another format has other members."""

    product: str
    format: int


class Urls(TypedDict):
    """Base URLs of the listeners, without a trailing slash."""

    gateway: str
    pages: str
    wallet: str
    phone: str
    theatre: str
    portal: str
    console: str
    control: str


class RunFacts(TypedDict):
    """What ``run.json`` says of the running sandbox. ``control_token`` is secret, ``parties`` are process ids."""

    pid: Pid
    started_at: str
    suite: Literal["gm", "intl"]
    workers: Positive
    urls: Urls
    control_token: str
    parties: dict[str, Pid]


def read(document: Path, kind: type[_Document]) -> _Document:
    """The document's members with their types; ``Damaged`` for anything else, ``OSError`` where nothing can be read."""
    content = document.read_bytes()
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Damaged(str(error)) from error
