"""One call of a page: what arrived, and what the page learns on the way. It judges nothing but the form's origin.

The session's secret lives in a ``__Host-`` cookie; every form carries a token derived from it, so that a form which
another site, another tab's session or an older session made is refused.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from flask import Request, Response

from bank_sim.bank import Bank
from bank_sim.edge.refusals import new_trace_id
from bank_sim.identity import Session
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem

Language = Literal["zh", "en"]
Door = Literal["__Host-ebank", "__Host-authorize"]

EBANK: Door = "__Host-ebank"
AUTHORIZE: Door = "__Host-authorize"
"""The bank's own pages and an authorization have a session each: a request for consent logs nobody in elsewhere."""


@dataclass(slots=True)
class Visit:
    """``door``: the cookie in use. ``secret``: the session's, once entered, and the new one after login.

    ``refusal``: why the visit ended as it did, for the record; set too where a page is shown again with an error.
    """

    bank: Bank
    request: Request
    door: Door
    api_id: str
    received_ns: int = field(default_factory=time.perf_counter_ns)
    trace_id: str = field(default_factory=new_trace_id)
    session: Session | None = None
    secret: str | None = None
    refusal: Problem | None = None
    app_id: str | None = None
    consent_id: str | None = None
    weakened: frozenset[str] = frozenset()

    @property
    def language(self) -> Language:
        """Chinese where the browser prefers it, English otherwise."""
        best = self.request.accept_languages.best or ""
        return "zh" if best.lower().startswith("zh") else "en"

    @property
    def source(self) -> str:
        return self.request.remote_addr or "-"

    @property
    def entered(self) -> Session:
        """The session, once ``enter`` has found it."""
        if self.session is None:
            raise AssertionError("used before the session was entered")
        return self.session

    def enter(self) -> Session:
        """Find the session behind the cookie, and keep it awake: SESSION_REQUIRED, SESSION_EXPIRED."""
        self.secret = self.secret or self.request.cookies.get(self.door)
        with self.bank.store.write() as db:
            session = self.bank.identity.sessions.enter(db, self.secret)
        if (session.column == "ebank") != (self.door == EBANK):
            raise problems.SESSION_EXPIRED.problem(reason="a session of the other door")
        self.session = session
        if session.request:
            self.app_id, self.consent_id = session.request.app_id, session.request.consent_id
        return session

    def enter_by_form(self) -> Session:
        """Find the session of a form that this bank made for it: FORM_FORGED otherwise."""
        session = self.enter()
        if not hmac.compare_digest(self.form("csrf").encode(), self.form_token().encode()):
            raise problems.FORM_FORGED.problem()
        return session

    def form_token(self) -> str:
        """Changes with the session's secret, and cannot be computed without it."""
        return hmac.new((self.secret or "").encode(), b"form", sha256).hexdigest()

    def form(self, name: str) -> str:
        """A field of the form as the user typed it, without blanks around; "" when there is none."""
        return self.request.form.get(name, "").strip()

    def set_cookie(self, response: Response, secret: str | None) -> None:
        """Hand the browser a session's secret, or take it back (None). ``__Host-``: this host, TLS and ``/`` only."""
        if secret is None:
            response.delete_cookie(self.door, path="/", secure=True, httponly=True, samesite="Lax")
        else:
            response.set_cookie(self.door, secret, path="/", secure=True, httponly=True, samesite="Lax")
