"""The bank's settings, parsed once into frozen objects and handed on. No module reads the environment.

No secret stands here (JR/T 0185 7.3.4): the passphrase comes on standard input, and of the control listener's
token only its digest is written down.

    Config      where this bank runs: addresses, folders, suite, processes
    └─ Policy   every number that the standard leaves open, with our default and where it comes from
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from bank_sim.policy import Policy

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class ConfigError(Exception):
    """The settings cannot be used. The message is one line that says what to mend."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where one bank runs. ``home`` is the sandbox's directory; the bank touches only ``home/bank`` in it."""

    home: Path
    host: str = "127.0.0.1"
    port_gateway: Port = 8440
    port_pages: Port = 8441
    port_portal: Port = 8445
    port_console: Port = 8446
    port_control: Port = 8449
    gateway_url: str = "https://localhost:8440"
    pages_url: str = "https://bank.localhost:8441"
    portal_url: str = "https://portal.localhost:8445"
    console_url: str = "https://console.localhost:8446"
    sms_url: str = "https://localhost:8443/sms"
    ca_certificate: Path
    tls_certificate: Path
    # An encrypted PKCS8 PEM; its passphrase is the one on standard input.
    tls_key: Path
    # SHA-256 in hex of the token that may turn the sandbox's knobs; "" means that nobody may.
    control_token_sha256: str = ""
    suite: Literal["gm", "intl"] = "gm"
    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    # SQLite: NORMAL survives a killed process, FULL a power failure as well, at the cost of an fsync a call.
    synchronous: Literal["NORMAL", "FULL"] = "NORMAL"
    # Where calls are counted beyond one machine, as the library limits names it (redis://…, with its client
    # installed); "": in memory that the workers of this bank share.
    counters_uri: str = ""
    # Fictional: no institution of the PBC's code list bears it (JR/T 0185 appendix B).
    institution_code: str = "C99999"
    # Comforts on the pages that no real bank has, marked as such: auto-fill, what the bank saw.
    aids: bool = False
    # Pages say that a defence is out, but not which: for people who are to find that out themselves.
    discreet: bool = False
    # Each message that the bank sees is written down for the theatre, without its secrets.
    trace: bool = False
    # Where spans go: a file to append to, or the address of an OpenTelemetry collector; "" means nowhere.
    traces: str = ""
    # Of the bank's own log: lines for people, or an object of JSON each.
    log_format: Literal["text", "json"] = "text"
    # Of a sandbox that was founded from a seed: its App_IDs are the same every time. None: they are drawn.
    identifier_seed: int | None = None
    # As a real bank would run it: nobody moves its clock, leaves a defence out, or has it fail on purpose.
    production_like: bool = False
    policy: Policy = Policy()

    def __post_init__(self) -> None:
        """``ValueError`` where a production-like bank is to have what only a sandbox has."""
        sandboxes = {"aids": self.aids, "trace": self.trace, "control_token_sha256": self.control_token_sha256}
        if self.production_like and (named := [name for name, value in sandboxes.items() if value]):
            raise ValueError(f"a production-like bank has no {', '.join(named)}")

    @classmethod
    def from_file(cls, path: Path) -> Config:
        """Settings from a JSON file. ``ConfigError`` names the file and the first thing that is wrong with it."""
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls, dec_hook=_path_from_text)
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
        except msgspec.MsgspecError as error:
            raise ConfigError(f"{path}: {error}") from error

    def to_json(self) -> bytes:
        """What ``from_file`` reads."""
        return msgspec.json.format(msgspec.json.encode(self, enc_hook=str), indent=2)

    @property
    def own_ports(self) -> frozenset[int]:
        """Where this bank listens: no application's address may lead there."""
        sms = urlsplit(self.sms_url).port or 443
        return frozenset(
            {self.port_gateway, self.port_pages, self.port_portal, self.port_console, self.port_control, sms}
        )

    @property
    def authority(self) -> str:
        """The gateway's host and port as a message addresses them (RFC 9421 section 2.2.3)."""
        return urlsplit(self.gateway_url).netloc.lower().removesuffix(":443")

    @property
    def folder(self) -> Path:
        return self.home / "bank"

    @property
    def database(self) -> Path:
        return self.folder / "bank.db"

    @property
    def replay_database(self) -> Path:
        return self.folder / "replay.db"

    @property
    def blacklist_generation_file(self) -> Path:
        return self.folder / "blacklist.generation"

    @property
    def interfaces_generation_file(self) -> Path:
        return self.folder / "interfaces.generation"

    @property
    def keys_generation_file(self) -> Path:
        """Grows when the bank's own keys change."""
        return self.folder / "keys.generation"

    @property
    def counters_file(self) -> Path:
        """How much was called lately: memory that the workers share."""
        return self.folder / "calls.shared"

    @property
    def throttle_generation_file(self) -> Path:
        """Grows when limits of calls are set, and when somebody is made to rest or let go."""
        return self.folder / "throttle.generation"

    @property
    def keys_folder(self) -> Path:
        return self.folder / "keys"

    @property
    def vault_file(self) -> Path:
        return self.keys_folder / "vault.json"

    @property
    def client_authority_file(self) -> Path:
        """Of the authority that signs applications' client certificates, and that the gateway trusts for them."""
        return self.keys_folder / "client-ca.crt"

    @property
    def archive_folder(self) -> Path:
        """What is over its time in the database, a file a month and chain."""
        return self.folder / "archive"

    @property
    def weakened_file(self) -> Path:
        return self.folder / "weakened.json"

    @property
    def faults_file(self) -> Path:
        """The faults that somebody switched on, and their counts."""
        return self.folder / "faults.db"

    @property
    def faults_generation_file(self) -> Path:
        return self.folder / "faults.generation"

    @property
    def log_file(self) -> Path:
        return self.folder / "log" / "bank.log"

    @property
    def aids_file(self) -> Path:
        """Who may be filled in for: written by whoever founds a sandbox with aids."""
        return self.folder / "aids.json"

    @property
    def trace_file(self) -> Path:
        return self.folder / "trace.db"

    @property
    def control_file(self) -> Path:
        return self.folder / "control"


def _path_from_text(wanted: type, value: Any) -> Any:
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(f"no rule to read {wanted}")
