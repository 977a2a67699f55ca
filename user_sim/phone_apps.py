"""The pages of the phone's apps: the authenticator, and the bank's app with what waits for the owner's word.

Whoever holds the phone may press its buttons; another site may not, and nothing of what a page shows is taken from
the form that answers it.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, redirect, render_template, request

from user_sim.apps import Apps, Entry
from user_sim.authenticator import code_of, seconds_left, secret_from
from user_sim.bank_app import DECISIONS, BankApp, Refused
from user_sim.language import language_of
from user_sim.texts import TEXTS, refusal_text

NAME_CHARS_MAX = 40


def app_pages(apps: Apps, bank_app: BankApp | None, now_ms: Callable[[], int]) -> Blueprint:
    """``/phone/<number>/codes`` and ``/phone/<number>/bank``. ``bank_app`` None: this phone has no bank."""
    pages = Blueprint("apps", __name__)

    @pages.get("/phone/<mobile:number>/codes")
    def codes(number: str) -> str:
        return _codes_page(number, apps.entries(number), now_ms() / 1000)

    @pages.post("/phone/<mobile:number>/codes")
    def add_code(number: str) -> Response | tuple[str, int]:
        try:
            secret = secret_from(request.form.get("secret", ""))
        except ValueError:
            return _codes_page(number, apps.entries(number), now_ms() / 1000, "secret_wrong"), 400
        apps.add_entry(number, request.form.get("name", "").strip()[:NAME_CHARS_MAX] or "?", secret)
        return _see(f"/phone/{number}/codes")

    @pages.post("/phone/<mobile:number>/codes/<int:entry_id>/remove")
    def remove_code(number: str, entry_id: int) -> Response:
        apps.remove_entry(number, entry_id)
        return _see(f"/phone/{number}/codes")

    @pages.get("/phone/<mobile:number>/bank")
    def bank(number: str) -> str:
        return _bank_page(number, bank_app)

    @pages.post("/phone/<mobile:number>/bank/bind")
    def bind(number: str) -> Response | tuple[str, int]:
        return _done(number, bank_app, "", lambda app: app.bind(number, request.form.get("activation_code", "")))

    @pages.post("/phone/<mobile:number>/bank/answer")
    def answer(number: str) -> Response | tuple[str, int]:
        said, shown = request.form.get("decision"), request.form.get("shown", "")
        if said not in DECISIONS:
            abort(400)
        decision = DECISIONS[said]
        return _done(number, bank_app, decision, lambda app: app.answer(number, shown, decision))

    @pages.post("/phone/<mobile:number>/bank/forget")
    def forget(number: str) -> Response | tuple[str, int]:
        return _done(number, bank_app, "", lambda app: app.forget(number))

    return pages


def _codes_page(number: str, entries: list[Entry], now_s: float, wrong: str = "") -> str:
    shown = [(each, code_of(each.secret, now_s)) for each in entries]
    words = TEXTS[language_of(request)]
    return render_template(
        "codes.html", number=number, here="codes", shown=shown, left=seconds_left(now_s), wrong=words.get(wrong, "")
    )


def _bank_page(number: str, bank_app: BankApp | None, refused: str = "") -> str:
    """What waits, if the bank can be asked; why not, if it cannot."""
    words = TEXTS[language_of(request)]
    questions = []
    try:
        questions = bank_app.questions(number) if bank_app else []
    except Refused as refusal:
        refused = refused or refusal.code
    return render_template(
        "bank.html",
        number=number,
        here="bank",
        installed=bank_app is not None,
        bound=bank_app is not None and bank_app.bound(number),
        questions=questions,
        refused=refusal_text(words, refused) if refused else "",
        said=words.get(f"said_{request.args.get('said', '')}", "") if not refused else "",
    )


def _done(
    number: str, bank_app: BankApp | None, said: str, act: Callable[[BankApp], None]
) -> Response | tuple[str, int]:
    """Act, then show the app again; with the bank's refusal where it refused."""
    if bank_app is None:
        abort(404)
    try:
        act(bank_app)
    except Refused as refusal:
        return _bank_page(number, bank_app, refusal.code), 409
    return _see(f"/phone/{number}/bank" + (f"?said={said}" if said else ""))


def _see(path: str) -> Response:
    response = redirect(path, 303)
    assert isinstance(response, Response)
    return response
