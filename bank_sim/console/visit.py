"""One request of a page of the console: what arrived, who of the staff asks, and what the page learns on the way.

The session's secret lives in a ``__Host-`` cookie; every form carries a token derived from it. What somebody may do is
judged by the staff's check table, never here.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import Request, Response

from bank_sim.bank import Bank
from bank_sim.edge.refusals import new_trace_id
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import Colleague
from bank_sim.staff.journal import JournalEntry, append
from bank_sim.staff.permissions import Deed, Kind, require
from bank_sim.web import Language, language_of

if TYPE_CHECKING:
    from bank_sim.console.premises import Premises
    from bank_sim.staff.sessions import StaffSession
    from bank_sim.store import Store, Transaction

COOKIE = "__Host-console"
_DIGITS_MAX = 15


@dataclass(eq=False)
class Visit:
    """``here``: the path that shows this page again by GET. ``refusal``: why the visit ended as it did.

    ``secret``: the session's, from the cookie, or the new one that a login made. ``app_id``: whom the page is about.
    """

    premises: Premises
    request: Request
    api_id: str
    here: str = "/"
    received_ns: int = field(default_factory=time.perf_counter_ns)
    trace_id: str = field(default_factory=new_trace_id)
    secret: str | None = None
    session: StaffSession | None = None
    colleague: Colleague | None = None
    refusal: Problem | None = None
    app_id: str | None = None
    weakened: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.secret = self.request.cookies.get(COOKIE)

    @property
    def bank(self) -> Bank:
        return self.premises.bank

    @property
    def store(self) -> Store:
        return self.premises.bank.store

    @cached_property
    def now_ms(self) -> int:
        return self.bank.clock.now_ms()

    @cached_property
    def language(self) -> Language:
        return language_of(self.request)

    @property
    def source(self) -> str:
        return self.request.remote_addr or "-"

    @property
    def who(self) -> Colleague:
        """Who asks, on pages that only the staff sees."""
        if self.colleague is None:
            raise AssertionError("used before anybody had entered")
        return self.colleague

    def enter(self, *, awake: bool = True) -> None:
        """Who asks: SESSION_REQUIRED, SESSION_EXPIRED. ``awake``: the visit keeps the session from idling."""
        sessions = self.premises.desk.sessions
        if awake:
            with self.store.write() as db:
                self.session = sessions.enter(db, self.secret)
        else:
            self.session = sessions.glance(self.secret)
        self.colleague = self.premises.desk.who(self.session)

    def require_form(self) -> None:
        """The form was made for this session by this console: FORM_FORGED otherwise."""
        if not hmac.compare_digest(self.form("csrf").encode(), self.form_token().encode()):
            raise problems.FORM_FORGED.problem()

    def require(self, permission: str, kind: Kind, reason: str = "", proposed_by: str | None = None) -> None:
        """The staff's rules allow it; the first that does not is raised."""
        require(Deed(self.who, permission, kind, reason, proposed_by), self.weakened)

    def note(self, db: Transaction, action: str, subject: str, reason: str = "", result: str = "done") -> None:
        """Write into the staff's journal, in the transaction of the deed."""
        append(
            db,
            JournalEntry(
                at_ms=self.now_ms,
                login_name=self.colleague.login_name if self.colleague else "-",
                role=self.colleague.role if self.colleague else "-",
                action=action,
                subject=subject,
                reason=reason,
                result=result,
                trace_id=self.trace_id,
                source=self.source,
                weakened=" ".join(sorted(self.weakened)),
            ),
        )

    def form_token(self) -> str:
        """Changes with the session's secret, and cannot be computed without it."""
        return hmac.new((self.secret or "").encode(), b"console form", sha256).hexdigest()

    def form(self, name: str) -> str:
        """A field of the form as it was typed, without blanks around; "" when there is none."""
        return self.request.form.get(name, "").strip()

    def asked(self, name: str) -> str:
        """A parameter of the query, likewise."""
        return self.request.args.get(name, "").strip()[:200]

    def asked_number(self, name: str) -> int | None:
        """A parameter that counts something; None for whatever is no number that the store could count to."""
        text = self.asked(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else None

    def set_cookie(self, response: Response, secret: str | None) -> None:
        """Hand the browser a session's secret, or take it back (None). ``__Host-``: this host, TLS and ``/`` only."""
        self.secret = secret
        if secret is None:
            response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Strict")
        else:
            response.set_cookie(COOKIE, secret, path="/", secure=True, httponly=True, samesite="Strict")
