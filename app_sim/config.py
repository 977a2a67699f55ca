"""The wallet's settings: one frozen object, parsed once from a JSON file.

Nothing secret may stand in that file (JR/T 0185 7.3.4): unknown members are refused, so that an App_Secret or a key
put there keeps the wallet from starting. Secrets live in ``app_sim.vault``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

APIS = (
    "products.list",
    "products.get",
    "rates.list",
    "accounts.list",
    "accounts.balances",
    "accounts.transactions",
    "transfers.create",
    "transfers.execute",
    "transfers.get",
    "debits.create",
    "reconciliation.get",
)
"""The bank's interfaces the wallet asks for: what its pages need and no more (JR/T 0185 9.3.5-1)."""


class AppConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the wallet lives, whom it talks to, and the numbers it chooses for itself."""

    home: Path
    """The wallet's own folder; it reads nothing else but ``ca_certificate``."""
    external_url: str
    """What browsers call it, such as ``https://wallet.localhost:8442``; no trailing slash."""
    gateway_url: str
    """The bank's API gateway, which is also its OAuth issuer."""
    authorization_endpoint: str
    """Where users are sent at the bank."""
    ca_certificate: Path
    certificate: Path
    """PEM chain of the wallet's own listener."""
    certificate_key: Path
    """Its key, encrypted with the wallet's passphrase."""
    control_url: str | None = None
    """The sandbox's control listener, which tells the virtual time; None: the system's clock."""

    name: str = "Lumen Wallet"
    name_zh: str = "微光钱包"
    suite: str = "gm"
    host: str = "127.0.0.1"
    port: int = 8442
    aids: bool = False
    # Pages say that a defence is out, but not which.
    discreet: bool = False
    """Comforts on the pages that no real application has, marked as such."""
    aids_file: Path | None = None
    """Outside ``home``: whom a payment form may be filled in for, as ``{"payees": [{"name", "account"}]}``; with
    ``aids`` only, read when somebody clicks."""
    trace: bool = False
    """Page visits are written down for the theatre, names without values."""
    traces: str = ""
    """Where spans go: a file to append to, or the address of an OpenTelemetry collector; empty: nowhere."""
    log_format: Literal["text", "json"] = "text"
    """``json``: every request, and every call of the bank, is a line of ``log_file``. Otherwise there is none."""
    apis: tuple[str, ...] = APIS

    bank_timeout_s: float = 10.0
    """How long one answer of the bank is waited for before its result counts as unknown."""
    consent_days: int = 90
    """The validity of the account consent that the wallet asks for; the standard leaves it open."""
    user_asks_per_min: Annotated[int, msgspec.Meta(ge=1)] = 1200
    """How often one user may load pages that ask the bank (JR/T 0185 9.3.4-4 names no number). Ours: no person comes
    near it, a rehearsal through one user's pages stays below, and it lies below what the bank allows a user."""
    session_idle_s: int = 1800
    session_absolute_s: int = 12 * 3600
    flow_s: int = 900
    """How long a user may take at the bank before the way back is closed."""
    journal_days: Annotated[int, msgspec.Meta(ge=183)] = 366
    """How long the log is kept: six months at least (JR/T 0185 9.3.4-3); ours, so that a year can be looked back on."""
    weakened: frozenset[str] = frozenset()
    """Checks of its own that a training run leaves out; names of ``bank_sim.sdk.checks``."""

    production_like: bool = False
    """As a real wallet would run: by the machine's clock, every check of its own in force."""

    def __post_init__(self) -> None:
        """``ValueError`` where a production-like wallet is to have what only a sandbox has."""
        sandboxes = {
            "control_url": self.control_url, "aids": self.aids, "trace": self.trace, "weakened": self.weakened,
        }  # fmt: skip
        if self.production_like and (named := [name for name, value in sandboxes.items() if value]):
            raise ValueError(f"a production-like wallet has no {', '.join(named)}")

    @property
    def redirect_uri(self) -> str:
        return f"{self.external_url}/callback"

    @property
    def database(self) -> Path:
        return self.home / "wallet.db"

    @property
    def membership(self) -> Path:
        """What registration gave that is no secret: App_ID and the bank's public keys."""
        return self.home / "membership.json"

    @property
    def trace_file(self) -> Path | None:
        return self.home / "trace.db" if self.trace else None

    @property
    def log_file(self) -> Path:
        return self.home / "log" / "wallet.log"

    @property
    def keys(self) -> Path:
        return self.home / "keys"


def from_file(path: Path) -> AppConfig:
    """Parse the settings; ``ValueError`` names the member that is missing, unknown or of the wrong kind."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=AppConfig, dec_hook=lambda kind, text: kind(text))
    except msgspec.MsgspecError as error:
        raise ValueError(f"{path}: {error}") from error
