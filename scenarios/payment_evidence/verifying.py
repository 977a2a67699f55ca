"""Judges an evidence package part by part, from the document alone: no database, no home, no network, no clock.

Each part is a row of a table. A part that does not hold says what is wrong with it; the others are judged all the same.

1. keys           the bank's keys hang together: each was vouched for by the one before it, back to one first key;
2. order          the application signed the order, over method, path, token and body, with a registered key;
3. answer         the bank signed the answer to this very order, and says in it that the payment was executed;
4. agreement      order, answer and confirmation tell of the same transfer, order number and amount;
5. confirmation   the payer's second factor was for this payee and amount; the payer's phone signed it, if it was one;
6. record         the bank's access record bears the same signature, digest, trace id and consent, and says success;
7. log            the record's hash lies below the checkpoint's root;
8. countersigned  the bank signed the checkpoint for this application, and the application countersigned it.

What it cannot say is whose keys these are. The first key of the bank and the application's are named, to be compared
with what the two handed each other when the application was registered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.amounts import parse_fen
from bank_sim.sdk.protocol.checkpoints import BANK, Checkpoint, is_countersigned, read_checkpoint
from bank_sim.sdk.protocol.device_messages import decision_message
from bank_sim.sdk.protocol.digests import require_digest
from bank_sim.sdk.protocol.hashchain import link
from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_jwk
from bank_sim.sdk.protocol.keysets import VOUCHER_TYP
from bank_sim.sdk.protocol.merkle import leads_to
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.signatures import require_coverage, verify_answer, verify_request
from bank_sim.sdk.protocol.statements import read_statement
from bank_sim.sdk.protocol.strict_base64 import from_base64
from bank_sim.sdk.protocol.suites import digest
from scenarios.payment_evidence.package import Package

PartName = Literal["keys", "order", "answer", "agreement", "confirmation", "record", "log", "countersigned"]
_ORDER = frozenset({"content-digest", "authorization", "idempotency-key"})


class NotProven(Exception):
    """A part does not hold, and why."""


@dataclass(frozen=True, slots=True)
class Part:
    """``why``: what is wrong with it; None for one that holds. ``signed``: False for a confirmation by a code."""

    name: PartName
    why: str | None
    signed: bool = True

    @property
    def holds(self) -> bool:
        return self.why is None


class Case:
    """A package and what is worked out from it once."""

    def __init__(self, package: Package, bank_key: str | None = None, application_key: str | None = None) -> None:
        self.package = package
        self.bank_key = bank_key
        self.application_key = application_key

    @cached_property
    def first_key(self) -> PublicKey:
        """The bank's one key that nobody vouches for: where trust in the others begins."""
        first = [each for each in self.package.keys.bank if each.voucher is None]
        if len(first) != 1:
            raise NotProven(f"{len(first)} of the bank's keys have no voucher; one is its first key")
        return public_from_jwk(first[0].jwk)

    @cached_property
    def bank_keys(self) -> dict[str, PublicKey]:
        """The bank's keys by kid, as far as the vouchers reach from the first one."""
        reached = {self.first_key.kid: self.first_key}
        waiting = [(public_from_jwk(each.jwk), each.voucher) for each in self.package.keys.bank if each.voucher]
        while found := [each for each in waiting if self._vouched(each, reached)]:
            reached |= {key.kid: key for key, _ in found}
            waiting = [each for each in waiting if each not in found]
        if waiting:
            raise NotProven(f"no key of the bank's vouches for its key {waiting[0][0].kid}")
        return reached

    def _vouched(self, key_and_voucher: tuple[PublicKey, str | None], reached: dict[str, PublicKey]) -> bool:
        key, voucher = key_and_voucher
        said = read_statement(voucher or "")
        signer, jwk = reached.get(said.kid), said.claims.get("jwk")
        named = isinstance(jwk, dict) and public_from_jwk(jwk).kid == key.kid
        right = said.typ == VOUCHER_TYP and said.claims.get("iss") == self.package.keys.issuer
        return signer is not None and named and right and said.is_by(signer)

    @cached_property
    def application_keys(self) -> dict[str, PublicKey]:
        keys = [public_from_jwk(each) for each in self.package.keys.application]
        return {f"{self.package.app_id}.{key.kid}": key for key in keys}

    @cached_property
    def request(self) -> Request:
        given = self.package.exchange.request
        return Request(given.method, given.authority, given.path, given.query, given.headers)

    @cached_property
    def order(self) -> dict[str, Any]:
        return strict_json.parse_object(from_base64(self.package.exchange.request.body))

    @cached_property
    def transfer(self) -> dict[str, Any]:
        return strict_json.parse_object(from_base64(self.package.exchange.answer.body))

    @cached_property
    def checkpoint(self) -> Checkpoint:
        return read_checkpoint(self.package.log.checkpoint)


def _keys(case: Case) -> None:
    _require(bool(case.bank_keys), "the bank has no key")
    known = case.bank_key in (None, case.first_key.kid)
    _require(known, f"the bank's first key is {case.first_key.kid}, and not the one that you know")
    suites = {each.suite for each in (*case.bank_keys.values(), *case.application_keys.values())}
    _require(len(suites) == 1, "the keys are not of one suite")


def _order(case: Case) -> None:
    signature = read_signature(case.request.headers)
    key = case.application_keys.get(signature.keyid)
    if key is None:
        raise NotProven(f"the order names the key {signature.keyid}, which is not the application's")
    known = case.application_key in (None, key.kid)
    _require(known, f"the order is signed by {key.kid}, and not by the key that you know")
    require_coverage(signature, case.request, _ORDER)
    verify_request(signature, case.request, key)
    body = from_base64(case.package.exchange.request.body)
    require_digest(case.request.headers["content-digest"], body, key.suite)


