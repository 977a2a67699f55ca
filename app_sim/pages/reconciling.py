"""The bank's file of each day beside the wallet's books, for whoever runs the wallet; files can be brought by hand."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.bank import Problem, SignedFile, problems
from app_sim.pages.operating import operator
from app_sim.pages.refusals import refusal
from app_sim.wallet import Wallet

_FILE_BYTES_MAX = 4 * 1024 * 1024
_DAY = re.compile(r"20\d\d-\d\d-\d\d")


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.before_request
    def let_files_in() -> None:
        """Registered before the frame reads the form: an operator's file is larger than anything a user has to say."""
        if request.endpoint == "bring_file":
            operator(wallet)
            request.max_content_length = _FILE_BYTES_MAX

    @app.get("/operations/reconciliation")
    def reconciliation() -> str:
        return _page(wallet, operator(wallet), None)

    @app.post("/operations/reconciliation/fetch")
    def fetch_files() -> Response | tuple[str, int]:
        """Everything that is due, or one day anew."""
        who, day = operator(wallet), request.form.get("day", "")
        try:
            if day:
                wallet.reconciliation.fetch(_known_day(day))
            else:
                wallet.reconciliation.run_due()
        except Problem as problem:
            return _page(wallet, who, problem), problem.kind.status
        return redirect(url_for("reconciliation"), 303)

    @app.get("/operations/reconciliation/<day>/file")
    def day_file(day: str) -> Response:
        """The bank's file to take along, fetched anew: the wallet keeps none."""
        operator(wallet)
        signed = wallet.bank.fetch_file(_known_day(day))
        document = {"day": day, "statement": signed.statement, "content": signed.content.decode()}
        headers = {"Content-Disposition": f'attachment; filename="reconciliation-{day}.json"'}
        return Response(json.dumps(document, ensure_ascii=False), mimetype="application/json", headers=headers)

    @app.post("/operations/reconciliation/import")
    def bring_file() -> Response | tuple[str, int]:
        who = operator(wallet)
        try:
            day, signed = _brought(request.files["file"].read() if "file" in request.files else b"")
            wallet.reconciliation.take(day, signed, "hand")
        except Problem as problem:
            return _page(wallet, who, problem), problem.kind.status
        return redirect(url_for("reconciliation"), 303)


def _page(wallet: Wallet, who: str, problem: Problem | None) -> str:
    return render_template(
        "reconciliation.html",
        operator=who,
        days=wallet.reconciliation.days(),
        differences=wallet.reconciliation.differences(),
        due=wallet.reconciliation.due(),
        last_day=wallet.reconciliation.last_day(),
        refusal=refusal(problem) if problem else None,
    )


def _known_day(day: str) -> str:
    if not _DAY.fullmatch(day):
        raise problems.PARAM_INVALID.problem("This is no day.")
    return day


def _brought(content: bytes) -> tuple[str, SignedFile]:
    """What ``day_file`` gave: a day, the file, the bank's statement on it. PARAM_INVALID for anything else."""
    try:
        told: Any = json.loads(content)
        day, text, statement = (str(told[name]) for name in ("day", "content", "statement"))
    except (ValueError, TypeError, KeyError) as error:
        raise problems.PARAM_INVALID.problem("This is no file of a day.") from error
    return _known_day(day), SignedFile(text.encode(), statement)
