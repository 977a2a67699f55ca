"""One request of a page of the portal: what arrived, and what the page learns on the way. It judges nothing.

The session's secret lives in a ``__Host-`` cookie; every form of a session carries a token derived from it.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import Request, Response

from bank_sim.edge.refusals import new_trace_id
from bank_sim.portal.checks import PORTAL, Entrance
from bank_sim.portal.sessions import Session
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import Language, language_of

if TYPE_CHECKING:
    from bank_sim.portal.premises import Premises

COOKIE = "__Host-portal"


@dataclass
class Visit:
    """``here``: the path that shows this page again by GET. ``refusal``: why the visit ended as it did.

    ``secret``: the session's, from the cookie, or the new one that a sign-in made.
    """

    premises: Premises
    request: Request
    api_id: str
    here: str = "/"
    received_ns: int = field(default_factory=time.perf_counter_ns)
    trace_id: str = field(default_factory=new_trace_id)
    secret: str | None = None
    session: Session | None = None
    refusal: Problem | None = None
    weakened: frozenset[str] = frozenset()

    @cached_property
    def language(self) -> Language:
        return language_of(self.request)

    @property
    def source(self) -> str:
        return self.request.remote_addr or "-"

    @property
    def entered(self) -> Session:
        """The session, on pages that have one."""
        if self.session is None:
            raise AssertionError("used before the session was entered")
        return self.session

    @property
    def app_id(self) -> str | None:
        return self.session.party.app_id if self.session else None

    def pass_the(self, column: str, given: tuple[str, str] = ("", "")) -> Entrance:
        """Run the rows of one column; the first refusal is raised. ``given``: App_ID and App_Secret of a sign-in."""
        entrance = self.entrance(given)
        if given[0]:
            entrance.application, entrance.credential = self.premises.bank.registry.caller(
                given[0], f"{given[0]}.secret"
            )
        PORTAL.run(entrance, column, self.weakened)
        self.session = entrance.session or self.session
        return entrance

    def entrance(self, given: tuple[str, str] = ("", "")) -> Entrance:
        premises = self.premises
        return Entrance(
            premises.bank, premises.sessions, self.request, self.source, self.secret, self.form_token(), given
        )

    def form_token(self) -> str:
        """Changes with the session's secret, and cannot be computed without it."""
        return hmac.new((self.secret or "").encode(), b"portal form", sha256).hexdigest()

    def form(self, name: str) -> str:
        """A field of the form as it was typed, without blanks around; "" when there is none."""
        return self.request.form.get(name, "").strip()

    def set_cookie(self, response: Response, secret: str | None) -> None:
        """Hand the browser a session's secret, or take it back (None). ``__Host-``: this host, TLS and ``/`` only."""
        self.secret = secret
        if secret is None:
            response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
        else:
            response.set_cookie(COOKIE, secret, path="/", secure=True, httponly=True, samesite="Lax")
