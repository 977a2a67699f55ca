"""Tickets for whoever runs the wallet: taken by somebody, closed with what was done."""

from __future__ import annotations

from flask import Flask, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.bank import Problem
from app_sim.pages.operating import operator
from app_sim.pages.refusals import refusal
from app_sim.tickets import WALLET
from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/operations/tickets")
    def tickets() -> str:
        who = operator(wallet)
        wallet.watch.look()
        return render_template(
            "tickets.html", operator=who, tickets=wallet.tickets.open(), closed=wallet.tickets.closed()
        )

    @app.get("/operations/tickets/<ticket_id>")
    def ticket(ticket_id: str) -> str:
        return _page(wallet, operator(wallet), ticket_id, None)

    @app.post("/operations/tickets/<ticket_id>/take")
    def take_ticket(ticket_id: str) -> Response:
        wallet.tickets.take(ticket_id, operator(wallet))
        return redirect(url_for("ticket", ticket_id=ticket_id), 303)

    @app.post("/operations/tickets/<ticket_id>/close")
    def close_ticket(ticket_id: str) -> Response | tuple[str, int]:
        who = operator(wallet)
        try:
            wallet.tickets.close(ticket_id, who, request.form.get("done", ""))
        except Problem as problem:
            return _page(wallet, who, ticket_id, problem), problem.kind.status
        return redirect(url_for("ticket", ticket_id=ticket_id), 303)


def _page(wallet: Wallet, who: str, ticket_id: str, problem: Problem | None) -> str:
    return render_template(
        "ticket.html",
        operator=who,
        ticket=wallet.tickets.ticket(ticket_id),
        deeds=wallet.tickets.deeds(ticket_id),
        itself=WALLET,
        typed=request.form.get("done", ""),
        refusal=refusal(problem) if problem else None,
    )
