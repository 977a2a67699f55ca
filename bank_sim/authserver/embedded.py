"""A payment confirmed on the bank's keypad within the application's page: ``POST /oauth/embedded`` and ``…/proof``.

    embedded         request_uri, ui_locales → embedded_session, frame_url, expires_in
    embedded/proof   embedded_session, sealed → next: otp | device | done (code, state, iss)

The application relays sealed entries that only the bank opens. Which step is due, identity's step table says; whether
an entry may be taken at all, the keypad's. Only for a single transfer, whose payer is known: nobody is logged in here.
"""

from __future__ import annotations

from typing import Any

from bank_sim.authorization import RISK_NOTICE_VERSION, Asking, asked_of, code_message, give, question_to_phone
from bank_sim.authorization.embedded import frame_url, framing_origin, keypad_place, session_of_application
from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.form import required
from bank_sim.consent import PAYMENT
from bank_sim.identity import Session, first_unmet
from bank_sim.sdk.protocol import problems
from bank_sim.store import Transaction
from bank_sim.web import Language

_LANGUAGES: dict[str, Language] = {"zh": "zh", "en": "en"}


def request_is_signed(call: OAuthCall) -> None:
    """What confirms a payment is signed like the payment itself (7.2.2): SIGNATURE_REQUIRED."""
    if call.signature is None:
        raise problems.SIGNATURE_REQUIRED.problem()


