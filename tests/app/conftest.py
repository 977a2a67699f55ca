"""A wallet and the bank it belongs to, both of real parts in one process: only the network is a function call.

What the user does on the bank's pages is done to the bank's own consents and codes; the pages have tests of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from werkzeug.test import Client, TestResponse

from app_sim import vault
from app_sim.config import AppConfig
from app_sim.founding import accept, found_app
from app_sim.pages.accounts import AskAll, one_by_one
from app_sim.pages.app import create_app
from app_sim.wallet import Wallet, open_wallet
from bank_sim import gateway
from bank_sim.authserver import DEFENCES, endpoints
from bank_sim.bank import Bank
from bank_sim.clock import ManualClock
from bank_sim.consent import Authorisation, PaymentTerms, confirmation_digest, one_payment
from bank_sim.founding import register_application
from bank_sim.sdk.protocol import pkcs8
from bank_sim.tokens import AuthorizationCode
from tests.bank_in_process import MORNING_S, PASSPHRASE, PAYEE, PAYER, PEOPLE, Founded, OpenedBank, hand_over

ISSUER = "https://localhost:8440"
WALLET = "https://wallet.localhost:8442"


# Hundreds of wallets open the same few keys. What stretching makes of a passphrase, slow by design, is kept for a file.
_STRETCHED: tuple[tuple[Any, str, Callable[..., bytes]], ...] = (
    (vault, "_stretched", vault._stretched.__wrapped__),
    (pkcs8, "decrypt", pkcs8.decrypt),
)


@pytest.fixture(scope="module", autouse=True)
def _stretched_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module, name, stretch in _STRETCHED:
            patch.setattr(module, name, lru_cache(maxsize=None)(stretch))
        yield


class SharedClock(ManualClock):
    """One hand-moved clock for both parties."""

    def refresh(self) -> None:
        """Nothing to fetch: it is the same clock."""


class BankWire(httpx.BaseTransport):
    """Hands requests to the bank's gateway as its edge would. ``sent`` keeps them; ``bend`` stands in the middle."""

    def __init__(self, bank: Bank) -> None:
        self._app = gateway.create_app(bank, endpoints.blueprint(bank))
        self.sent: list[httpx.Request] = []
        # The TLS client certificate (DER) that comes with each request, asked for anew as a handshake would.
        self.shown: Callable[[], bytes | None] | None = None
        self.bend: Callable[[httpx.Request, Callable[[httpx.Request], httpx.Response]], httpx.Response] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.sent.append(request)
        return self.bend(request, self.deliver) if self.bend else self.deliver(request)

    def deliver(self, request: httpx.Request) -> httpx.Response:
        path, _, query = request.url.raw_path.decode().partition("?")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        status, answered, body = hand_over(
            self._app, request.method, path, query, headers, request.content, self.shown() if self.shown else None
        )
        return httpx.Response(status, headers=answered, content=body, request=request)


class Town:
    """The bank, its customers, and a user who agrees to what applications ask."""

    def __init__(self, founded: Founded) -> None:
        self.accounts = founded.accounts
        self.clock = SharedClock(MORNING_S)
        self._founded = founded
        self._opened = OpenedBank(founded, DEFENCES, self.clock)
        self.bank = self._opened.bank
        self.wire = BankWire(self.bank)
        # What wallets let pass before they asked again, in seconds; nobody waits for it.
        self.pauses: list[float] = []

    def wallet_config(self, suite: str, **changes: Any) -> AppConfig:
        """The settings of the wallet that is registered for a suite."""
        return _wallet_config(self._founded.home, suite, **changes)

    def open_wallet(self, config: AppConfig) -> Wallet:
        """A wallet, as its process opens it, on the wire to this bank."""
        return open_wallet(config, PASSPHRASE, self.wire, self.clock, sleep=self.pauses.append)

    @property
    def payee_account(self) -> str:
        """A full account number, which only the bank and the payee know."""
        return self._founded.accounts_of(PAYEE)[0].account_number

    @property
    def payee_name(self) -> str:
        return PEOPLE[PAYEE].name

    def user_agrees(self, address: str) -> dict[str, str]:
        """What the payer's browser brings back from the bank's page at ``address``, where they said yes."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        mine = self._founded.accounts_of(PAYER)
        bank = self.bank
        with bank.store.write() as db:
            request = bank.tokens.codes.take_request(db, query["request_uri"], query["client_id"])
            consent = bank.consents.get(request.consent_id, db)
            assert consent is not None
            given = Authorisation(
                mine[0].customer_id,
                [each.account_id for each in mine],
                ("password", "sms_code"),
                {"page": "test"},
                self._confirmed(consent.payment) if consent.payment else None,
            )
            bank.consents.authorise(db, request.consent_id, given)
            code = bank.tokens.codes.issue(
                db,
                AuthorizationCode(
                    request.app_id, request.consent_id, mine[0].customer_id, request.redirect_uri,
                    request.code_challenge, consent.valid_to_s,
                ),
            )  # fmt: skip
        return {"code": code, "state": request.state or "", "iss": ISSUER}

    def user_declines(self, address: str) -> dict[str, str]:
        """The same for a user who said no."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        with self.bank.store.write() as db:
            request = self.bank.tokens.codes.take_request(db, query["request_uri"], query["client_id"])
            self.bank.consents.decline(db, request.consent_id)
        return {"error": "access_denied", "state": request.state or "", "iss": ISSUER}

    def _confirmed(self, terms: PaymentTerms) -> bytes:
        if terms.transfer_id is None:
            return confirmation_digest(terms)
        payee, amount_fen = self.bank.store.read(
            "SELECT creditor_account_id, amount_fen FROM transfers WHERE transfer_id = ?", (terms.transfer_id,)
        )[0]
        return confirmation_digest(one_payment(terms.transfer_id, payee, amount_fen))

    def executed(self) -> list[int]:
        """The amounts of all transfers that the bank has executed for wallets, oldest first."""
        rows = self.bank.store.read(
            "SELECT amount_fen FROM transfers WHERE state = 'executed' AND order_no LIKE 'LW%'"
            " ORDER BY created_at_ms, transfer_id"
        )
        return [row[0] for row in rows]

    def count(self, table: str) -> int:
        """How many rows a table of the bank has."""
        return int(self.bank.store.read(f"SELECT count(*) FROM {table}")[0][0])

    def close(self) -> None:
        self._opened.close()


