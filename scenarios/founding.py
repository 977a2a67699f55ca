"""Founds a home: the authority, the bank with its customers, the wallet as a registered application, the phones.

It carries documents to and fro between the parties as people would, and writes each party's settings into its own
folder. Nothing secret is in a settings file. A home that was founded with a kept passphrase is opened again instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scenarios.addresses import HOSTS_OF, Addresses
from scenarios.authority import Authority
from scenarios.colleagues import colleagues
from scenarios.facts import Marker
from scenarios.failures import BrokenSurroundings
from scenarios.home import PARTIES, Home
from scenarios.passphrase import PartyPassphrases, Passphrase
from scenarios.payees import payees_file
from scenarios.ports import Ports
from scenarios.surroundings import PASSPHRASE_NAME

if TYPE_CHECKING:
    from app_sim.config import AppConfig
    from app_sim.founding import Application
    from bank_sim.config import Config as BankConfig
    from user_sim.config import Config as PhoneConfig
    from user_sim.people import Person


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the parties' settings follow from.

    ``tapped``: a middlebox stands before the gateway, which then listens behind it.
    ``aids``, ``discreet``, ``trace``, ``traces``, ``log_format``, ``bounds``: what the plan asks for.
    """

    home: Home
    passphrases: PartyPassphrases
    addresses: Addresses
    ports: Ports
    control_token_sha256: str
    workers: int
    tapped: bool
    aids: bool
    discreet: bool
    trace: bool
    production_like: bool = False
    traces: str = ""
    log_format: Literal["text", "json"] = "text"
    bounds: Mapping[str, int] = field(default_factory=dict)


def opened(home: Home, wanted: Marker, passphrase: Passphrase) -> tuple[Marker, PartyPassphrases]:
    """The marker and passphrases of a home that can be started: one founded before, or one to be founded now.

    A home whose passphrase was of one run only cannot be opened by any other; it is emptied and founded anew, from the
    same seed if one was asked for.
    """
    marker = home.marker()
    if marker is not None and marker.reopens:
        _require_same(home, marker, wanted, passphrase)
        return marker, passphrase.opener(bytes.fromhex(marker.salt))
    if marker is not None and marker.identifiers == "seeded":
        wanted = replace(wanted, seed=marker.seed, identifiers="seeded")
    home.erase()
    home.create(wanted)
    return wanted, passphrase.opener(bytes.fromhex(wanted.salt))


def _require_same(home: Home, marker: Marker, wanted: Marker, passphrase: Passphrase) -> None:
    if not passphrase.kept:
        raise BrokenSurroundings(
            f"The keys in {home.path} are sealed with a passphrase that you keep: set {PASSPHRASE_NAME}, or use"
            " --keyring or --ask-passphrase; or delete them with: bank-sandbox reset"
        )
    for name in ("suite", "port_base"):
        if getattr(marker, name) != getattr(wanted, name):
            raise BrokenSurroundings(
                f"{home.path} was founded with --{name.replace('_', '-')} {getattr(marker, name)};"
                " start it so, choose another --home, or delete it with: bank-sandbox reset"
            )


@dataclass(frozen=True, slots=True)
class Foundation:
    """A home whose settings and certificates are in place, so that the parties may be started; each waits for its
    passphrase until ``lay`` says that it may open."""

    site: Site
    marker: Marker
    people: list[Person]
    authority: Authority
    bank: BankConfig
    app: AppConfig

    def lay(self, may_open: Mapping[str, Callable[[], None]]) -> None:
        """The bank is founded; the wallet makes its keys, applies, has its certificate signed, takes its credentials.

        ``may_open`` has a call for each party, made once nothing more is done to its folder; it may come twice.
        """
        may_open["user"]()
        if self.marker.state != "founded":
            self._lay(may_open)
        may_open["bank"]()
        may_open["app"]()

    def _lay(self, may_open: Mapping[str, Callable[[], None]]) -> None:
        now = datetime.now(UTC)
        # Deriving keys and hashing passwords lets go of the interpreter: the two found themselves side by side.
        with ThreadPoolExecutor(1) as beside:
            application = beside.submit(self._found_app)
            self._found_bank(now)
            self._admit(application.result(), now, may_open)
        self.site.home.founded(self.marker)

    def _found_bank(self, now: datetime) -> None:
        from bank_sim.founding import found_bank

        staff, seed = colleagues(self.marker.seed), self.marker.seed
        found_bank(self.bank, self._passphrase("bank"), self.people, seed, now.timestamp(), staff)

    def _found_app(self) -> Application:
        from app_sim.founding import found_app

        return found_app(self.app, self._passphrase("app"))

    def _admit(self, application: Application, now: datetime, may_open: Mapping[str, Callable[[], None]]) -> None:
        from app_sim.founding import accept
        from bank_sim.founding import register_application

        request = {"certificate_request_pem": application.certificate_request.decode()}
        credentials = register_application(
            self.bank, self._passphrase("bank"), application.registration | request, now.timestamp()
        )
        may_open["bank"]()
        accept(self.app, self._passphrase("app"), credentials, credentials["bank_jwks"])

    def _passphrase(self, party: str) -> bytes:
        return self.site.passphrases.of(party).encode()


