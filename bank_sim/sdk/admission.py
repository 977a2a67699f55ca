"""What an applicant signs on its way to being an application party: that its keys are its own, and the agreement.

Published for applicants and used by the bank to read what they send. Pure: sending it is the applicant's.
"""

from __future__ import annotations

from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed
from bank_sim.sdk.protocol.statements import state
from bank_sim.sdk.protocol.suites import digest

POSSESSION_TYP = "key-possession+jwt"
AGREEMENT_TYP = "admission-agreement+jwt"
_API_ID = "admission.keys"


def seal_context(case_id: str, nonce: str) -> SealContext:
    """Where the bank's sealed challenge belongs: to this case, and to this nonce."""
    return SealContext(app_id=case_id, api_id=_API_ID, direction="response", nonce=nonce)


def prove_possession(signing: PrivateKey, opening: PrivateKey, case_id: str, nonce: str, sealed: str) -> str:
    """Both keys proven with one statement: ``nonce`` signed by one, and in it what the other opened from ``sealed``.

    ``Problem`` (DECRYPT_FAILED) where the challenge is not for this key, case and nonce.
    """
    opened = open_sealed(sealed, opening, seal_context(case_id, nonce))["challenge"]
    return state(signing, POSSESSION_TYP, {"case_id": case_id, "nonce": nonce, "opened": opened})


def sign_agreement(signing: PrivateKey, case_id: str, agreement: bytes) -> str:
    """The applicant's signature of an agreement, whose exact bytes are given."""
    claims = {"case_id": case_id, "agreement_sm3": digest("gm", agreement).hex()}
    return state(signing, AGREEMENT_TYP, claims)
