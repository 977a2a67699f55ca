"""Joint investigation: the wallet hands in its log, the bank lays its own beside it, and what was changed shows."""

from __future__ import annotations

import json

import pytest
from werkzeug.test import Client

from app_sim.bank import client_keys
from app_sim.pages.app import create_app
from app_sim.vault import Vault
from app_sim.wallet import Wallet
from bank_sim.events.message import body_of, signed
from bank_sim.monitor import alarms, incidents
from bank_sim.sdk.evidence import state_evidence
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.supervision import evidence, testimony
from bank_sim.supervision.evidence import EvidenceRequest
from tests.app.conftest import WALLET, Town
from tests.bank_in_process import PASSPHRASE, suspend


class Inquiry:
    """An incident about the wallet, which has called the bank a few times."""

    def __init__(self, town: Town, wallet: Wallet) -> None:
        self.town, self.wallet, self.bank = town, wallet, town.bank
        self.app_id = str(json.loads(wallet.config.membership.read_bytes())["app_id"])
        for _ in range(3):
            wallet.bank.public("rates.list", "/api/rates", "1")
        with pytest.raises(Problem):
            wallet.bank.accounts("nobody's token")
        with self.bank.store.write() as db:
            self.incident_id = incidents.open_incident(db, "a drill", "major", "a drill", "chen", self.now_ms)

    @property
    def now_ms(self) -> int:
        return self.town.clock.now_ms()

    def ask(self) -> str:
        with self.bank.store.write() as db:
            return self.bank.evidence.ask(db, self.incident_id, self.app_id, by="chen", reason="a drill")

    def reaches_the_wallet(self) -> int:
        """The bank's event, posted as the courier does."""
        event = self.bank.events.of_application(self.app_id, 1)[0]
        key = self.bank.keys.signing(self.wallet.config.suite)
        message = signed(f"{WALLET}/events", body_of(event), key, self.town.clock.now_s())
        wallet = Client(create_app(self.wallet))
        return wallet.post("/events", base_url=WALLET, headers=message.headers, data=message.body).status_code

    def hand_in(self, request_id: str, key: PrivateKey, about: str | None = None) -> str | None:
        """What the bank refuses a statement with; None where it is taken. ``about``: another request."""
        keys = self.bank.registry.credentials(self.app_id, "sig")
        text = state_evidence(key, self.app_id, about or request_id, [], 0, self.now_ms // 1000)
        try:
            with self.bank.store.write() as db:
                self.bank.evidence.take(db, self.app_id, request_id, text, keys)
        except Problem as problem:
            return problem.code
        return None

    def wallet_key(self) -> PrivateKey:
        return client_keys(self.wallet.config, Vault(self.wallet.config.keys, PASSPHRASE)).signing

    def found(self) -> EvidenceRequest:
        (request,) = evidence.of_incident(self.bank.store, self.incident_id)
        return request

    def alarms(self) -> set[str]:
        return {each.rule for each in alarms.standing(self.bank.store)}

    def lines(self) -> list[tuple[str, str]]:
        return [(each.kind, each.by_whom) for each in incidents.lines(self.bank.store, self.incident_id)]


@pytest.fixture
def inquiry(town: Town, wallet: Wallet) -> Inquiry:
    return Inquiry(town, wallet)


@pytest.mark.clause("10.5-3", "12.3-2.1")
def test_the_wallet_answers_by_itself_and_both_logs_tell_the_same(inquiry: Inquiry) -> None:
    inquiry.ask()
    assert inquiry.reaches_the_wallet() == 204
    found = inquiry.found()
    assert found.agrees
    assert (found.agreeing, found.missing, found.unknown, found.contradicting) == (4, 0, 0, 0)
    assert inquiry.lines() == [("opened", "chen"), ("asked", "chen"), ("answered", inquiry.app_id)]
    assert inquiry.alarms() == set()


@pytest.mark.clause("10.5-3")
def test_whoever_is_suspended_can_still_answer(inquiry: Inquiry) -> None:
    suspend(inquiry.bank, inquiry.app_id)
    inquiry.ask()
    assert inquiry.reaches_the_wallet() == 204
    assert inquiry.found().agrees


CHANGES = {
    "missing": "DELETE FROM journal WHERE kind = 'call' AND code IS NULL AND seq = (SELECT max(seq) FROM journal WHERE"
    " kind = 'call' AND code IS NULL)",
    "unknown": "UPDATE journal SET trace_id = 'made up' WHERE kind = 'call' AND code IS NOT NULL",
    "contradicting": "UPDATE journal SET code = NULL WHERE kind = 'call' AND code IS NOT NULL",
}


@pytest.mark.clause("10.5-3", "12.3-2.2")
@pytest.mark.parametrize("change", CHANGES)
def test_a_log_that_was_changed_contradicts_the_banks(inquiry: Inquiry, change: str) -> None:
    """By somebody who may drop the triggers that guard it."""
    with inquiry.wallet.store.write() as db:
        triggers = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'")
        for (name,) in [tuple(each) for each in triggers.fetchall()]:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(CHANGES[change])
    inquiry.ask()
    assert inquiry.reaches_the_wallet() == 204
    found = inquiry.found()
    assert found.agrees is False
    assert getattr(found, change) == 1
    assert inquiry.alarms() == {"LOGS_CONTRADICT"}


@pytest.mark.parametrize("row", sorted(testimony.DEFENCES))
def test_a_statement_of_somebody_else_or_about_something_else_is_refused_by_its_row(inquiry: Inquiry, row: str) -> None:
    request_id, mine = inquiry.ask(), inquiry.wallet_key()
    strangers = generate("gm", "sig")
    forged = {"evidence_signature": (strangers, None), "evidence_subject": (mine, "evi_another")}
    refusals = {"evidence_signature": "SIGNATURE_INVALID", "evidence_subject": "PARAM_INVALID"}
    assert inquiry.hand_in(request_id, *forged[row]) == refusals[row]
    assert inquiry.found().answered_ms is None
    inquiry.bank.switches.known |= {row}
    inquiry.bank.switches.weaken([row])
    assert inquiry.hand_in(request_id, *forged[row]) is None


def test_a_request_is_answered_once_and_by_whom_it_is_to(inquiry: Inquiry) -> None:
    request_id = inquiry.ask()
    with pytest.raises(Problem, match="RESOURCE_NOT_FOUND"), inquiry.bank.store.write() as db:
        inquiry.bank.evidence.take(db, "app_somebodyelse", request_id, "", [])
    assert inquiry.hand_in("evi_none", inquiry.wallet_key()) == "RESOURCE_NOT_FOUND"
    assert inquiry.reaches_the_wallet() == 204
    assert inquiry.hand_in(request_id, inquiry.wallet_key()) == "STATE_CHANGED"


def test_it_is_asked_once_at_a_time_and_only_who_has_called(inquiry: Inquiry) -> None:
    inquiry.ask()
    with pytest.raises(Problem, match="STATE_CHANGED"):
        inquiry.ask()
    with pytest.raises(Problem, match="RESOURCE_NOT_FOUND"), inquiry.bank.store.write() as db:
        inquiry.bank.evidence.ask(db, inquiry.incident_id, "app_silent", by="chen", reason="a drill")


@pytest.mark.clause("10.5-2", "10.5-3")
def test_what_does_not_come_by_its_date_is_an_alarm_once(inquiry: Inquiry) -> None:
    inquiry.ask()
    policy = inquiry.bank.config.policy
    late_ms = inquiry.now_ms + policy.evidence_answer_s * 1000
    evidence.miss(policy, inquiry.bank.store, late_ms - 1)
    assert inquiry.alarms() == set()
    for _ in range(2):
        evidence.miss(policy, inquiry.bank.store, late_ms)
    assert inquiry.alarms() == {"TASK_OVERDUE"}
    assert [kind for kind, _ in inquiry.lines()].count("escalated") == 1