def prepare(site: Site, marker: Marker) -> Foundation:
    """Mint or open the authority, issue this run's server certificates, write the parties' settings."""
    from user_sim.people import people

    now = datetime.now(UTC)
    opener = site.passphrases.of("ca").encode()
    if marker.state == "founded":
        authority = Authority.load(site.home.authority, opener)
    else:
        authority = Authority.mint(site.home.authority, opener, now)
    for party in PARTIES:
        passphrase = site.passphrases.of(party).encode()
        authority.issue_server(site.home.party(party), "tls", HOSTS_OF[party], passphrase, now)
    folk = people(marker.seed, marker.people)
    bank, app = _bank_config(site, marker), _app_config(site, marker)
    _write_configs(site.home, bank, app, _phone_config(site, folk))
    _write_aids(site, marker, bank, folk)
    return Foundation(site, marker, folk, authority, bank, app)


def _bank_config(site: Site, marker: Marker) -> BankConfig:
    import msgspec

    from bank_sim.config import Config
    from bank_sim.policy import Policy

    return Config(
        home=site.home.path,
        policy=msgspec.convert({"app_unrated_as": "low", **site.bounds}, Policy),
        port_gateway=site.ports.behind if site.tapped else site.ports.gateway,
        port_pages=site.ports.pages,
        port_portal=site.ports.portal,
        port_console=site.ports.console,
        port_control=site.ports.control,
        gateway_url=site.addresses.gateway,
        pages_url=site.addresses.pages,
        portal_url=site.addresses.portal,
        console_url=site.addresses.console,
        sms_url=site.addresses.sms,
        ca_certificate=_trust(site),
        tls_certificate=site.home.party("bank") / "tls.crt",
        tls_key=site.home.party("bank") / "tls.key",
        control_token_sha256="" if site.production_like else site.control_token_sha256,
        production_like=site.production_like,
        suite=marker.suite,
        workers=site.workers,
        aids=site.aids,
        discreet=site.discreet,
        trace=site.trace,
        traces=site.traces,
        log_format=site.log_format,
        identifier_seed=marker.seed if marker.identifiers == "seeded" else None,
    )


def _app_config(site: Site, marker: Marker) -> AppConfig:
    from app_sim.config import AppConfig

    return AppConfig(
        home=site.home.party("app"),
        external_url=site.addresses.wallet,
        gateway_url=site.addresses.gateway,
        authorization_endpoint=site.addresses.authorization_endpoint,
        ca_certificate=_trust(site),
        certificate=site.home.party("app") / "tls.crt",
        certificate_key=site.home.party("app") / "tls.key",
        control_url=_time(site),
        production_like=site.production_like,
        suite=marker.suite,
        port=site.ports.wallet,
        aids=site.aids,
        discreet=site.discreet,
        aids_file=payees_file(site.home) if site.aids else None,
        trace=site.trace,
        traces=site.traces,
        log_format=site.log_format,
    )


def _phone_config(site: Site, folk: list[Person]) -> PhoneConfig:
    from user_sim.config import Config, Phone

    return Config(
        home=site.home.party("user"),
        port=site.ports.phone,
        certificate=site.home.party("user") / "tls.crt",
        certificate_key=site.home.party("user") / "tls.key",
        ca_certificate=_trust(site),
        control_url=_time(site),
        bank_pages_url=site.addresses.pages,
        aids=site.aids,
        trace=site.trace,
        traces=site.traces,
        log_format=site.log_format,
        phones=tuple(Phone(number=each.phone, owner=each.name) for each in folk),
    )


def _write_aids(site: Site, marker: Marker, bank: BankConfig, folk: list[Person]) -> None:
    """Whom the bank's pages may be filled in for, by a click that is marked as the sandbox's; nobody without aids."""
    import msgspec

    if not site.aids:
        bank.aids_file.unlink(missing_ok=True)
        return
    people = [{"name": each.name, "login_name": each.login_name, "password": each.password} for each in folk]
    bank.aids_file.touch(mode=0o600)
    bank.aids_file.write_bytes(msgspec.json.encode({"people": people, "staff": colleagues(marker.seed)}))


def _time(site: Site) -> str | None:
    """Who tells applications and phones the time; the machine does where nobody may move it."""
    return None if site.production_like else site.addresses.control


def _trust(site: Site) -> Path:
    return site.home.authority / "ca.crt"


def _write_configs(home: Home, bank: BankConfig, app: AppConfig, phone: PhoneConfig) -> None:
    import msgspec

    for party, config in zip(PARTIES, (bank, app, phone), strict=True):
        text = msgspec.json.format(msgspec.json.encode(config, enc_hook=str), indent=2)
        (home.party(party) / "config.json").write_bytes(text)
