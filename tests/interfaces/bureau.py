"""Whoever at the bank takes interfaces through their lives, with its gateway and a partner that calls there."""

from __future__ import annotations

from typing import Any

from bank_sim.interfaces import agreements, notices
from bank_sim.registry import lives
from bank_sim.registry.lives import Life
from tests.gateway.party import Party
from tests.gateway.town import Town

NEW, OLD = "rates.list:2", "rates.list:1"
DAY_S = 86_400
LEAD_S = 90 * DAY_S
ORDERED: dict[str, Any] = {"by": "chen", "reason": "a drill"}


class Bureau:
    """Each step in a transaction of its own, announced afterwards as the console does."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.bank = town.bank
        self.partner = Party(town, "intl", name="Budget Buddy")

    @property
    def app_id(self) -> str:
        return self.partner.app_id

    def life(self, subject: str) -> Life:
        return lives.find(self.bank.store, subject)

    def order(self, step: str, subject: str, *facts: Any, **said: Any) -> Any:
        """Order one step. What it lacks is raised, and then nothing has changed."""
        before = self.dump()
        try:
            with self.bank.store.write() as db:
                done = getattr(self.bank.interfaces, step)(db, subject, *facts, **said)
        except Exception:
            assert self.dump() == before
            raise
        self.bank.lives.announce()
        return done

    def register(self, subject: str = NEW, wished: str = "") -> str:
        return str(self.order("register", subject, wished, **ORDERED))

    def audit(self, subject: str = NEW, findings: int = 2, mended: int = 2) -> None:
        self.order("audit", subject, "a reading of the code", findings, mended, by="lin")

    def plan(self, subject: str = NEW) -> None:
        self.order("plan", subject, "on Tuesday at ten", "the day before's programs", by="chen")

    def publish(self, subject: str = NEW) -> None:
        """All the way from the design."""
        self.register(subject)
        self.audit(subject)
        self.plan(subject)
        self.order("publish", subject, **ORDERED)

    def announce_end(self, subject: str = OLD, days: int | None = None) -> None:
        self.plan(subject)
        self.order("deprecate", subject, days, **ORDERED)

    def tell(self, subject: str = OLD) -> tuple[int, int]:
        told: tuple[int, int] = self.order("notify", subject)
        return told

    def sign(self, subject: str = OLD) -> None:
        """The partner signs what holds after the end."""
        agreement = agreements.agreement_with(self.bank.store, self.life(subject), self.app_id)
        signature = self.partner.signing.sign(agreement.document)
        credential = self.bank.registry.credential(self.partner.keyid)
        with self.bank.store.write() as db:
            agreements.sign(db, agreement, credential, signature, self.bank.clock.now_ms())

    def end(self, subject: str = OLD) -> None:
        """All the way from publication to the baffle."""
        self.announce_end(subject)
        self.tell(subject)
        self.town.clock.advance(LEAD_S)
        self.order("terminate", subject, **ORDERED)

    def told(self, subject: str = OLD) -> list[str]:
        return [each.app_id for each in notices.notices_of(self.bank.store, self.life(subject))]

    def events(self, kind: str) -> list[tuple[str, str]]:
        """App_ID and subject of the events of one type, oldest first."""
        sql = "SELECT app_id, subject FROM events WHERE type = ? ORDER BY app_id, sequence"
        return self.bank.store.read(sql, (kind,))

    def call(self, version: str = "1", partner: Party | None = None) -> Any:
        """Ask for the rates as of one version; ``partner``: another than its own."""
        return (partner or self.partner).get("/api/rates", headers={"x-api-version": version})

    def dump(self) -> list[str]:
        """Everything that the bank's database holds."""
        return list(self.bank.store.db.conn.iterdump())
