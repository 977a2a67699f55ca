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
from urllib.parse import quote

from flask import Request, Response

from bank_sim.bank import Bank
from bank_sim.ebank.stolen_sessions import end_stolen_session
from bank_sim.edge.refusals import new_trace_id
from bank_sim.identity import ELSEWHERE, Session
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import Language, language_of

Door = Literal["__Host-ebank", "__Host-authorize"]

EBANK: Door = "__Host-ebank"
AUTHORIZE: Door = "__Host-authorize"
"""The bank's own pages and an authorization have a session each: a request for consent logs nobody in elsewhere."""

# An embedded form's session opens no door here: its secret is in the hands of the application.
_COLUMNS = {EBANK: ("ebank",), AUTHORIZE: ("account_information", "payment")}


@dataclass(slots=True)
class Visit:
    """``door``: the cookie in use. ``secret``: the session's, once entered, and the new one after login.

    ``refusal``: why the visit ended as it did, for the record; set too where a page is shown again with an error.
    ``shown_at``: the path that shows by GET what this form is answered with. ``scripted``: the page links a script.
    ``customer_id``: whose phone called; for all others the session says it.
    ``framed_by``: the one origin whose page may show this one in a frame. ``spoken``: the language asked for, where a
    frame gets no cookie that could say it.
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
    shown_at: str | None = None
    scripted: bool = False
    customer_id: str | None = None
    framed_by: str | None = None
    spoken: Language | None = None

    @property
    def language(self) -> Language:
        return self.spoken or language_of(self.request)

    @property
    def here(self) -> str:
        """The address that shows this page again by GET. ``shown_at`` says it where a form's answer is a page."""
        if self.shown_at is not None:
            return self.shown_at
        if self.request.method != "GET":
            return "/authorize/step" if self.door == AUTHORIZE else "/consents"
        query = self.request.query_string.decode("latin-1")
        return quote(self.request.path) + (f"?{query}" if query else "")

    @property
    def source(self) -> str:
        return self.request.remote_addr or "-"

    @property
    def device_sha256(self) -> bytes:
        """What the browser says of itself. A thief can learn to say the same; programs that copy cookies do not."""
        return sha256(self.request.headers.get("user-agent", "").encode()).digest()

    @property
    def entered(self) -> Session:
        """The session, once ``enter`` has found it."""
        if self.session is None:
            raise AssertionError("used before the session was entered")
        return self.session

    def enter(self) -> Session:
        """Find the session behind the cookie, and keep it awake: SESSION_REQUIRED, SESSION_EXPIRED."""
        self.secret = self.secret or self.request.cookies.get(self.door)
        try:
            with self.bank.store.write() as db:
                session = self.bank.identity.sessions.enter(db, self.secret, self.device_sha256)
        except Problem as problem:
            if problem.reason == ELSEWHERE:
                end_stolen_session(self.bank, self.secret or "", self.source)
            raise
        if session.column not in _COLUMNS[self.door]:
            raise problems.SESSION_EXPIRED.problem(reason="a session of another door")
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
