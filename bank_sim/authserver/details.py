"""Authorization details (RFC 9396): what an application asks a user for, strictly read.

    {"type": "account_information", "validity": "period", "valid_to": "2030-01-01T00:00:00Z", "apis": ["accounts.list"]}
    {"type": "payment", "validity": "once", "transfer_id": "tr_…"}
    {"type": "payment", "validity": "period", "valid_to": "…", "limits": {"per_payment": "100.00", "total": "500.00"},
     "sealed": JWE of {"creditor_account", "creditor_name"}}

A standing payment may also be limited by day or month: ``"limits": {…, "period": "month", "per_period": "200.00"}``.
``"renews": "cns_…"`` asks for what a consent covers, for longer; ``"amends": "cns_…"`` for something else in its place.

The payee's sealed fields are opened with API_ID ``oauth.par``, direction ``request`` and, as the nonce, the request's
``code_challenge``: it is fresh for each authorization and stands in the same message, signed or not. Whether the user
agrees is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import msgspec

from bank_sim.authorization.probing import Naming, require_few_wrong
from bank_sim.authserver.call import OAuthCall
from bank_sim.clock import from_rfc3339
from bank_sim.consent import ACCOUNT_INFORMATION, DEBIT_API, PAYMENT, PAYMENT_APIS, ConsentRequest, PaymentTerms
from bank_sim.consent.model import Change, Period, Validity
from bank_sim.corelink import NOTHING, OperationRequest, Result
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.amounts import parse_fen
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed

SEALED_API_ID = "oauth.par"


class _Limits(msgspec.Struct, forbid_unknown_fields=True):
    per_payment: str
    total: str
    period: Period | None = None
    per_period: str | None = None


class _AccountInformation(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="account_information"):
    apis: list[str]
    validity: Validity | None = None
    valid_to: str | None = None
    amends: str | None = None
    renews: str | None = None


class _Payment(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="payment"):
    validity: Validity | None = None
    valid_to: str | None = None
    transfer_id: str | None = None
    limits: _Limits | None = None
    sealed: str | None = None


class _Payee(msgspec.Struct, forbid_unknown_fields=True):
    creditor_account: str
    creditor_name: str


def details_are_valid(call: OAuthCall) -> None:
    """Establishes ``asked``: one object of a known type, within the policy's terms."""
    text = call.form.get("authorization_details")
    if text is None:
        raise _refused("authorization_details is missing.")
    detail = _read(text)
    if isinstance(detail, _AccountInformation):
        call.asked = _account_information(call, detail)
    elif detail.validity == "once":
        call.asked = _single_payment(call, detail)
    else:
        call.asked = _standing_payment(call, detail)


def interfaces_are_granted(call: OAuthCall) -> None:
    """No user is asked for what the application may not do anyway: API_NOT_GRANTED (least privilege, 9.3.2)."""
    if call.asked is None:
        return
    missing = [each for each in call.asked.apis if each not in call.bank.registry.grants(call.client.app_id)]
    if missing and call.asked.payment is not None:
        raise problems.API_NOT_GRANTED.problem("The application is not granted payments.")
    if missing:
        raise problems.API_NOT_GRANTED.problem(f"The application is not granted {missing[0]}.")


def _read(text: str) -> _AccountInformation | _Payment:
    try:
        listed = strict_json.parse(text.encode())
    except problems.Problem as problem:
        raise _refused(problem.detail or problem.kind.title) from problem
    if not isinstance(listed, list) or len(listed) != 1:
        raise _refused("authorization_details is an array of one object.")
    try:
        return msgspec.convert(listed[0], _AccountInformation | _Payment)
    except msgspec.ValidationError as error:
        raise _refused(str(error)) from error


def _account_information(call: OAuthCall, detail: _AccountInformation) -> ConsentRequest:
    """``apis`` are interfaces of accounts."""
    catalogue = call.bank.catalogue.by_id
    if not detail.apis or len(set(detail.apis)) != len(detail.apis):
        raise _refused("apis lists at least one API_ID, each once.")
    for api_id in detail.apis:
        if api_id not in catalogue or ACCOUNT_INFORMATION not in catalogue[api_id].consent_types:
            raise _refused(f"apis: {api_id[:40]} is no interface of account information.")
    validity, valid_to_s = _term(call, detail.validity, detail.valid_to)
    asked = ConsentRequest(call.client.app_id, ACCOUNT_INFORMATION, validity, valid_to_s, tuple(detail.apis))
    if detail.amends is None and detail.renews is None:
        return asked
    return _change(call, asked, detail)


def _change(call: OAuthCall, asked: ConsentRequest, detail: _AccountInformation) -> ConsentRequest:
    """A request that takes the place of a consent which stands: CONSENT_REVOKED, CONSENT_EXPIRED where it does not.

    Renewing is for more time only. Asking for more than the user saw then is amending, on a page that says what is new:
    RECONSENT_REQUIRED (JR/T 0185 10.3-1).
    """
    if (detail.amends is not None and detail.renews is not None) or asked.validity == "once":
        raise _refused("A consent for a period or agreement is either amended or renewed.")
    change: Change = "renews" if detail.renews is not None else "amends"
    old_id = detail.renews or detail.amends or ""
    old = call.bank.consents.get(old_id)
    if old is None or old.app_id != asked.app_id or old.type != ACCOUNT_INFORMATION:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem(f"{change} names no consent of this application.")
    old.require_usable()
    if change == "renews" and set(asked.apis) != old.apis:
        raise problems.RECONSENT_REQUIRED.problem("Renewing asks for the same apis; ask for others with amends.")
    if change == "renews" and asked.valid_to_s <= old.valid_to_s:
        raise _refused("Renewing ends later than the consent does now.")
    return replace(asked, replaces=old_id, change=change)


