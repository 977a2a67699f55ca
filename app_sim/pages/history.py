"""A user's own past at the wallet: logins, authorizations, transactions (JR/T 0185 12.3-2.3), and their payments."""

from __future__ import annotations

from flask import Flask, render_template, request

from app_sim.journal import KINDS
from app_sim.pages import visit
from app_sim.wallet import Wallet

_EVENTS_A_PAGE = 50
_SEQ_MAX = 2**62


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/history")
    def history() -> str:
        user_id = visit.user().user_id
        asked = request.args.get("kind")
        kind = asked if asked in KINDS else None
        before_seq = request.args.get("before", type=int)
        within = None if before_seq is None else max(0, min(before_seq, _SEQ_MAX))
        events = wallet.journal.history(user_id, kind, within, _EVENTS_A_PAGE + 1)
        return render_template(
            "history.html",
            kinds=KINDS,
            kind=kind,
            events=events[:_EVENTS_A_PAGE],
            older=events[_EVENTS_A_PAGE - 1]["seq"] if len(events) > _EVENTS_A_PAGE else None,
            is_newest=within is None,
            payments=wallet.payments.book.of_user(user_id),
        )
