"""One visit of a browser to a page: who it is, in which language, and whether a form came from our page.

A visitor has a cookie from the first page on; signing in replaces it, so that nobody can plant a session. The form
token is a keyed fingerprint of that cookie (``__Host-``: no other host can set it).
"""

from __future__ import annotations

import hmac
import secrets

from flask import g, request
from werkzeug import Response

from app_sim.bank import problems
from app_sim.pages.assets import SCENERY
from app_sim.pages.language import language_of
from app_sim.pages.texts import texts
from app_sim.sessions import SignedIn, User
from app_sim.wallet import Wallet

MACHINE_DOORS = frozenset({"event_door"})
"""Endpoints at which programs call, who prove themselves by the message and have no session."""

ASKING_NOBODY = frozenset(
    {"forget", "history", "home", "kept", "keys", "language", "connection", "search", "sign_out", "statement", "export"}
)
"""Endpoints of users that never have the wallet ask the bank. Any other counts as one that does."""

SESSION_COOKIE = "__Host-wallet"
DEVICE_COOKIE = "__Host-wallet-device"
_DEVICE_COOKIE_S = 400 * 86_400  # RFC 6265bis section 5.5: browsers keep cookies no longer.


def begin(wallet: Wallet) -> None:
    """Establish ``g.session``, ``g.user``, ``g.lang`` and ``g.t``; refuse forms that are not ours with FORM_FORGED."""
    g.lang = language_of(request)
    g.t = texts(g.lang)
    g.trace_id = secrets.token_hex(16)
    g.session = request.cookies.get(SESSION_COOKIE) or secrets.token_urlsafe(32)
    g.user = None
    if request.endpoint in SCENERY | MACHINE_DOORS:
        # What everybody may load, and what machines do, is nobody's visit; only a refusal of it is a page.
        return
    wallet.clock.refresh()
    wallet.retention.perform()
    g.user = wallet.sessions.user(g.session)
    _require_allowance(wallet)
    if request.method == "POST" and not _is_ours(request.form.get("csrf", ""), wallet):
        raise problems.FORM_FORGED.problem()


def _require_allowance(wallet: Wallet) -> None:
    """RATE_LIMITED for who loads pages that ask the bank faster than anybody reads: the bank never hears of it.

    Whoever is not signed in is counted with all others at their address.
    """
    if request.endpoint in ASKING_NOBODY:
        return
    whose = g.user.user_id if g.user is not None else f"from {request.remote_addr}"
    wait_s = wallet.allowance.take(whose)
    if wait_s:
        wallet.watch.storm(whose)
        raise problems.RATE_LIMITED.problem("You ask faster than anybody reads.", retry_after_s=wait_s)


def form_token(wallet: Wallet) -> str:
    """What every form of this visitor carries."""
    return wallet.vault.mac("form", g.session)


def _is_ours(token: str, wallet: Wallet) -> bool:
    return hmac.compare_digest(token.encode(), form_token(wallet).encode())


def user() -> User:
    """Who is signed in; SESSION_REQUIRED when nobody is."""
    if g.user is None:
        raise problems.SESSION_REQUIRED.problem()
    found: User = g.user
    return found


def remember(response: Response, signed_in: SignedIn) -> None:
    """Hand a fresh session and the browser's own secret to the browser."""
    g.session = signed_in.session
    _set(response, DEVICE_COOKIE, signed_in.device, max_age=_DEVICE_COOKIE_S)


def forget() -> None:
    """Give the browser a cookie that is nobody's session; the browser itself stays known."""
    g.session = secrets.token_urlsafe(32)


def forget_browser(response: Response) -> None:
    """Take back what the browser is known by, too."""
    forget()
    _set(response, DEVICE_COOKIE, "", max_age=0)


def finish(response: Response) -> None:
    """Let the browser keep its session's cookie."""
    # A stylesheet that comes with a cookie would replace the session of the page that it belongs to.
    is_visit = request.endpoint not in SCENERY | MACHINE_DOORS and "session" in g
    if is_visit and request.cookies.get(SESSION_COOKIE) != g.session:
        _set(response, SESSION_COOKIE, g.session)


def _set(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    # Lax: the way back from the bank is a top-level navigation from another site.
    response.set_cookie(name, value, max_age=max_age, secure=True, httponly=True, samesite="Lax", path="/")