def _single_payment(call: OAuthCall, detail: _Payment) -> ConsentRequest:
    """One transfer that this application created and that still waits; the consent ends when the transfer expires."""
    if detail.transfer_id is None or detail.limits or detail.sealed or detail.valid_to:
        raise _refused("A payment once names a transfer_id, and nothing else.")
    try:
        transfer = _core(call, "transfers.describe", params={"transfer_id": detail.transfer_id})
    except problems.Problem as problem:
        raise problem.kind.problem("transfer_id names no transfer of this application.") from problem
    if transfer["state"] != "created":
        raise problems.TRANSFER_STATE.problem(f"The transfer is {transfer['state']}.")
    valid_to_s = min(_now_s(call) + call.bank.config.policy.consent_once_s, transfer["expires_at_ms"] // 1000)
    terms = PaymentTerms(transfer_id=detail.transfer_id)
    return ConsentRequest(call.client.app_id, PAYMENT, "once", valid_to_s, PAYMENT_APIS, terms)


def _standing_payment(call: OAuthCall, detail: _Payment) -> ConsentRequest:
    """Payments to one payee within limits; the payee travels sealed and must exist."""
    validity, valid_to_s = _term(call, detail.validity, detail.valid_to)
    if detail.transfer_id or detail.limits is None or detail.sealed is None:
        raise _refused("A payment for a period or agreement names limits and a sealed payee, and no transfer.")
    limits = _limits(detail.limits)
    payee = _payee(call, detail.sealed)
    terms = PaymentTerms(
        payee_account_id=payee["creditor_account_id"],
        payee_account_masked=payee["creditor_account_masked"],
        payee_name_masked=payee["creditor_name_masked"],
        per_payment_fen=limits.per_payment_fen,
        total_fen=limits.total_fen,
        per_period_fen=limits.per_period_fen,
        period=limits.period,
        until_s=valid_to_s,
    )
    # Who was granted payments before there were debits keeps what it has.
    apis: tuple[str, ...] = PAYMENT_APIS
    apis += (DEBIT_API,) if DEBIT_API in call.bank.registry.grants(call.client.app_id) else ()
    return ConsentRequest(call.client.app_id, PAYMENT, validity, valid_to_s, apis, terms)


def _limits(asked: _Limits) -> PaymentTerms:
    """The amounts of a standing payment: a payment's within the period's, the period's within the total."""
    if (asked.period is None) != (asked.per_period is None):
        raise _refused("limits: period and per_period go together.")
    per_payment_fen, total_fen = parse_fen(asked.per_payment), parse_fen(asked.total)
    per_period_fen = parse_fen(asked.per_period) if asked.per_period is not None else None
    if not per_payment_fen <= (per_period_fen or per_payment_fen) <= total_fen:
        raise _refused("limits: per_payment is at most per_period, and that at most total.")
    return PaymentTerms(
        per_payment_fen=per_payment_fen, total_fen=total_fen, per_period_fen=per_period_fen, period=asked.period
    )


def _payee(call: OAuthCall, sealed: str) -> Result:
    context = SealContext(call.client.app_id, SEALED_API_ID, "request", call.form.get("code_challenge", ""))
    fields = open_sealed(sealed, call.bank.keys.opener_of(call.client.suite, sealed), context)
    try:
        payee = msgspec.convert(fields, _Payee)
    except msgspec.ValidationError as error:
        raise _refused("sealed holds creditor_account and creditor_name.") from error
    require_few_wrong(Naming(call.bank, call.client.app_id), call.weakened)
    return _core(call, "payees.resolve", body=msgspec.structs.asdict(payee))


def _term(call: OAuthCall, validity: Validity | None, valid_to: str | None) -> tuple[Validity, int]:
    """Validity and its end. CONSENT_PERIOD_REQUIRED where either is missing; an end beyond the policy's is refused."""
    if validity is None or (validity != "once" and valid_to is None):
        raise problems.CONSENT_PERIOD_REQUIRED.problem()
    now_s = _now_s(call)
    latest_s = now_s + _longest_s(call.bank.config.policy, validity)
    if valid_to is None:
        return validity, latest_s
    try:
        valid_to_s = int(from_rfc3339(valid_to))
    except (ValueError, OverflowError) as error:
        raise _refused("valid_to is an RFC 3339 date-time.") from error
    if not now_s < valid_to_s <= latest_s:
        raise _refused(f"valid_to lies ahead, and at most {latest_s - now_s} s.")
    return validity, valid_to_s


def _longest_s(policy: Policy, validity: Literal["once", "period", "agreement"]) -> int:
    return {
        "once": policy.consent_once_s,
        "period": policy.consent_period_s_max,
        "agreement": policy.consent_agreement_s_max,
    }[validity]


def _core(
    call: OAuthCall, operation: str, params: Mapping[str, str] = NOTHING, body: Mapping[str, str] = NOTHING
) -> Result:
    request = OperationRequest(call.client.app_id, call.bank.clock.now_ms(), params=params, body=body)
    return call.bank.corelink.call(operation, call.bank.store.db.conn, request)


def _now_s(call: OAuthCall) -> int:
    return int(call.bank.clock.now_s())


def _refused(detail: str) -> problems.Problem:
    return problems.OAUTH_INVALID_AUTHORIZATION_DETAILS.problem(detail)