def open_form(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """Open a pushed request as a form, once, instead of sending the user to the bank's pages with it."""
    pushed = call.bank.tokens.codes.take_request(db, required(call, "request_uri"), call.client.app_id)
    call.consent_id = pushed.consent_id
    secret = call.bank.identity.sessions.open(db, "embedded", pushed)
    session = call.bank.identity.sessions.enter(db, secret)
    if pushed.consent_type != PAYMENT or not framing_origin(session):
        raise problems.OAUTH_INVALID_REQUEST.problem("The embedded form is for payments, and for a web page to show.")
    asked = asked_of(call.bank, session)
    if asked.case.payer_id is None:
        raise problems.OAUTH_INVALID_REQUEST.problem("The embedded form is for a single transfer, by transfer_id.")
    call.customer_id = asked.case.payer_id
    language = _LANGUAGES.get(call.form.get("ui_locales", "").partition("-")[0])
    policy, now_s = call.bank.config.policy, int(call.bank.clock.now_s())
    return {
        "embedded_session": secret,
        "frame_url": frame_url(call.bank, session, language),
        "expires_in": min(policy.session_idle_s, asked.consent.valid_to_s - now_s),
    }


def session_is_the_applications(call: OAuthCall) -> None:
    """Establishes ``form_session``, the step that is due in it, and whose payment it is."""
    session = session_of_application(call.bank, required(call, "embedded_session"), call.client.app_id)
    call.form_session, call.consent_id = session, session.request.consent_id if session.request else None
    asked = asked_of(call.bank, session)
    call.customer_id = asked.case.payer_id
    due = first_unmet(asked.case, call.weakened)
    call.due = due[0] if due else "agreement"


def entry_is_read(call: OAuthCall) -> None:
    """Establishes ``entry``: the digits and ticks that were sealed on this form's keypad, for the step that is due.

    NOTICE_REQUIRED where the risk notice is not ticked: before a password is judged, so that no try is lost on it.
    """
    if "send_again" in call.form:
        return
    place = keypad_place(_session(call), call.due)
    if place is None:
        # A wall and no step; ``step_is_taken`` says which.
        return
    call.entry = call.bank.keypads.read(required(call, "sealed"), place)
    if call.due == "password" and call.entry[1].get("read_notice") != RISK_NOTICE_VERSION:
        raise problems.NOTICE_REQUIRED.problem()


def application_may_try(call: OAuthCall) -> None:
    """Wrong passwords of one customer by one application are few, and fewer than the customer's own: LOGIN_LOCKED."""
    if call.due == "password" and call.entry is not None and call.customer_id is not None:
        call.bank.identity.claim_relay(call.client.app_id, call.customer_id)


def step_is_taken(call: OAuthCall) -> None:
    """The entry is judged and what it proves is noted; a refused try stays counted."""
    asked = asked_of(call.bank, _session(call))
    if "send_again" in call.form:
        _require_code_suffices(asked)
        call.bank.identity.send_code(asked.case, code_message(call.bank, _language(call), asked))
    elif call.entry is None:
        _refuse_wall(call, asked)
    elif call.due == "password":
        _password(call, call.entry[0])
    elif _by_phone(call):
        _ask_or_take(call, asked)
    elif call.due == "second_factor":
        _require_code_suffices(asked)
        call.bank.identity.enter_code(asked.case, call.entry[0])


def advance(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """What comes next; with every step taken, the consent is authorised and its code issued."""
    session = call.bank.identity.sessions.enter(db, required(call, "embedded_session"))
    fields = call.entry[1] if call.entry else {}
    asked = asked_of(call.bank, session, agreed=fields.get("agree") == "yes")
    due = first_unmet(asked.case, call.weakened)
    if due is None:
        evidence = {"door": "embedded", "language": _language(call), "source": call.source, "trace_id": call.trace_id}
        code = give(call.bank, db, asked, call.weakened, evidence)
        state = {"state": session.request.state} if session.request and session.request.state is not None else {}
        return {"next": "done", "code": code, **state, "iss": call.bank.config.gateway_url}
    step, refusal = due
    if step == "second_factor":
        return {"next": "device" if _by_phone(call) or asked.case.needs_key else "otp"}
    if step == "agreement" and (call.due == "password" or _by_phone(call)):
        return {"next": "otp"}
    raise refusal


def _password(call: OAuthCall, digits: str) -> None:
    """Password and notice come together; the code goes out at once, where a second factor is due."""
    identity = call.bank.identity
    identity.confirm_password(_session(call), call.customer_id or "", digits, call.client.app_id)
    identity.read_notice(_asked_now(call).case, RISK_NOTICE_VERSION)
    asked = _asked_now(call)
    due = first_unmet(asked.case, call.weakened)
    if due is not None and due[0] == "second_factor" and not asked.case.needs_key:
        identity.send_code(asked.case, code_message(call.bank, _language(call), asked))


def _require_code_suffices(asked: Asking) -> None:
    """STEP_UP_REQUIRED before a code is sent or judged that could not confirm this payment."""
    if asked.case.needs_key:
        raise problems.STEP_UP_REQUIRED.problem()


def _by_phone(call: OAuthCall) -> bool:
    """The user chose to confirm with the key on their phone instead of a code."""
    return call.due == "second_factor" and call.entry is not None and call.entry[1].get("by") == "device_key"


def _ask_or_take(call: OAuthCall, asked: Asking) -> None:
    """Ask the user's phones the first time; after that take their word, which may still be waited for."""
    second = call.bank.identity.second
    question = second.approvals.of_visit(asked.case.session.visit_id)
    if question is None or question.state == "expired":
        second.ask_phone(asked.case, question_to_phone(_language(call), asked))
    else:
        second.take_approval(asked.case)


def _asked_now(call: OAuthCall) -> Asking:
    """What is asked, after a step was noted."""
    with call.bank.store.write() as db:
        session = call.bank.identity.sessions.enter(db, required(call, "embedded_session"))
    return asked_of(call.bank, session)


def _refuse_wall(call: OAuthCall, asked: Asking) -> None:
    """A step that is no page, such as API services that the user has closed."""
    due = first_unmet(asked.case, call.weakened)
    if due is not None:
        raise due[1]


def _language(call: OAuthCall) -> Language:
    """That of the frame, which says it in what it seals; without an entry, what the application says of its user."""
    said = call.entry[1].get("language", "") if call.entry else call.form.get("ui_locales", "").partition("-")[0]
    return _LANGUAGES.get(said, "zh")


def _session(call: OAuthCall) -> Session:
    if call.form_session is None:
        raise AssertionError("used before the embedded form's session was known")
    return call.form_session
