"""The bank's admission desk in the process of the test, and an applicant with papers, keys and a case of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from bank_sim.admission import DEFENCES
from bank_sim.admission.credit_code import is_id_number
from bank_sim.admission.materials import Material
from bank_sim.admission.questionnaire import DIMENSIONS, MEASURES, Questionnaire
from bank_sim.admission.registers import REGISTER
from bank_sim.admission.stages import PATH
from bank_sim.events import subscribe
from bank_sim.registry.parties import Credentials
from bank_sim.sdk.admission import prove_possession, sign_agreement
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from tests.bank_in_process import Founded, OpenedBank

DAY_MS = 86_400_000
COMPANY = next(each for each in REGISTER.values() if each.listed is None)
LISTED = next(each for each in REGISTER.values() if each.listed)
WORKER, DECIDER = "chen", "lin"

FORM = Questionnaire(
    app_name="Clearbook",
    app_name_zh="晴川记账",
    redirect_uri="https://clearbook.example/callback",
    described={each: f"what we do about {each}" for each in DIMENSIONS},
    grades=dict.fromkeys(DIMENSIONS, 3),
    measures=frozenset(name for measures in MEASURES.values() for name in measures),
    apis={"rates.list": "to show rates", "accounts.list": "to keep books", "accounts.balance": "to keep books"},
    calls_day=10_000,
    calls_minute=60,
)


def papers(now_ms: int, **changes: dict[str, Any]) -> tuple[Material, ...]:
    """One paper of each kind, in force for a year; ``changes`` by kind."""
    of = {
        "business_licence": (COMPANY.name, COMPANY.credit_code),
        "qualification": (COMPANY.name, "ICP-990101-0001"),
        "legal_person": (COMPANY.legal_person, id_number()),
        "developer": ("程予安", id_number()),
    }
    return tuple(
        msgspec.convert(
            {
                "kind": kind,
                "holder": holder,
                "number": number,
                "until_ms": now_ms + 365 * DAY_MS,
                "document_sm3": secrets.token_hex(32),
                **changes.get(kind, {}),
            },
            Material,
        )
        for kind, (holder, number) in of.items()
    )


def id_number() -> str:
    """A number of the region that is not assigned, with its check character."""
    return next(each for each in (f"99010119800101001{last}" for last in "0123456789X") if is_id_number(each))


@dataclass
class Place:
    """``bank`` with a clock that tests turn; everything of a step in one transaction, as the faces do it."""

    opened: OpenedBank
    signing: PrivateKey = field(default_factory=lambda: generate("gm", "sig"))
    opening: PrivateKey = field(default_factory=lambda: generate("gm", "enc"))
    case_id: str = ""

    def __post_init__(self) -> None:
        self.bank = self.opened.bank
        self.admissions = self.bank.admissions

    @property
    def now_ms(self) -> int:
        return self.bank.clock.now_ms()

    @property
    def case(self) -> Any:
        return self.admissions.dossiers.find(self.case_id)

    def do(self, name: str, *given: Any) -> Any:
        """One step of the case in a transaction of its own."""
        with self.bank.store.write() as db:
            return getattr(self.admissions, name)(db, self.case_id, *given)

    def enquire(self, company: str = COMPANY.name) -> str:
        with self.bank.store.write() as db:
            self.case_id, code = self.admissions.enquire(db, company, "bookkeeping for small shops")
        return code

    def offer_and_prove(self) -> None:
        self.do("offer_keys", {"keys": [self.signing.public.jwk(), self.opening.public.jwk()]}, None)
        self.do("prove_keys", self.proof())

    def proof(self) -> str:
        keys = self.case.keys
        return prove_possession(self.signing, self.opening, self.case_id, keys.nonce, keys.sealed)

    def signature(self) -> str:
        return sign_agreement(self.signing, self.case_id, self.case.agreement)

    def until(self, stage: str) -> None:
        """Everything in order, as far as ``stage``."""
        if not self.case_id:
            self.enquire()
        for name, to, given in self._way():
            if self.case.stage == stage:
                return
            if PATH.index(self.case.stage) >= PATH.index(to):
                continue
            self.do(name, *given())

    def _way(self) -> Iterator[tuple[str, str, Any]]:
        yield "apply", "applied", lambda: (FORM,)
        yield "submit", "submitted", lambda: (papers(self.now_ms),)
        yield "verify", "verified", lambda: (WORKER, "looked at")
        yield "assess", "assessed", lambda: (WORKER, "sound")
        yield "approve", "approved", lambda: (DECIDER, "agreed")
        if self.case.stage == "approved" and not self.case.keys:
            self.offer_and_prove()
        yield "draw_up", "offered", lambda: (WORKER, "as asked")
        yield "sign", "signed", lambda: (self.signature(),)
        yield "countersign", "agreed", lambda: (DECIDER, "checked")
        yield "issue", "testing", lambda: ()

    def takes_events(self, url: str = "https://clearbook.example/events") -> None:
        """The application gives an address for events."""
        with self.bank.store.write() as db:
            subscribe(db, self.case.app_id, url, "gm")

    def credentials(self) -> Credentials:
        self.until("agreed")
        issued: Credentials = self.do("issue")
        return issued

    def dump(self) -> list[str]:
        """Everything in the store, to compare before and after."""
        return list(self.bank.store.db.conn.iterdump())


@pytest.fixture
def place(founded: Founded) -> Iterator[Place]:
    opened = OpenedBank(founded, DEFENCES)
    yield Place(opened)
    opened.close()