class Visitor:
    """A browser at the wallet, with cookies; forms are sent as the page holds them."""

    def __init__(self, wallet: Wallet, ask_all: AskAll = one_by_one, **headers: str) -> None:
        self._client = Client(create_app(wallet, ask_all))
        self._headers = {"Accept-Language": "en", **headers}

    def get(self, path: str, **query: str) -> TestResponse:
        return self._client.get(path, base_url=WALLET, query_string=query, headers=self._headers, buffered=True)

    def post(self, path: str, **fields: str) -> TestResponse:
        return self._client.post(path, base_url=WALLET, data=fields, headers=self._headers)

    def submit(self, page: TestResponse, action: str, **fields: str) -> TestResponse:
        """Fill in the form of a page that goes to ``action``; hidden fields are sent as they stand."""
        form = re.search(rf'<form action="{re.escape(action)}" method="post".*?</form>', page.text, re.DOTALL)
        assert form is not None, f"no form goes to {action}: {page.text}"
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0]))
        return self.post(action, **(hidden | fields))

    def sign_in(self, nickname: str = "Lux") -> Visitor:
        assert self.submit(self.get("/"), "/sign-in", nickname=nickname).status_code == 303
        return self

    def link(self, town: Town) -> Visitor:
        """Link the payer's accounts."""
        away = self.submit(self.get("/"), "/link")
        assert self.get("/callback", **town.user_agrees(away.location)).location == "/accounts"
        return self

    def order(self, town: Town, **changes: str) -> TestResponse:
        """Fill in the payment form: 12.34 from the first account to the payee."""
        form = self.get("/pay")
        account_ref = re.search(r'<option value="(\w+)"', form.text)
        assert account_ref is not None, form.text
        fields = {
            "account_ref": account_ref[1],
            "payee_account": town.payee_account,
            "payee_name": town.payee_name,
            "amount": "12.34",
            "purpose": "rent",
        }
        return self.submit(form, "/pay", **(fields | changes))

    def pay(self, town: Town, **changes: str) -> TestResponse:
        """Order, agree at the bank, come back: the payment's page."""
        back = self.get("/callback", **town.user_agrees(self.order(town, **changes).location))
        return self.get(back.location)


@pytest.fixture(scope="session")
def founding(founding: Founded, tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """The bank with two registered wallets, one a suite, beside it in its home."""
    founded = founding.copied_to(tmp_path_factory.mktemp("with-wallets"))
    for suite in ("gm", "intl"):
        wallet = _wallet_config(founded.home, suite)
        application = found_app(wallet, PASSPHRASE)
        credentials = register_application(founded.config, PASSPHRASE, application.registration, MORNING_S)
        accept(wallet, PASSPHRASE, credentials, credentials["bank_jwks"])
    return founded


@pytest.fixture
def town(founded: Founded) -> Iterator[Town]:
    town = Town(founded)
    yield town
    town.close()


def _wallet_config(folder: Path, suite: str, **changes: Any) -> AppConfig:
    unused = folder / "no-listener-runs-here"
    facts: dict[str, Any] = {
        "home": folder / f"app-{suite}",
        "external_url": WALLET,
        "gateway_url": ISSUER,
        "authorization_endpoint": "https://bank.localhost:8441/authorize",
        "ca_certificate": unused,
        "certificate": unused,
        "certificate_key": unused,
        "suite": suite,
    }
    return AppConfig(**(facts | changes))


@pytest.fixture(params=["gm", "intl"])
def suite(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def wallet(town: Town) -> Iterator[Wallet]:
    wallet = town.open_wallet(town.wallet_config("gm"))
    yield wallet
    wallet.close()


@pytest.fixture
def visitor(wallet: Wallet) -> Visitor:
    return Visitor(wallet)


@pytest.fixture
def visitor_of() -> Callable[..., Visitor]:
    """A browser at another wallet, or one that prefers another language."""
    return Visitor
