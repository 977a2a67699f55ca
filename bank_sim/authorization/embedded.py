"""The embedded form: the bank's page in a frame of the application's page (JR/T 0185 9.3.3-2.2.1).

Its address, its session, its keypad's place, and the one origin that may show it and relays what it cannot open.

The application holds the session's secret; the browser holds an address that names the visit under a MAC. Neither can
be made from the other, and no cookie is involved, which a frame in another site's page would not get.
"""

from __future__ import annotations

from hmac import compare_digest
from urllib.parse import urlencode

from bank_sim.bank import Bank
from bank_sim.identity import Session
from bank_sim.identity.keypad import Place
from bank_sim.keys import Vault
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.strict_base64 import to_base64url
from bank_sim.web import Language, origin_of

PATH = "/embedded"
# Each step has a purpose of its own, so that what was sealed for one is worth nothing for another.
_PURPOSES = {
    "password": "oauth.embedded.password",
    "second_factor": "oauth.embedded.otp",
    "agreement": "oauth.embedded.agreement",
}
_MAC_BYTES = 16


def frame_url(bank: Bank, session: Session, language: Language | None) -> str:
    """The address to show in a frame; whoever knows it sees payee and amount as the bank masks them, and a keypad."""
    asked = {"frame": f"{session.visit_id}.{_mac(bank.vault, session.visit_id)}"}
    asked |= {"lang": language} if language else {}
    return f"{bank.config.pages_url}{PATH}?{urlencode(asked)}"


def session_of_frame(bank: Bank, frame: str) -> Session:
    """The session that an address names, kept awake. SESSION_EXPIRED for an address that this bank did not make too."""
    visit_id, _, mac = frame.partition(".")
    if not compare_digest(mac.encode(), _mac(bank.vault, visit_id).encode()):
        raise problems.SESSION_EXPIRED.problem(reason="no frame of this bank")
    with bank.store.write() as db:
        return require_embedded(bank.identity.sessions.enter_visit(db, visit_id))


def session_of_application(bank: Bank, secret: str, app_id: str) -> Session:
    """The session behind the secret that an application holds. Unknown, over or another's: SESSION_EXPIRED alike."""
    with bank.store.write() as db:
        session = require_embedded(bank.identity.sessions.enter(db, secret))
    if session.request is None or session.request.app_id != app_id:
        raise problems.SESSION_EXPIRED.problem(reason="another application's embedded form")
    return session


def require_embedded(session: Session) -> Session:
    """A session of a browser is no embedded form, whoever came to know its secret."""
    if session.column != "embedded":
        raise problems.SESSION_EXPIRED.problem(reason="no embedded form")
    return session


def framing_origin(session: Session) -> str:
    """The one origin whose page may show the frame and gets what it seals: that of the redirect URI. "" where none."""
    return origin_of(session.request.redirect_uri) if session.request else ""


def keypad_place(session: Session, step: str) -> Place | None:
    """Where the keypad of a step belongs; None for a step that is not taken on one."""
    if step not in _PURPOSES or session.request is None:
        return None
    return Place(session.visit_id, session.request.app_id, _PURPOSES[step])


def _mac(vault: Vault, visit_id: str) -> str:
    return to_base64url(vault.mac(f"embedded frame {visit_id}".encode())[:_MAC_BYTES])
