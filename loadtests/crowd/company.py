"""What the users of one generator process share: applications that can speak, customers, the plan, the counting."""

from __future__ import annotations

import ssl
import time
from pathlib import Path
from typing import Any

from bank_sim.sdk.credentials import BankSettings
from loadtests.crowd.calling import Line, Voice
from loadtests.crowd.connection import Connection
from loadtests.crowd.customers import Customer, Customers
from loadtests.crowd.prepared import Consented, Credentials, Prepared
from loadtests.crowd.tally import Meter

_TIMEOUT_S = 10.0


class Company:
    """For all users of this process. ``stranger``: a customer who never spoke with the rogue application."""

    def __init__(self, prepared: Prepared, environment: Any, generator: str) -> None:
        self.plan, self.products = prepared.plan, prepared.products
        self.meter = Meter(generator)
        self.customers = Customers(prepared.consented)
        self.stranger: Consented = prepared.consented[0]
        self.rogue = Customer.of(prepared.rogue_consent)
        self.payee = {"creditor_account": prepared.payee_number, "creditor_name": prepared.payee_name}
        self._prepared, self._environment = prepared, environment
        self._trust = ssl.create_default_context(cafile=prepared.ca_certificate)
        self._voices = {name: self._voice(getattr(prepared, name)) for name in ("crowd", "loud", "rogue")}
        self._started_s = time.perf_counter()
        self._dealt = False

    def deal(self, first: int, step: int) -> None:
        """This process's share of the customers; it keeps the first one, whose tokens it has renewed since."""
        if not self._dealt:
            self._dealt = True
            self.customers = Customers(self._prepared.consented, first, step)

    def begin(self) -> None:
        """A run begins."""
        self._started_s = time.perf_counter()
        self.meter.begin()

    def elapsed_s(self) -> float:
        """Since the run began."""
        return time.perf_counter() - self._started_s

    def line(self, kind: str, speaks_as: str) -> Line:
        """A new line to the bank."""
        connection = Connection(self._prepared.port, self._trust, _TIMEOUT_S)
        return Line(kind, self._voices[speaks_as], connection, self.meter, self._tell)

    def _voice(self, credentials: Credentials) -> Voice:
        prepared = self._prepared
        settings = BankSettings(
            app_id=credentials.app_id,
            issuer=prepared.issuer,
            authorization_endpoint="",
            redirect_uri="",
            suite=credentials.suite,
            bank_jwks=credentials.bank_jwks,
            ca_certificate=Path(prepared.ca_certificate),
        )
        return Voice(credentials.membership(), settings, lambda: time.time() + prepared.offset_s)

    def _tell(self, kind: str, name: str, elapsed_ms: float, size: int, wrong: Exception | None) -> None:
        self._environment.events.request.fire(
            request_type=kind, name=name, response_time=elapsed_ms, response_length=size, exception=wrong, context={}
        )
