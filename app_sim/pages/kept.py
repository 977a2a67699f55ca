"""What the wallet keeps of its users, shown to each as it lies there, and the way to have one's own deleted."""

from __future__ import annotations

from flask import Flask, Response, abort, g, make_response, render_template, request

from app_sim import deletion, holdings
from app_sim.pages import visit
from app_sim.wallet import Wallet

# Four digits, or two Chinese characters: less stands anywhere by chance.
_SOUGHT_BYTES_MIN = 4


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/kept")
    def kept() -> str:
        verdict = wallet.journal.verify() if g.user is not None and "verify" in request.args else None
        return _page(wallet, verdict=verdict)

    @app.post("/kept")
    def search() -> str:
        """A sandbox aid: whether something that only the bank should know stands in any file."""
        visit.user()
        if not wallet.config.aids:
            abort(404)
        sought = request.form.get("sought", "").strip()
        is_enough = len(sought.encode()) >= _SOUGHT_BYTES_MIN
        found = holdings.contains(wallet.config, sought) if is_enough else None
        return _page(wallet, searched=True, found=found)

    @app.get("/kept/export")
    def export() -> Response:
        """Everything that the wallet holds about its visitor, as a JSON file that people can read."""
        content = holdings.export(wallet.store, visit.user().user_id)
        headers = {"Content-Disposition": 'attachment; filename="my-data-at-the-wallet.json"'}
        return Response(content, content_type="application/json; charset=utf-8", headers=headers)

    @app.get("/kept/statement")
    def statement() -> Response:
        """What the wallet stated to the bank when it left: a JWS compact text. 404 while it has not."""
        text = wallet.deletion.newest()
        if text is None:
            abort(404)
        return Response(text, content_type="text/plain; charset=utf-8")

    @app.post("/forget")
    def forget() -> Response:
        """Give the access back, then delete the user; TRANSFER_STATE while a payment's result is unknown."""
        made = wallet.deletion.of_user(visit.user().user_id)
        g.user = None
        response = make_response(render_template("forgotten.html", statement=made, kept=deletion.KEPT))
        visit.forget_browser(response)
        return response


def _page(wallet: Wallet, **results: object) -> str:
    config = wallet.config
    return render_template(
        "kept.html",
        tables=holdings.tables(wallet.store, g.user and g.user.user_id),
        described=holdings.TABLES,
        files=holdings.files(config),
        hours=config.session_absolute_s // 3600,
        minutes=config.flow_s // 60,
        **results,
    )
