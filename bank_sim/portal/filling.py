"""The form of an interface: its fields, what they hold at first, and the order that they describe.

A field is named by its place and its member: ``path.account_ref``, ``query.limit``, ``body.amount``,
``sealed.creditor_name``. Nothing is refused here: a wrong value is the gateway's to refuse.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from bank_sim.portal.composing import Order, Party
from bank_sim.portal.description import Member, Operation
from bank_sim.portal.sessions import HeldToken, Session

_VALUE_CHARS_MAX = 2000
_SAME = {"debtor_account_ref": "account_ref", "cursor": "next_cursor"}


def read_fields(operation: Operation, form: Mapping[str, str]) -> dict[str, str]:
    """The form's own fields, each cut to a length; sessions keep them, so nothing else that was sent is among them."""
    known = {"proof", "token", "idempotency_key", *(f"{place}.{each.name}" for place, each in members_of(operation))}
    return {name: form[name].strip()[:_VALUE_CHARS_MAX] for name in form if name in known}


def order_of(operation: Operation, fields: Mapping[str, str], session: Session) -> Order:
    """The call that a form describes. An optional member that was left empty is left out."""
    path = re.sub(r"{(\w+)}", lambda name: quote(fields.get(f"path.{name[1]}", ""), safe=""), operation.path)
    query = ((each.name, fields.get(f"query.{each.name}", "")) for each in operation.in_query)
    clear = {each.name: fields.get(f"body.{each.name}", "") for each in operation.request if not each.sealed}
    sealed = {each.name: fields.get(f"sealed.{each.name}", "") for each in operation.sealed_in}
    required = {each.name for each in operation.request if each.required}
    token = session.token(fields.get("token", ""))
    return Order(
        name=operation.api_id,
        method=operation.method,
        path=path,
        with_secret=_with_secret(operation, fields, session.party),
        query=tuple((name, value) for name, value in query if value),
        members=_given(clear, required) if operation.with_body else None,
        sealed=_given(sealed, required) if sealed else None,
        token=token.access_token if token else None,
        idempotency_key=fields.get("idempotency_key") or None,
        version=operation.version,
    )


def _with_secret(operation: Operation, fields: Mapping[str, str], party: Party) -> bool:
    if not operation.takes_secret or party.secret is None:
        return False
    return party.signing is None or fields.get("proof") == "secret"


def _given(members: Mapping[str, str], required: set[str]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value or name in required}


def defaults(operation: Operation, session: Session) -> dict[str, str]:
    """A form that can be sent as it stands, as far as earlier answers allow."""
    fields = {"proof": "secret" if operation.takes_secret else "key"}
    for place, member in members_of(operation):
        if member.required or member.name in ("cursor",):
            fields[f"{place}.{member.name}"] = _default(member, session)
    if operation.idempotent:
        fields["idempotency_key"] = f"try-{secrets.token_hex(8)}"
    fitting_tokens: list[HeldToken] = [each for each in session.tokens if operation.api_id in each.scope.split()]
    if operation.needs_user and fitting_tokens:
        fields["token"] = fitting_tokens[0].name
    return fields


def _default(member: Member, session: Session) -> str:
    known = session.seen.get(_SAME.get(member.name, member.name))
    if known:
        return known[0]
    if member.name == "order_no":
        return f"P{secrets.token_hex(8)}"
    return "" if member.name.endswith(("_ref", "_id")) else member.example


def members_of(operation: Operation) -> Iterator[tuple[str, Member]]:
    """Every field of the form: where it belongs, and what it is."""
    yield from (("path", each) for each in operation.in_path)
    yield from (("query", each) for each in operation.in_query)
    yield from (("sealed" if each.sealed else "body", each) for each in operation.request)


def offered(operation: Operation, session: Session) -> dict[str, list[str]]:
    """What earlier answers suggest for each field, by the member's name."""
    return {each.name: session.seen.get(_SAME.get(each.name, each.name), []) for _, each in members_of(operation)}