def _answer(case: Case) -> None:
    answer = case.package.exchange.answer
    key = case.bank_keys.get(read_signature(answer.headers).keyid)
    if key is None:
        raise NotProven("the answer is signed by a key that is not the bank's")
    verify_answer(answer.status, answer.headers, from_base64(answer.body), case.request.headers, key)
    _require(answer.status == 200 and case.transfer.get("state") == "executed", "the bank does not say: executed")


def _agreement(case: Case) -> None:
    package, said = case.package, case.transfer
    path = f"/api/transfers/{package.transfer_id}/execute"
    _require((case.request.method, case.request.path) == ("POST", path), "the order is about another transfer")
    _require(package.exchange.api_id == "transfers.execute", "the order is none to execute a transfer")
    named = (said.get("transfer_id"), said.get("order_no"))
    _require(named == (package.transfer_id, package.order_no), "the answer is about another transfer")
    amount_fen = parse_fen(str(case.order.get("amount")))
    bound = package.confirmation.bound
    _require(amount_fen == parse_fen(str(said.get("amount"))), "order and answer name different amounts")
    confirmed = (bound.get("transfer_id"), bound.get("per_payment_fen"))
    _require(confirmed == (package.transfer_id, amount_fen), "the payer confirmed another payment")


def _confirmation(case: Case) -> None:
    given = case.package.confirmation
    confirmed = digest("gm", strict_json.dump(given.bound)).hex()
    _require(confirmed == given.confirmed_sm3, "what was confirmed is not this payee and amount")
    _require(len(given.factors) >= 2, "fewer than two factors confirmed it")
    phone = given.phone
    if phone is None:
        return
    key = public_from_jwk(phone.jwk)
    message = decision_message("approve", phone.statement)
    _require(key.verify(from_base64(phone.signature), message), "the phone did not sign this text")
    shown = strict_json.parse_object(phone.statement.encode())
    purpose = digest("gm", strict_json.dump([phone.visit_id, confirmed])).hex()
    _require(shown.get("purpose_sm3") == purpose, "the phone signed something else than this confirmation")
    amount_fen = parse_fen(str(shown.get("amount", "")).replace(",", ""))
    _require(amount_fen == given.bound.get("per_payment_fen"), "the phone showed another amount")
    payee = case.transfer.get("creditor_account_masked")
    _require(shown.get("payee_account") == payee, "the phone showed another payee")


def _record(case: Case) -> None:
    record, headers, answer = case.package.log.record, case.request.headers, case.package.exchange.answer
    expected = {
        "signature": f"{headers['signature-input']} {headers['signature']}",
        "content_digest": headers["content-digest"],
        "trace_id": answer.headers.get("x-trace-id"),
        "status": answer.status,
        "result": "success",
        "code": None,
        "api_id": "transfers.execute",
        "app_id": case.package.app_id,
        "consent_id": case.package.confirmation.consent_id,
    }
    other = [name for name, value in expected.items() if record.get(name) != value]
    _require(not other, f"the record tells something else: {', '.join(other)}")
    _require(record.get("weakened") == "", f"the bank was weakened then: {record.get('weakened')}")


def _log(case: Case) -> None:
    proof, said = case.package.log, case.checkpoint
    serial = proof.record.get("serial")
    if type(serial) is not int or said.first is None or said.root is None:
        raise NotProven("the checkpoint has no tree over this record")
    size, index = said.serial - said.first + 1, serial - said.first
    leaf = link(bytes.fromhex(proof.previous), proof.record)
    path = [bytes.fromhex(each) for each in proof.path]
    _require(leads_to(leaf, index, size, path, said.root), "the record is not the one below the checkpoint")


def _countersigned(case: Case) -> None:
    said, app_id = case.checkpoint, case.package.app_id
    meant = (said.keeper, said.log, said.to) == (BANK, "access_log", app_id)
    _require(meant, "the checkpoint is of another log or for somebody else")
    key = case.bank_keys.get(said.statement.kid)
    _require(key is not None and said.is_by(key), "the bank did not sign the checkpoint")
    word = case.package.log.countersignature
    seen = any(is_countersigned(said.text, word, app_id, each) for each in case.application_keys.values())
    _require(seen, "the application did not countersign the checkpoint")


_PARTS: tuple[tuple[PartName, Callable[[Case], None]], ...] = (
    ("keys", _keys),
    ("order", _order),
    ("answer", _answer),
    ("agreement", _agreement),
    ("confirmation", _confirmation),
    ("record", _record),
    ("log", _log),
    ("countersigned", _countersigned),
)


def verify(package: Package, bank_key: str | None = None, application_key: str | None = None) -> list[Part]:
    """Every part, in the order in which they build upon one another.

    ``bank_key``, ``application_key``: kids that the bank's first key and the order's signer must have, where the reader
    knows them.
    """
    case = Case(package, bank_key, application_key)
    signed = package.confirmation.phone is not None
    return [Part(name, _judged(check, case), signed or name != "confirmation") for name, check in _PARTS]


def signers(package: Package) -> dict[str, str]:
    """``bank_key`` and ``application_key``: the kids to compare with what was handed over at registration."""
    case = Case(package)
    try:
        keyid = read_signature(case.request.headers).keyid
        return {"bank_key": case.first_key.kid, "application_key": case.application_keys[keyid].kid}
    except (NotProven, Problem, LookupError):
        return {"bank_key": "-", "application_key": "-"}


def _judged(check: Callable[[Case], None], case: Case) -> str | None:
    try:
        check(case)
    except NotProven as error:
        return str(error)
    except Problem as problem:
        return f"{problem.code}: {problem.detail or problem.kind.title}"
    except (KeyError, ValueError) as error:
        return f"it cannot be read: {error}"
    return None


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotProven(otherwise)
