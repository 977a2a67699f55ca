"""Settings of the phone process: parsed once, frozen, passed on. Nothing secret stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec


class Phone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mobile phone of the picker page: an 11-digit number and whose it is."""

    number: str
    owner: str


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the phone process runs.

    ``home``         the user's own folder; the messages lie in it
    ``certificate``  PEM chain of ``phone.localhost``; ``certificate_key`` its key, encrypted with the run's passphrase
    ``control_url``  the sandbox's control listener, whose clock stamps the messages; None: the machine's clock
    ``bank_pages_url``  where the phone's device key reports to the bank; None: this phone has no bank
    ``aids``         comforts that no real phone has, marked as such
    ``trace``        what the phone receives is noted for the theatre
    ``traces``       where spans go: a file, or the address of an OpenTelemetry collector; "": nowhere
    ``log_format``   ``json``: every request is a line of ``home/log/phone.log``; otherwise there is none
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8443
    certificate: Path
    certificate_key: Path
    ca_certificate: Path
    control_url: str | None = None
    bank_pages_url: str | None = None
    aids: bool = False
    trace: bool = False
    traces: str = ""
    log_format: Literal["text", "json"] = "text"
    phones: tuple[Phone, ...] = ()


def from_file(path: Path) -> Config:
    """Read a JSON file. Raises ``msgspec.ValidationError`` that names the member at fault."""
    # Path is the one type here that msgspec does not know by itself.
    return msgspec.json.decode(path.read_bytes(), type=Config, dec_hook=lambda kind, value: kind(value))
