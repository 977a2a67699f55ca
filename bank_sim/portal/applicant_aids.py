"""What only a sandbox does for an applicant: forms filled in for a company that does not exist, keys made here.

A real bank sees no private key. Each step is the same step that everybody takes, with the same proofs.
"""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from bank_sim.admission.credit_code import is_id_number
from bank_sim.admission.dossiers import Dossier
from bank_sim.admission.questionnaire import DIMENSIONS, MEASURES
from bank_sim.admission.registers import REGISTER
from bank_sim.bank import Bank
from bank_sim.portal.applicant_door import ApplicantSession
from bank_sim.registry.parties import Credentials
from bank_sim.sdk.admission import prove_possession, sign_agreement
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.suites import digest
from bank_sim.store import Transaction
from bank_sim.web import moment

_YEAR_S = 365 * 86_400
_PASSPHRASE_BYTES = 12
_DESCRIBED = {
    "customers": "小微商户，约五千家，实名登记",
    "scene": "商户授权后自动核对账户流水，生成日记账",
    "market": "本地小微记账市场约一成",
    "operation": "成立六年，连续三年盈利",
    "risk_control": "专职风控三人，异常调用自动熔断",
}
_APIS = {
    "rates.list": "向商户展示存款利率",
    "accounts.list": "商户选择要记账的账户",
    "accounts.balance": "核对账面余额",
    "accounts.transactions": "逐笔生成日记账",
}


def filling(case: Dossier, now_ms: int) -> dict[str, Any]:
    """Values for the form of the next step."""
    if case.stage == "enquired":
        return _questionnaire()
    return _papers(case, now_ms) if case.stage == "applied" else {}


def make_keys(bank: Bank, session: ApplicantSession, db: Transaction) -> None:
    """Two key pairs in the session's memory, handed in and proven as an applicant does it."""
    _require_aids(bank)
    admissions = bank.admissions
    form = admissions.dossiers.find(session.case_id).form
    suite = form.suite if form else "gm"
    signing, opening = generate(suite, "sig"), generate(suite, "enc")
    admissions.offer_keys(db, session.case_id, {"keys": [signing.public.jwk(), opening.public.jwk()]}, None)
    keys = admissions.dossiers.find(session.case_id).keys
    if keys is None:
        raise problems.KEY_NOT_PROVEN.problem()
    proof = prove_possession(signing, opening, session.case_id, keys.nonce, keys.sealed)
    admissions.prove_keys(db, session.case_id, proof)
    session.signing, session.opening = signing, opening


def sign(bank: Bank, session: ApplicantSession, db: Transaction) -> None:
    """Sign the agreement with the key that was made here. KEY_NOT_PROVEN where none was."""
    _require_aids(bank)
    text = bank.admissions.dossiers.find(session.case_id).agreement
    if session.signing is None or text is None:
        raise problems.KEY_NOT_PROVEN.problem("The key is not here; sign with it where it is.")
    bank.admissions.sign(db, session.case_id, sign_agreement(session.signing, session.case_id, text))


def credentials_document(bank: Bank, credentials: Credentials, suite: str, session: ApplicantSession) -> str:
    """What a program needs, as ``bank-sandbox app register --json`` prints it; with private keys made here."""
    config = bank.config
    given: dict[str, Any] = {
        **msgspec.to_builtins(credentials),
        "suite": suite,
        "gateway_url": config.gateway_url,
        "authorization_endpoint": f"{config.pages_url}/authorize",
        "bank_jwks": bank.keys.jwks(),
        "ca_certificate": str(config.ca_certificate.absolute()),
    }
    if session.signing is not None and session.opening is not None:
        passphrase = secrets.token_urlsafe(_PASSPHRASE_BYTES)
        given |= {
            "signing_key": session.signing.to_pem(passphrase.encode()).decode(),
            "opening_key": session.opening.to_pem(passphrase.encode()).decode(),
            "key_passphrase": passphrase,
        }
    return msgspec.json.format(strict_json.dump(given), indent=2).decode()


def _questionnaire() -> dict[str, Any]:
    return {
        "app_name": "Clearbook",
        "app_name_zh": "晴川记账",
        "suite": "gm",
        "redirect_uri": "http://127.0.0.1:8460/callback",
        **{f"described.{each}": text for each, text in _DESCRIBED.items()},
        **{f"grade.{each}": "4" for each in DIMENSIONS},
        "measure": [each for measures in MEASURES.values() for each in measures],
        "api": list(_APIS),
        **{f"why.{each}": why for each, why in _APIS.items()},
        "calls_day": "10000",
        "calls_minute": "60",
    }


def _papers(case: Dossier, now_ms: int) -> dict[str, str]:
    company = next((each for each in REGISTER.values() if each.name == case.company), next(iter(REGISTER.values())))
    id_number = next(each for each in (f"99010119900101001{last}" for last in "0123456789X") if is_id_number(each))
    of = {
        "business_licence": (company.name, company.credit_code),
        "qualification": (company.name, "ICP-990101-0001"),
        "legal_person": (company.legal_person, id_number),
        "developer": ("程予安", id_number),
    }
    typed: dict[str, str] = {}
    for kind, (holder, number) in of.items():
        typed |= {
            f"{kind}.holder": holder,
            f"{kind}.number": number,
            f"{kind}.until": moment(now_ms / 1000 + 2 * _YEAR_S)[:10],
            f"{kind}.document_sm3": digest("gm", f"{kind} {case.case_id}".encode()).hex(),
        }
    return typed


def _require_aids(bank: Bank) -> None:
    if not bank.config.aids:
        raise problems.RESOURCE_NOT_FOUND.problem()
