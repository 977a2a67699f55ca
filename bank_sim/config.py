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

Positive = Annotated[int, msgspec.Meta(gt=0)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]

_DAY_S = 86_400


class ConfigError(Exception):
    """The settings cannot be used. The message is one line that says what to mend."""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Numbers with a choice behind them. "Ours" means that no norm gives one and we chose."""

    # The message. JR/T 0185 7.2.2 asks for integrity and leaves the window open; RFC 9421 section 3.2.1 leaves it to
    # the profile. Five minutes either way is what payment platforms commonly allow for clock skew.
    signature_window_s: Positive = 300
    # RFC 7523 section 3 lets the server set a limit without naming one. Ours: the same as the window above.
    client_assertion_lifetime_s_max: Positive = 300
    # Ours: the largest message of the catalogue is below 8 KiB; 64 KiB bounds what parsing may cost, and is the most
    # that strict_json reads.
    body_bytes_max: Annotated[int, msgspec.Meta(gt=0, le=65_536)] = 65_536
    body_timeout_s: Positive = 10
    head_timeout_s: Positive = 10
    head_bytes_max: Positive = 16_384  # nginx and Apache ship with 8 to 32 KiB
    header_lines_max: Positive = 100  # Apache's LimitRequestFields

    # The connection. Ours: answers wait in memory for a peer that does not read them, so their number is bounded; a
    # browser waits for each answer, and nobody needs more calls ahead of it on one connection.
    pipelined_calls_max: Positive = 16
    write_timeout_s: Positive = 20  # ours; nginx allows 60 s between two reads of its client (send_timeout)
    keep_alive_s: Positive = 75  # nginx's keepalive_timeout
    # Of one listener in one process. Ours: two listeners stay below the usual 1,024 file descriptors of a process.
    connections_max: Positive = 400

    # Tokens. JR/T 0185 9.2.1 b) 3) asks for the shortest validity that the business allows, by level.
    access_token_a1_s: Positive = 3_600
    access_token_query_s: Positive = 1_800
    access_token_funds_s: Positive = 300
    refresh_token_s: Positive = 90 * _DAY_S  # ours; never longer than the consent it stands for
    code_s: Positive = 60  # RFC 6749 section 4.1.2 recommends at most 10 minutes, FAPI 2.0 section 5.3.2.1 60 s
    request_uri_s: Positive = 90  # RFC 9126 section 2.2: "relatively short", FAPI 2.0: below 600 s
    consent_once_s: Positive = 900  # ours: what is given for one use is used at once, or not at all
    consent_period_s_max: Positive = 365 * _DAY_S  # ours: one year, then the user is asked again
    consent_agreement_s_max: Positive = 5 * 365 * _DAY_S  # ours: the usual term of a cooperation agreement

    # Keys. JR/T 0185 7.3.4 asks for validity by level and leaves the lengths open.
    key_validity_a1_s: Positive = 365 * _DAY_S
    key_validity_a2_s: Positive = 180 * _DAY_S
    secret_validity_s: Positive = 365 * _DAY_S

    # The user's proofs. JR/T 0185 7.2.1 b) asks for two factors on funds and leaves their numbers open. Ours: six
    # digits, as every Chinese bank sends; five guesses of a million within three minutes.
    otp_digits: Annotated[int, msgspec.Meta(ge=6, le=10)] = 6
    otp_lifetime_s: Positive = 180
    otp_tries: Positive = 5
    otp_interval_s: Positive = 60
    otp_sends_day_max: Positive = 20  # ours: bounds what guessing and flooding can reach in a day
    # A question to the phone lives as long as a code by text message; a thief with the password must not wear the
    # owner out with questions. An activation code is typed from one screen into another, within minutes.
    approval_lifetime_s: Positive = 180
    approvals_day_max: Positive = 50
    activation_lifetime_s: Positive = 600
    activation_tries: Positive = 10
    login_tries: Positive = 5
    login_source_tries: Positive = 50  # ours: a whole office may share an address
    # Ours: wrong passwords of one customer by one application's embedded form; below login_tries, so that the customer
    # keeps tries of their own.
    relay_tries: Positive = 3
    login_lock_s: Positive = 900
    # JR/T 0185 9.3.1: session validity is the least that the scenario needs, idle sessions end.
    session_idle_s: Positive = 600
    session_absolute_s: Positive = 3_600
    # Of the bank's staff. PCI DSS 8.2.8 ends idle sessions after a quarter of an hour; a shift lasts eight.
    staff_session_idle_s: Positive = 900
    staff_session_absolute_s: Positive = 8 * 3_600

    # Money. PBC notice Yinfa [2016] 302 and [2018] 16: class II 10,000 a day and 200,000 a year, class III 2,000 of
    # balance and 2,000 a day and 50,000 a year (payments to unbound accounts). Amounts in fen.
    transfer_expiry_s: Positive = 900  # ours: a quarter of an hour to confirm what was asked for
    class_i_day_fen_max: Positive = 5_000_000_00  # ours: a retail customer's default limit, 5 million yuan
    class_ii_day_fen_max: Positive = 10_000_00
    class_ii_year_fen_max: Positive = 200_000_00
    class_iii_day_fen_max: Positive = 2_000_00
    class_iii_year_fen_max: Positive = 50_000_00
    class_iii_balance_fen_max: Positive = 2_000_00

    # Abuse. JR/T 0185 10.1.2 asks for monitoring of calls without authority and leaves thresholds open.
    enumeration_alarm: Positive = 5  # ours: foreign resources asked for by one App_ID within the window below
    enumeration_window_s: Positive = 60
    # Ours: guessing a 256-bit secret is hopeless; the gate spares the processor. A test run on one machine fits below.
    source_failures_max: Positive = 1_000
    source_failures_window_s: Positive = 60
    # Ours: the longest possible page, sealed, stays well below the 64 KiB that an SDK opens.
    page_items_max: Annotated[int, msgspec.Meta(gt=0, le=50)] = 50
    page_items_default: Positive = 20

    # Messages to users. Ours: a code that arrives after its lifetime is of no use to anybody.
    message_lifetime_s: Positive = 180


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
    # Fictional: no institution of the PBC's code list bears it (JR/T 0185 appendix B).
    institution_code: str = "C99999"
    # Comforts on the pages that no real bank has, marked as such: auto-fill, what the bank saw.
    aids: bool = False
    # Each message that the bank sees is written down for the theatre, without its secrets.
    trace: bool = False
    policy: Policy = Policy()

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
    def keys_folder(self) -> Path:
        return self.folder / "keys"

    @property
    def vault_file(self) -> Path:
        return self.keys_folder / "vault.json"

    @property
    def weakened_file(self) -> Path:
        return self.folder / "weakened.json"

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
